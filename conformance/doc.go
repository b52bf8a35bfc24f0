// Package conformance checks that an adapter of package cors, for whatever web
// framework, does on the wire what the policy decides. It needs the standard
// library and package cors alone.
//
// The author of an adapter writes a Start, which serves an App with the framework
// and the adapter, and a test that calls Run:
//
//	func TestConformance(t *testing.T) { conformance.Run(t, start) }
//
// The example below has a whole Start for net/http. With another framework it
// differs in three places: in how the routes are registered, in the Responder (the
// framework's own way to set header fields, redirect, stream, report errors, serve
// files and hand over connections), and in the recovery middleware.
//
// # What is checked
//
// The suite sends requests as bytes over TCP and reads responses likewise, so that
// it sees every line and can send what a client library would repair. It checks the
// status, all Access-Control-* and Vary lines with their exact values, whether a
// handler ran, and that an answer to a preflight has no content; also in HTTP/1.0, in
// pipelines, after clients that left, and at the limits of servers. What is expected is
// literal: see testdata/cases, which also explains its form. The one oracle beside
// it is the baseline, the same App without the adapter: what the application itself
// answers, from a 404 to a recovered panic, must stay as it is.
//
// RunMount is for adapters that have a Mount: policies for groups and routes. Besides
// literal cases it plays scenarios in which middleware at each [Spot] changes requests on
// their way, handlers have them routed again, and policies are misspelt or attached late.
// There it holds on to the rule: a page reads only what the policy of the route that has
// served allows it to read.
//
// RunGuard is for adapters that offer a guard against what handlers do to the
// headers: it lets them be tampered with in many ways, each also without the guard, where
// the headers must come out wrong.
//
// Fuzz sends random bytes, and is for all adapters too: cases hold what somebody has
// thought of.
//
// Begin with the cases of the rule "start": they find mistakes in a Start.
//
//	go test -run 'TestConformance/start'
//	go test -run 'TestConformance/preflight/an_origin'
package conformance
