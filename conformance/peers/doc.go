// Package peers holds only tests. They run the systems that users of Crossgate come from
// in the same way as Crossgate. It is a separate module because it needs all of these
// systems. Nothing imports it.
//
// The systems are Express with cors, Flask with Flask-CORS, a PHP script that sends the
// headers itself, and the CORS libraries of Go: gin-contrib/cors, go-chi/cors, rs/cors,
// jub0bs/cors, and those of echo and fiber. Each serves the same application with
// configurations from its own documentation. The tests
//
//   - compare each configuration with the Config of Crossgate that replaces it, by what a
//     browser lets a page read, fetch by fetch: MIGRATION.md shows these pairs and their
//     differences;
//   - send the same requests to all systems, including requests that no browser sends,
//     and compare the answers with the Fetch standard: DIFFERENCES.md;
//   - run the assertions of the tests of Express's cors and of Flask-CORS against the
//     installed versions: testdata/cases holds facts about the projects that its files
//     name.
//
// The tests write both pages, and the lists of cases that fail:
//
//	go test -update
//
// Express needs node and npm, which installs the packages of testdata/express. Flask-CORS
// and PHP are Debian's packages python3-flask-cors and php-cli. If one is missing, its
// tests are skipped, or fail if CI is "true".
package peers
