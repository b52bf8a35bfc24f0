// Corsdoctor says why a page's request is blocked and what to change, finds the faults of a
// policy, and says what a new policy changes. It knows servers in any language, and
// Crossgate's policies as JSON or YAML.
//
//	corsdoctor check POLICY…            every fault, its place and its repair
//	corsdoctor explain POLICY …         what the policy says to one request
//	corsdoctor diff OLD NEW             who can read more than yesterday
//	corsdoctor [fetch] URL              what a browser makes of a server's answers
//
// "corsdoctor check" reads policies, and sets of named policies, from files or from standard
// input ("-"). With --fix it shows what the repairs change and changes it: nothing else of a
// file changes, not its comments either.
//
// "corsdoctor diff" takes files, "-", and files of git revisions such as HEAD~1:cors.json.
//
// "corsdoctor fetch", which is also what corsdoctor does when no command is named, makes the
// request as a page of an origin would, preflight included, and so with the method that it is
// told: mind what a DELETE does. The further requests, by which it looks for mistakes, are GET
// and OPTIONS alone; --probe=false leaves them out.
//
//	corsdoctor --origin https://app.example.com --method PUT \
//	  --header 'Content-Type: application/json' https://api.example.com/items/1
//
// With --paste it reads standard input instead: a request as DevTools copies it ("Copy as
// cURL", "Copy as fetch"), or a console's message about CORS. It shows what it read before it
// sends anything. Cookies, Authorization, other headers that a form cannot send, a body, and
// methods that change things are sent with --send only, and so is anything to an address of
// this machine or network. Secrets are printed as "…".
//
//	xclip -o | corsdoctor --paste
//
// With --policy it compares the server with a policy: on behalf of the origins that the
// policy allows, of some that a careless comparison takes for them, and for methods and
// headers listed and not, it asks with GET and OPTIONS, and says where a browser would
// not do the same by the server as by the policy. Of a long policy the first 25 patterns
// are asked about. An AllowOriginFunc has no place in a document, and is not asked.
//
//	corsdoctor --policy cors.json https://api.example.com/items
//
// Flags may stand anywhere, with one dash or two. With --json each command prints one
// document, for scripts, to which fields may be added. check and diff print annotations for
// pull requests with --format github and --format gitlab. The findings of fetch each have a
// code that is stable:
//
//	origin-reflected     any origin is allowed, by sending it back
//	null-allowed         the origin null is allowed
//	origin-prefix        origins are compared by their beginning
//	origin-suffix        origins are compared by their end
//	origin-insecure      an https page's host is allowed over http
//	two-origins          of two Origin lines one is taken
//	                     (not of a server that names one origin to everybody)
//	vary-missing         the answer names the origin, and Vary does not
//	several-lines        there are several Access-Control-Allow-Origin lines
//	credentials-any      Access-Control-Allow-Credentials is sent with *
//	errors-without-cors  a path that does not exist answers without CORS headers
//
// Exit status:
//
//	0  fetch and explain: the page gets the response, nothing found is dangerous, and the
//	   server does what the policy says; check: no policy has an error, or a warning with
//	   --strict; diff: no page gains anything
//	1  one of these is not so; what is said tells which
//	2  nothing can be said: a flag or a file is wrong, or no response came
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
