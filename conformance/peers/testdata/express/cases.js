// An application with Express for each case of testdata/cases/express.json. Its
// configurations are JSON. Names that begin with $ replace values that JSON does not have.
'use strict'

const express = require('express')
const cors = require('cors')
const serve = require('./serve')

// The functions that cases use as their origin.
const functions = {
  '(origin) => allow': (origin, callback) => callback(null, true),
  '(origin) => deny': (origin, callback) => callback(null, false),
  "(origin) => origin === 'http://example.com'": (origin, callback) => callback(null, origin === 'http://example.com')
}

function revive (value) {
  if (Array.isArray(value)) return value.map(revive)
  if (value === null || typeof value !== 'object') return value
  if (value.$regexp) return new RegExp(value.$regexp)
  if (value.$func) {
    if (!functions[value.$func]) throw new Error('no such function: ' + value.$func)
    return functions[value.$func]
  }
  const { $frozen: frozen, ...fields } = value
  const object = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, revive(field)]))
  return frozen ? Object.freeze(object) : object
}

function middleware (config) {
  if (config.$undefined) return cors()
  if (config.$delegate) return cors((req, callback) => callback(null, revive(config.$delegate)))
  if (config.$delegate_error) return cors((req, callback) => callback(config.$delegate_error))
  return cors(revive(config))
}

serve(({ config, context = {}, request }) => {
  const app = express()
  app.set('env', 'test') // no stack traces on the standard error
  app.use((req, res, next) => {
    res.set(context.pre_set_response_headers || {})
    next()
  })
  const handler = (req, res, next) => {
    res.set('X-Handler', 'ran')
    switch (context.handler_outcome) {
      case undefined: return res.status(context.handler_status || 200).end()
      case 404: return next() // no handler follows
      default: return next(Object.assign(new Error('failed'), { status: context.handler_outcome }))
    }
  }
  if (context.per_route) {
    const method = request.method.toLowerCase()
    app[method](request.path, middleware(config), handler)
  } else {
    app.use(middleware(config))
    app.all(request.path, handler)
  }
  app.use((err, req, res, next) => {
    if (typeof err !== 'string') return next(err)
    res.status(500).set('X-Peer-Error', err).end() // the error of a delegate
  })
  return app
})
