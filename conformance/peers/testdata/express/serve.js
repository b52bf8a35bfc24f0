// Serves each application on its own port, and prints the ports as one line of JSON.
// It ends when its standard input ends, so it ends with the process that started it.
'use strict'

const http = require('node:http')

function listen (app) {
  return new Promise((resolve, reject) => {
    const server = http.createServer(app)
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })
}

// serve reads one line of JSON, a list, and serves build(element) for each.
module.exports = function serve (build) {
  const lines = require('node:readline').createInterface({ input: process.stdin })
  lines.once('line', async (line) => {
    const ports = await Promise.all(JSON.parse(line).map((element) => listen(build(element))))
    console.log(JSON.stringify({ ports }))
  })
  lines.once('close', () => process.exit(0))
}
