// An application with Express for each set-up. A set-up is the whole program.
'use strict'

const express = require('express')
const cors = require('cors')
const serve = require('./serve')

serve((setup) => {
  const app = express()
  app.set('env', 'test') // no stack traces on the standard error
  new Function('app', 'cors', setup)(app, cors) // eslint-disable-line no-new-func
  return app
})
