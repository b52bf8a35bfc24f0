// Package cors decides which CORS headers a response carries. It works with any web
// framework: it implements the server's side of the CORS protocol of the Fetch standard
// (https://fetch.spec.whatwg.org/#http-cors-protocol) and does no I/O.
//
// Import it under the name cors:
//
//	import cors "github.com/crossgate/cors/core"
//
// # Policies
//
// A [Config] says which origins may do what. [Compile] checks it and returns an immutable
// [Policy]; settings that are dangerous or can never work are errors. The adapter for your
// framework applies the policy:
//
//	policy, err := cors.Compile(cors.Config{
//		AllowOrigins: []string{"https://app.example.com"},
//		AllowMethods: []string{"PUT"},
//		AllowHeaders: []string{"Content-Type"},
//	})
//	…
//	http.ListenAndServe(addr, corshttp.New(policy)(mux))
//
// A nil *Policy sends no CORS headers. Use it to switch CORS off, for example in
// development, where a proxy serves page and API from one origin:
//
//	var policy *cors.Policy // nil: no CORS
//	if allowed := os.Getenv("CORS_ORIGINS"); allowed != "" {
//		policy = cors.MustCompile(cors.Config{AllowOrigins: cors.SplitList(allowed)})
//	}
//
// # Deciders
//
// Adapters take a [Decider]. A *Policy is one. Three more choose among policies: [Live]
// lets you replace the policy while it serves, [NewRoutes] chooses by path, and [First]
// chooses by origin. Three wrap another Decider: [Observe] reports each decision, [Tally]
// counts decisions, and [Shadow] tries out a new policy next to the one in force. A wrapper
// never changes the response.
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
// Browsers let a page read responses of its own origin only. CORS headers lift that
// protection for other origins; they add no protection. CORS does not block requests
// ([Config.Enforce] can refuse some). It does not apply to non-browser clients, to plain
// navigation and forms, or to WebSockets (see [Allows] and [Policy.AllowsOrigin]).
//
// # For adapters
//
// Applications need nothing of this section. An adapter copies a few headers of its
// framework's request into a [Request] and calls [DecideTo]. DecideTo reads the rest of the
// request from a [MetadataSource], and only if the policy needs it. [JoinLines] joins the
// lines of a header. [Decision.Len] and [Decision.At] list the headers to set without a
// closure; [Decision.Apply] sets them where speed does not matter. [NewSettings],
// [MountSettings] and [CheckDecider] check the arguments of an adapter's constructors.
// [Decision.KeepMethods] removes the methods that a router does not serve from a
// preflight's answer.
//
// If you write your own Decider, implement [MetadataNeeder] if it does not read the whole
// Request, and call [Decision.VaryByOrigin] if it chooses by the Origin.
// [Decision.NamesOrigin] helps a log to separate listed origins from invented ones.
package cors
