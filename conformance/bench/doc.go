// Package bench measures what Crossgate costs beside other CORS libraries, each in
// the framework it was written for, on the same requests under the same policy.
//
// It holds the scenarios, the libraries and the machinery that plays the one to the
// other; the benchmarks themselves are this package's tests:
//
//	go test -bench 'Layer/framework=gin' .
//	go test -bench Curve .
//
// The program in report runs all of it interleaved and prints the comparison:
//
//	go run ./report
//
// # How to read the numbers
//
// Beside the libraries stand two rows that are none. lib=none is the framework with
// no CORS at all; what a library's row takes longer is its layer. (A preflight ends
// in the layer, so there lib=none is the framework with a middleware in the layer's
// place that answers with the bare status.) lib=floor sets the same headers as
// Crossgate, whatever the request, in the cheapest way that shares no memory between
// requests: nothing that obeys the contract can be cheaper.
//
// Requests are parsed once, from bytes, by the servers' own parsers, with the header
// lines that a browser sends, and reused. The response writer keeps its header map
// and clears it, since a fresh one for each request would drown the layer.
package bench
