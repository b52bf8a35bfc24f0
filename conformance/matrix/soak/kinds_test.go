package soak

import (
	"strings"
)

// policySet is a set of policies.
type policySet uint8

func only(p policy) policySet { return 1 << p }

const (
	noPolicy    policySet = 0
	byPublic              = policySet(1 << public)
	byLists               = policySet(1<<lists) | byPublic
	byReflects            = policySet(1<<reflects) | byPublic
	byAllOfThem           = byLists | byReflects
)

// kind is a kind of request, and the data for its answer. In its strings, $ is replaced
// by the request's unique mark.
type kind struct {
	name    string
	often   int // its share of the traffic
	method  string
	path    string
	origin  string
	allowed policySet // the policies whose patterns match the origin
	asks    string    // Access-Control-Request-Method
	headers string    // Access-Control-Request-Headers
	fields  string    // additional lines
	content string

	unserved   bool // no route has the requested method
	badMethod  bool // asks must not be sent back
	badHeaders bool // headers must not be sent back

	status  int    // the status if CORS lets the request pass
	handled bool   // whether a handler then runs
	body    string // the handler's answer; "" means that the framework chooses it
	own     bool   // the handler sets an Access-Control-Allow-Origin, and adds to Vary

	large bool // needs a limit of 64 KiB for the head
}

const (
	handlerOrigin = "https://handler.example"
	hello         = "hello\n"
	greeting      = "the options of items\n"
)

// kinds are all kinds of request. The last ones are not drawn at random: slow clients
// send them.
var kinds = append([]kind{
	get("no origin", 20, "", noPolicy),
	get("allowed by one policy", 20, "https://$.lists.example", byLists),
	get("by another", 20, "https://a.$.reflects.example", byReflects),
	get("by both", 20, "https://$.both.example", byAllOfThem),
	get("inside a label", 10, "https://app-$.both.test", byAllOfThem),
	get("refused", 20, "https://$.foreign.example", byPublic),

	preflight("preflight", 20, "https://$.lists.example", byLists, "PUT", "x-a,x-b"),
	preflight("preflight, reflected", 30, "https://$.both.example", byAllOfThem, "DELETE", "x-$,x-b,x-c-$"),
	preflight("preflight, own method", 10, "https://$.both.example", byAllOfThem, "$", "x-$"),
	preflight("preflight, refused", 20, "https://$.foreign.example", byPublic, "PUT", "x-$"),
	preflight("preflight, 20 headers", 5, "https://$.reflects.example", byReflects, "DELETE", strings.Repeat("x-$,", 19)+"x-z"),

	{name: "POST", often: 10, method: "POST", path: "/items", origin: "https://$.both.example", allowed: byAllOfThem,
		content: "content of $", status: 200, handled: true, body: hello},
	{name: "upload", often: 3, method: "POST", path: "/upload", origin: "https://$.lists.example", allowed: byLists,
		content: strings.Repeat("0123456789", 400), status: 200, handled: true, body: "4000 bytes\n"},
	{name: "OPTIONS of its own", often: 5, method: "OPTIONS", path: "/items", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 200, handled: true, body: greeting},
	{name: "HEAD", often: 5, method: "HEAD", path: "/head", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 200, handled: true},
	{name: "stream", often: 5, method: "GET", path: "/stream", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 200, handled: true, body: "one\ntwo\nthree\n"},
	{name: "redirect", often: 5, method: "GET", path: "/redirect", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 302, handled: true},
	{name: "not found", often: 5, method: "GET", path: "/missing/$", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 404},
	{name: "error", often: 5, method: "GET", path: "/fail", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 503, handled: true},
	{name: "panic", often: 1, method: "GET", path: "/panic", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 500, handled: true},
	{name: "panic, refused", often: 1, method: "GET", path: "/panic", origin: "https://$.foreign.example", allowed: byPublic,
		status: 500, handled: true},
	{name: "panic, caught inside", often: 1, method: "GET", path: "/panic-inside", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 500, handled: true},
	{name: "handler's own headers", often: 10, method: "GET", path: "/own", origin: "https://$.both.example", allowed: byAllOfThem,
		status: 200, handled: true, body: hello, own: true},
	{name: "its own, refused", often: 5, method: "GET", path: "/own", origin: "https://$.foreign.example", allowed: byPublic,
		status: 200, handled: true, body: hello, own: true},
}, append(hostile(), slow()...)...)

