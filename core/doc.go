// Package cors decides, for any web framework, which CORS headers a response carries:
// whether the page at some origin may read it. It implements the server's side of the
// CORS protocol of the Fetch standard
// (https://fetch.spec.whatwg.org/#http-cors-protocol) and does no I/O.
//
// Import it under the name cors:
//
//	import cors "github.com/crossgate/cors/core"
//
// # Policies
//
// A [Config] says who may do what. [Compile] checks it, refuses what is dangerous or could
// never work, and returns a [Policy], which is immutable. An adapter for your framework
// applies it:
//
//	policy, err := cors.Compile(cors.Config{
//		AllowOrigins: []string{"https://app.example.com"},
//		AllowMethods: []string{"PUT"},
//		AllowHeaders: []string{"Content-Type"},
//	})
//	…
//	http.ListenAndServe(addr, corshttp.New(policy)(mux))
//
// A nil *Policy sends no CORS headers. That is how to switch CORS off, in development for
// example, where a proxy serves page and API from one origin:
//
//	var policy *cors.Policy // nil: no CORS
//	if allowed := os.Getenv("CORS_ORIGINS"); allowed != "" {
//		policy = cors.MustCompile(cors.Config{AllowOrigins: cors.SplitList(allowed)})
//	}
//
// # Deciders
//
// Adapters take a [Decider], which *Policy is. Others choose among policies: [Live] can be
// replaced while it serves, [NewRoutes] chooses by path, [First] by origin. Others wrap
// one: [Observe] reports each decision, [Tally] counts them, [Shadow] tries a new policy
// out next to the one in force. A wrapper never changes what goes over the wire.
//
// [Policy.Explain] says why a request was refused and what to change.
//
// # Options of adapters
//
// The adapters of all frameworks have the same options: [Guard], and for policies on
// groups and routes [RouteMethods] and [Around].
//
// # What CORS protects
//
// A browser does not let pages of other origins read what a server answers, unless the
// response says that they may. CORS lifts that protection; it adds none. It does not keep
// requests away from a server ([Config.Enforce] does, as far as a server can), and it does
// not apply to non-browser clients, to plain navigation and forms, or to WebSockets (see
// [Allows] and [Policy.AllowsOrigin]).
//
// # For adapters
//
// Applications need none of this. An adapter reads a [Request] from its framework and asks
// by [DecideTo], which reads the rest of the request by a [MetadataSource] only if the
// policy needs it. [JoinLines] joins the lines of a header. [Decision.Len] and
// [Decision.At] give the headers without a closure; [Decision.Apply] sets them where speed
// does not matter. [NewSettings], [MountSettings] and [CheckDecider] check what an
// application passes to an adapter's constructors. [Decision.KeepMethods] narrows the
// answer to a preflight to what a router serves.
//
// A Decider of your own implements [MetadataNeeder] if it can do without a part of the
// Request, and calls [Decision.VaryByOrigin] if it chooses by the Origin.
// [Decision.NamesOrigin] lets a log tell the partners of a policy from invented origins.
package cors
