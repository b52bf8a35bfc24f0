// Package mount is for authors of adapters. It implements a Mount: a policy for each group
// and each route of an application. Applications use the Mount of their adapter.
//
// There is one rule: the policy of the route that serves a request decides. If it is not
// certain which route that is, no page may read the response.
//
// # For adapters
//
// A [Table] holds the attached policies. Make one for each Mount, and forward the Mount's
// Group, Route and Check to it. For each request use a [Pass], and implement [Exchange]: it
// tells the Pass what the framework knows about the request.
//
//	var p mount.Pass              // keep it with the adapter's data of the request
//	d, final := p.Begin(table, request, exchange)
//	switch {
//	case final && d.Status() != 0:
//		// set d's headers, answer with the status, do not call the handler
//	case final:
//		// set d's headers, call the handler
//	default:
//		// call the handler; call Commit when the handler sends the response's head with
//		// a status other than 1xx, when it returns without one, or when it panics:
//		d = p.Commit(status)
//		// set d's headers
//	}
//
// An adapter must also do the following:
//
//   - At entry, remove CORS headers that the response already has, for example from an
//     earlier pass. Keep Vary.
//   - Guard the response in the mode of [Table.Guard], with the final Decision. If its
//     Reason is [cors.NoPolicy], CORS is off, and the guard changes nothing. Any other
//     Decision without Access-Control-Allow-Origin removes all CORS headers, including
//     those that a handler has set.
//   - If a response passes through the Mount a second time, call Begin again on the same
//     Pass, if you can find it. The last pass decides.
//   - Keep the strings of the Request, and the Exchange, valid until the head is sent. With
//     fasthttp, that requires a copy of Origin.
//   - After Commit, ignore Decision.Status: the handler has run.
//
// Patterns are compared as strings, as the framework's router spells them. If a router is
// mounted in another one at "/admin", its route "/users" has the pattern "/admin/users". A
// pattern for one host begins with that host.
package mount
