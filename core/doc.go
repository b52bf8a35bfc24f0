// Package cors decides, for any web framework, which CORS headers a response
// carries: whether the page at some origin may use it. It implements the server's
// side of the CORS protocol of the Fetch standard
// (https://fetch.spec.whatwg.org/#http-cors-protocol) and does no I/O.
//
// A [Config] says who may do what. [Compile] checks it, refuses what is dangerous
// or could never work, and returns a [Policy], which is immutable. An adapter
// reads a [Request] from its framework, asks a [Decider] such as *Policy, and
// applies the [Decision]:
//
//	policy, err := cors.Compile(cors.Config{
//		AllowOrigins: []string{"https://app.example.com"},
//		AllowMethods: []string{"PUT"},
//	})
//
// Import it under the name cors:
//
//	import cors "github.com/crossgate/cors/core"
//
// [Live], [Routes], [Shadow] and [Observe] are Deciders too: they swap policies
// while serving, choose one by path, try one out beside another, and report.
// [Policy.Explain] says why a request was refused and what to do about it.
//
// # What CORS protects
//
// A browser keeps what a server answers from pages of other origins, unless the
// response says that they may read it. CORS lifts that protection; it adds none.
// It does not keep requests away from a server ([Config.Enforce] does, as far as a
// server can), and it does not apply to clients other than browsers, to plain
// navigation and forms, or to WebSockets (see [Policy.AllowsOrigin]).
package cors
