// Package mount decides for adapters whose Mount has a policy for each group and route.
// Applications use the adapters' Mounts; this package is for those who write one.
//
// One rule: the policy of the route that serves a request decides, and where it is not
// certain which route that is, no page reads the response.
//
// # For adapters
//
// A [Table] holds what is attached. An adapter makes one for each Mount, and hands its
// Group, Route and Check on to it. For each request it makes a [Pass] and implements
// [Exchange], which is what a framework says of the request:
//
//	var p mount.Pass              // part of what the adapter keeps for a request
//	d, final := p.Begin(table, request, exchange)
//	switch {
//	case final && d.Status() != 0:
//		// set d's headers, answer with the status, do not call the handler
//	case final:
//		// set d's headers, call the handler
//	default:
//		// call the handler; when it commits the head with a status that is not 1xx,
//		// or when it is done, or has panicked:
//		d = p.Commit(status)
//		// set d's headers
//	}
//
// What the adapter itself does:
//
//   - At entry it removes the CORS headers that the response has already. Vary stays. So
//     what an earlier pass over the same response has set does not stay.
//   - It guards the response in the mode of [Table.Guard], by the Decision that is final.
//     A Decision whose Reason is [cors.NoPolicy] is that of a place where CORS is off; the
//     guard changes nothing there. Under any other Decision without
//     Access-Control-Allow-Origin, no CORS header is sent, also none that a handler has set.
//   - A second pass over the same response takes the first one over, by Begin on the same
//     Pass if it can be found. The last pass decides.
//   - The strings of the Request, and the Exchange, stay valid until the head is committed.
//     Under fasthttp that means a copy of Origin.
//   - After Commit, Decision.Status means nothing: the handler has run.
//
// Patterns are compared as the framework's router spells them, and as one string: where a
// router is mounted in another at "/admin", a route "/users" in it has the pattern
// "/admin/users". Where a pattern is for one host, it begins with that host.
package mount