// hostile returns requests that try to get access, or to cost the server much work.
func hostile() []kind {
	const nobody = byPublic // a policy for any origin allows these, too
	tricks := []kind{
		get("two origins", 5, "https://$.both.example\r\nOrigin: https://$.lists.example", nobody),
		get("two in one line", 3, "https://$.both.example, https://$.lists.example", nobody),
		get("suffix trick", 5, "https://$.both.example.evil.test", nobody),
		get("prefix trick", 5, "https://evil$both.example", nobody),
		get("userinfo trick", 3, "https://$.both.example@evil.test", nobody),
		get("path trick", 3, "https://evil.test/$.both.example", nobody),
		get("upper case", 3, "HTTPS://$.BOTH.EXAMPLE", nobody),
		get("trailing dot", 3, "https://$.both.example.", nobody),
		get("another port", 3, "https://$.both.example:8443", nobody),
		get("another scheme", 3, "http://$.both.example", nobody),
		get("null", 3, "null", nobody),
		get("bytes over 127", 3, "https://$\xff.both.example", nobody),
		get("empty label", 3, "https://$..both.example", nobody),
		get("long origin", 2, "https://"+strings.Repeat("a.", 4000)+"$.both.example", nobody),
		preflight("preflight for TRACE", 4, "https://$.both.example", byAllOfThem, "TRACE", "x-$"),
		preflight("for a bad method", 4, "https://$.both.example", byAllOfThem, "P UT$", "x-$"),
		preflight("for bad headers", 4, "https://$.both.example", byAllOfThem, "PUT", "x-$,bad name"),
		preflight("for 10,000 commas", 1, "https://$.both.example", byAllOfThem, "PUT", "x-$"+strings.Repeat(",", 10000)),
		preflight("for a 9 KB name", 1, "https://$.both.example", byAllOfThem, "PUT", "x-$"+strings.Repeat("a", 9000)),
		preflight("in 100 lines", 2, "https://$.reflects.example", byReflects, "PUT", strings.Repeat("x-$, ", 99)+"x-z"),
	}
	for i := range tricks {
		k := &tricks[i]
		k.badMethod = k.asks == "TRACE" || strings.HasPrefix(k.asks, "P ")
		k.badHeaders = strings.Contains(k.headers, " name") || len(k.headers) > 8<<10
		k.large = len(k.origin)+len(k.headers) > 2<<10
		if k.name == "in 100 lines" {
			k.fields = "Access-Control-Request-Headers: " + strings.ReplaceAll(k.headers, ", ", "\r\nAccess-Control-Request-Headers: ") + "\r\n"
			k.large = true
		}
	}
	tricks = append(tricks, kind{name: "400 header lines", often: 1, method: "GET", path: "/items", origin: "https://$.both.example",
		allowed: byAllOfThem, fields: strings.Repeat("X-$: $\r\n", 400), status: 200, handled: true, body: hello, large: true})
	return tricks
}

// The kinds that slow clients send.
const (
	byteByByte  = "byte by byte"
	heldHalfWay = "held half-way"
	halfClosed  = "half-closed"
	slowlyRead  = "slowly read"
)

func slow() []kind {
	large := get(slowlyRead, 0, "https://$.both.example", byAllOfThem)
	large.path, large.body = "/page", pageBody
	return []kind{
		preflight(byteByByte, 0, "https://$.both.example", byAllOfThem, "PUT", "x-$"),
		get(heldHalfWay, 0, "https://$.both.example", byAllOfThem),
		get(halfClosed, 0, "https://$.both.example", byAllOfThem),
		large,
	}
}

// largeBody needs more than one write. Twelve of these bodies (6 MB) are more than the
// buffers of a loopback socket hold while the other side does not read.
var largeBody = strings.Repeat("0123456789", 50_000)

// pageBody needs many reads.
var pageBody = strings.Repeat("0123456789", 30_000)

func get(name string, often int, origin string, allowed policySet) kind {
	return kind{name: name, often: often, method: "GET", path: "/items", origin: origin, allowed: allowed,
		status: 200, handled: true, body: hello}
}

// preflight is for a path with a handler for OPTIONS. The handler runs if no policy is in
// force.
func preflight(name string, often int, origin string, allowed policySet, asks, headers string) kind {
	return kind{name: name, often: often, method: "OPTIONS", path: "/items", origin: origin, allowed: allowed,
		asks: asks, unserved: asks != "PUT" && asks != "DELETE", headers: headers, status: 200, handled: true, body: greeting}
}

// panics reports whether a request of this kind makes a handler panic.
func (k *kind) panics() bool { return strings.HasPrefix(k.path, "/panic") }

// kindNamed returns the index of a kind in kinds.
func kindNamed(name string) int {
	for i := range kinds {
		if kinds[i].name == name {
			return i
		}
	}
	panic("there is no kind named  " + name)
}
