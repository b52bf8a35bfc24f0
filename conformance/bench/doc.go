// Package bench measures the cost of Crossgate and of other CORS libraries, each in the
// framework that it was written for, with the same requests under the same policy.
//
// The package holds the scenarios, the libraries and the code that sends the scenarios to
// the libraries. The benchmarks themselves are this package's tests:
//
//	go test -bench 'Layer/framework=gin' .
//	go test -bench Curve .
//
// The program in report runs all of them in turns and prints the comparison:
//
//	go run ./report
//
// # How to read the numbers
//
// Two rows are not libraries. lib=none is the framework without CORS. The time of a
// library's row minus lib=none is the library's layer, which is the cost of the
// middleware. (A preflight ends in the middleware. For a preflight, lib=none therefore
// has a middleware that answers with the bare status.) lib=floor sets the same headers as
// Crossgate for every request, in the cheapest way that shares no memory between
// requests. Middleware that fulfils the contract cannot be cheaper.
//
// The servers' own parsers parse each request once, from bytes with the header lines of a
// browser, and the benchmarks reuse it. The response writer reuses its header map too,
// because a new map for each request would hide the cost of the middleware.
package bench
