// Package conformance checks that an adapter of package cors, for any web framework, does
// on the wire what the policy decides. It needs only the standard library and package
// cors.
//
// As the author of an adapter, you write a Start, which serves an App with the framework
// and the adapter, and a test that calls Run:
//
//	func TestConformance(t *testing.T) { conformance.Run(t, start) }
//
// The example below has a complete Start for net/http. For another framework, three parts
// differ: how you register routes, the Responder (the framework's own way to set header
// fields, redirect, stream, report errors, serve files and hand over connections), and
// the recovery middleware.
//
// # What is checked
//
// The suite sends requests and reads responses as bytes over TCP. It therefore sees every
// line, and can send requests that a client library would repair. It checks the status,
// all Access-Control-* and Vary lines with their exact values, whether a handler ran, and
// that an answer to a preflight has no content. It also does so in HTTP/1.0, with
// pipelined requests, after clients that disconnect early, and at the limits of servers.
// The expected answers are literal: see testdata/cases, which also explains the format.
// Only one thing is not literal, the baseline: the same App without the adapter. What the
// application itself answers, from a 404 to a recovered panic, must stay the same with
// the adapter.
//
// RunMount is for adapters that have a Mount: policies for groups and routes. It checks
// literal cases, and it runs scenarios in which middleware at each [Spot] changes
// requests, handlers route requests again, and policies are misspelt or attached late. In
// these scenarios it checks one rule: a page reads a response only if the policy of the
// route that served it allows that.
//
// RunGuard is for adapters that have a guard against handlers that change the CORS
// headers. Its handlers tamper with the headers in many ways. Each way is also run
// without the guard, where the headers must be wrong.
//
// Fuzz sends random bytes. It is for all adapters too, because it finds what the authors
// of the cases did not think of.
//
// Begin with the cases of the rule "start": they find mistakes in a Start.
//
//	go test -run 'TestConformance/start'
//	go test -run 'TestConformance/preflight/an_origin'
package conformance
