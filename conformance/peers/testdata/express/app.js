// The application with Express, once for each set-up. A set-up is the JavaScript
// that installs cors, as in its README.
'use strict'

const express = require('express')
const cors = require('cors')
const serve = require('./serve')

serve((setup) => {
  const app = express()
  app.set('env', 'test') // no stack traces on the standard error
  new Function('app', 'cors', setup)(app, cors) // eslint-disable-line no-new-func

  const items = (req, res) => {
    res.set({ 'X-Total-Count': '3', 'X-Request-Id': '1' })
    res.type('text').send('items')
  }
  app.route('/items').get(items).post(items).put(items).delete(items)
  app.get('/vary', (req, res) => { res.set('Vary', 'Accept-Encoding').send('varied') })
  app.get('/own', (req, res) => { res.append('Access-Control-Allow-Origin', '*').send('own') })
  app.get('/error', () => { throw new Error('broken') })
  return app
})
