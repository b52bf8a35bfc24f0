// Corsdoctor says why a browser blocks a page's request and what to change on the server. It
// also finds the faults of a policy, and says what a new policy changes. The server can be in
// any language; policies are Crossgate's, as JSON or YAML.
//
//	corsdoctor check POLICY…            every fault, its line and its repair
//	corsdoctor explain POLICY …         what the policy says to one request
//	corsdoctor diff OLD NEW             what a new policy changes, and who gains access
//	corsdoctor [fetch] URL              what a browser makes of a server's answers
//
// "corsdoctor check" reads policies, and sets of named policies, from files or from standard
// input ("-"). With --fix it shows the repairs and makes them. The rest of the file, such as
// its comments, stays as it is.
//
// "corsdoctor diff" takes files, "-", and files of git revisions such as HEAD~1:cors.json.
//
// "corsdoctor fetch", or corsdoctor without a command, sends the request as a page would, with
// its preflight. It really sends the method that you give: with --method DELETE, the server
// deletes something. It then looks for mistakes with further requests. These only use GET and
// OPTIONS, and --probe=false leaves them out.
//
//	corsdoctor --origin https://app.example.com --method PUT \
//	  --header 'Content-Type: application/json' https://api.example.com/items/1
//
// With --paste it reads the request from standard input: a request that DevTools copied ("Copy
// as cURL", "Copy as fetch"), or a console's message about CORS. It shows what it read before
// it sends anything. Only with --send does it send cookies, Authorization, other headers that a
// form cannot send, a body, or a method that changes things, and only with --send does it send
// anything to an address of this machine or network. It prints secrets as "…".
//
//	xclip -o | corsdoctor --paste
//
// With --policy it compares the server with a policy, and reports where a browser would decide
// differently. It sends GET and OPTIONS requests for origins that the policy allows, for
// origins that a careless comparison would accept too, and for methods and headers that the
// policy lists or does not list. It tests the first 25 patterns of the policy. It does not test
// an AllowOriginFunc, because documents cannot contain one.
//
//	corsdoctor --policy cors.json https://api.example.com/items
//
// Flags may stand anywhere, with one dash or two. With --json each command prints one JSON
// document for scripts; later versions may add fields. With --format github or --format gitlab,
// check and diff print annotations for pull requests. Each finding of fetch has a stable code:
//
//	origin-reflected     any origin is allowed, by sending it back
//	null-allowed         the origin null is allowed
//	origin-prefix        only the beginning of an origin is compared
//	origin-suffix        only the end of an origin is compared
//	origin-insecure      an https page's host is allowed over http
//	two-origins          the server uses one of two Origin lines
//	                     (unless it names one origin to everybody)
//	vary-missing         the response depends on Origin, but has no Vary: Origin
//	several-lines        there are several Access-Control-Allow-Origin lines
//	credentials-any      Access-Control-Allow-Credentials is sent with *
//	errors-without-cors  a path that does not exist answers without CORS headers
//
// Exit status:
//
//	0  fetch and explain: the page gets the response, no finding is dangerous, and the server
//	   does what the policy says; check: no policy has an error (with --strict, nor a warning);
//	   diff: no page gains access
//	1  one of these does not hold; the output says which
//	2  there is no result: a flag or a file is wrong, or no response came
package main

import (
	"context"
	"os"
	"os/signal"
)

// The exit statuses.
const (
	exitHealthy = iota
	exitIll
	exitUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
