// An application under Express for each set-up, which is all of its lines.
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
