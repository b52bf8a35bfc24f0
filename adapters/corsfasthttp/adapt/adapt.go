// Package adapt is the kit for adapters of frameworks that are built on fasthttp: it
// reads a request, applies a decision to the response, and guards the response's headers.
// corsfasthttp, corsfiber and corsfiberv3 are made of it. Applications need corsfasthttp
// or their framework's adapter instead.
//
// A middleware calls Begin, then the next handler, then End, also when that panics:
//
//	layer := adapt.New("corsmine.New", d, opts)
//	return func(c *mine.Ctx) {
//		var x adapt.Exchange
//		if layer.Begin(&x, c.RequestCtx, c.Method(), (*source)(c)) {
//			return
//		}
//		defer x.End(c.RequestCtx)
//		c.Next()
//	}
//
// An adapter with policies for groups and routes implements [Router], which asks its
// framework which route would serve a request, and which one has. Its middleware is then
// [Mount.Serve]. [Prober] and [Index] help where the framework does not say so by itself.
package adapt

import (
	"net/http"
	"strings"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// Layer is a Decider and how its decisions are applied.
type Layer struct {
	Decider cors.Decider
	Guard   cors.GuardMode // 0 without a Guard
}

// New returns the Layer of caller, an adapter's New such as "corsfiber.New". It panics
// with caller's name if d is nil (see cors.CheckDecider) or an option means nothing there.
func New(caller string, d cors.Decider, opts []cors.Option) *Layer {
	cors.CheckDecider(caller, d)
	return &Layer{Decider: d, Guard: cors.NewSettings(caller, opts).Guard}
}

// usualOrigin is the length up to which a copy of an Origin allocates nothing. Longer ones
// are rare, and to clear memory for them costs every request more.
const usualOrigin = 64

// Exchange is one request, and what was decided about it. The zero value is ready for
// Begin. It is not safe for concurrent use.
type Exchange struct {
	decision cors.Decision
	guard    cors.GuardMode

	outermost bool // and guarded, so inner passes are to say so

	// The Access-Control-Allow-Origin that was set, in memory of its own: the decision
	// shares that of the request, which handlers may change.
	length int
	origin [usualOrigin]byte
	long   string // instead of origin
}

// Guarded reports whether End guards the response. A framework that turns an error into a
// response must then do so before End.
func (x *Exchange) Guarded() bool { return x.guard != 0 && x.decision.Len() > 0 }

// own returns the Access-Control-Allow-Origin of the decision.
func (x *Exchange) own() string {
	for i := range x.decision.Len() {
		if name, value := x.decision.At(i); name == allowOrigin {
			return value
		}
	}
	return ""
}

// Begin decides about c's request and sets the headers of its response. method is that of
// the request as the framework routes it; rest is read if the policy needs it. If Begin
// returns true, it has answered the request. Otherwise call the handler, then End.
func (l *Layer) Begin(x *Exchange, c *fasthttp.RequestCtx, method string, rest cors.MetadataSource) (answered bool) {
	request, response := &c.Request.Header, &c.Response.Header
	r := cors.Request{Method: method, Origin: single(lines(request, "Origin"))}
	if method == http.MethodOptions {
		r.RequestMethod = single(lines(request, "Access-Control-Request-Method"))
		r.RequestHeaders = join(lines(request, "Access-Control-Request-Headers"))
	}
	d := &x.decision
	cors.DecideTo(d, l.Decider, &r, rest)
	status := d.Status()
	if d.Len() == 0 && status == 0 {
		return false
	}
	nested := response.PeekCanonical(bytesOf(allowOrigin)) != nil || c.UserValue(outer{}) != nil
	if nested || l.Guard == cors.HandlerWins && hasCORS(response) { // what is there later is the handler's
		removeOthers(response, new(cors.Decision))
	}
	answered = status != 0
	if answered {
		c.Response.SetStatusCode(status)
		c.Response.ResetBody()
	} else {
		x.guard = l.Guard
		if r.RequestMethod != "" { // the decision on a preflight may share what it asked for
			*d = d.Clone()
		}
	}
	allowed := set(response, d, x.guard != cors.HandlerWins)
	if answered && l.Guard != 0 {
		removeOthers(response, d) // set by outer middleware
	}
	if x.length = copy(x.origin[:], allowed); x.length < len(allowed) {
		x.long = strings.Clone(allowed)
	}
	switch {
	case nested:
		x.take(c)
	case x.guard != 0:
		x.outermost = true
		c.SetUserValue(outer{}, true)
	}
	return answered
}

// outer is the key of a user value that a request has while a pass over it will make its
// headers right at the end: a *passage, or true.
type outer struct{}

// inner is the key of the *Exchange of the last pass that was inside another one.
type inner struct{}

// take says to the passes outside this one that its decision is the last.
func (x *Exchange) take(c *fasthttp.RequestCtx) {
	kept := *x
	kept.decision = x.decision.Clone()
	c.SetUserValue(inner{}, &kept)
}

// allowed returns the Access-Control-Allow-Origin that was set.
func (x *Exchange) allowed() string {
	if x.long != "" {
		return x.long
	}
	return text(x.origin[:x.length])
}

// End corrects what the handler did to the headers. Without a Guard it sets again what
// was wiped, and completes Vary. Defer it: a panic passes here, too, on its way to a
// recovery middleware outside.
func (x *Exchange) End(c *fasthttp.RequestCtx) {
	if x.decision.Len() == 0 {
		return
	}
	h := &c.Response.Header
	// After a TimeoutError another response is sent, and the handler that is late may still
	// be writing to this one.
	if late := c.LastTimeoutErrorResponse(); late != nil {
		h = &late.Header
	}
	if x.outermost {
		c.RemoveUserValue(outer{})
	}
	if x.guard == 0 && keeps(h, &x.decision) {
		return
	}
	guard := x.guard
	if last, ok := c.UserValue(inner{}).(*Exchange); ok {
		x = last // a pass inside this one has decided since
	}
	switch {
	case x.decision.Len() == 0:
	case guard == 0:
		restore(h, &x.decision, x.allowed())
	default:
		enforce(h, &x.decision, x.allowed(), guard)
	}
}
