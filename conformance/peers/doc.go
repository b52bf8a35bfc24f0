// Package peers holds tests alone: the systems that people come from, on the same
// rig as Crossgate. It is a module of its own because it needs them all. Nothing
// imports it.
//
// The systems are Express with cors, Flask with Flask-CORS, a PHP script that sends
// the headers itself, and the CORS libraries of Go: gin-contrib/cors, go-chi/cors,
// rs/cors, jub0bs/cors, and those of echo and fiber. Each serves one application
// behind configurations that its own documentation shows. The tests
//
//   - run each configuration beside a Config of Crossgate that is to take its place,
//     and compare what a browser lets a page read, fetch by fetch: MIGRATION.md is
//     that table, differences included;
//   - send all of them the same requests, some of them such as no browser sends, and
//     hold the answers against the Fetch standard: DIFFERENCES.md;
//   - play what the tests of Express's cors and of Flask-CORS assert to the versions
//     that run here: testdata/cases, facts about the projects that those files name.
//
// Both documents, and the lists of cases that do not hold, are written by the tests:
//
//	go test -update
//
// Express needs node and npm, which installs what testdata/express names; Flask-CORS
// and PHP are Debian's python3-flask-cors and php-cli. Where one is missing its tests
// are skipped, and fail if CI is "true".
package peers
