// Package adapt is for authors of adapters for frameworks that are built on fasthttp. It
// reads a request, applies a decision to the response, and guards the response's headers.
// corsfasthttp, corsfiber and corsfiberv3 use it. Applications use these adapters instead.
//
// A middleware calls Begin, then the next handler, then End. End must run even if the
// handler panics:
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
// For policies of groups and routes, an adapter implements [Router]: it says which route
// would serve a request, and which route has served it. The middleware is then
// [Mount.Serve]. [Prober] and [Index] help with frameworks that do not report this.
package adapt

import (
	"net/http"
	"strings"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// Layer applies the decisions of one Decider to responses.
type Layer struct {
	Decider cors.Decider
	Guard   cors.GuardMode // 0 without a Guard
}

// New returns the Layer for caller, an adapter's New such as "corsfiber.New". It panics with
// caller's name if d is nil (see cors.CheckDecider), or if an option is for NewMount only.
func New(caller string, d cors.Decider, opts []cors.Option) *Layer {
	cors.CheckDecider(caller, d)
	return &Layer{Decider: d, Guard: cors.NewSettings(caller, opts).Guard}
}

// usualOrigin is the greatest length of an Origin that is copied without an allocation.
// Longer ones are rare, and a larger array would cost every request time to clear it.
const usualOrigin = 64

// Exchange is one request and its Decision. The zero value is ready for Begin. It is not
// safe for concurrent use.
type Exchange struct {
	decision cors.Decision
	guard    cors.GuardMode

	outermost bool // a guarded pass that is not inside another one; inner passes report to it

	// A copy of the Access-Control-Allow-Origin that was set. The decision's own value
	// shares memory with the request, which handlers may change.
	length int
	origin [usualOrigin]byte
	long   string // instead of origin
}

// Guarded reports whether End guards the response. If it does, turn a handler's error into
// the response before End.
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

// Begin decides the request of c and sets the headers of its response. method is the method
// by which the framework routes the request. rest is read only if the policy needs it. If
// Begin returns true, it has answered the request. Otherwise call the handler, then End.
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
	answered = status != 0
	nested := response.PeekCanonical(bytesOf(allowOrigin)) != nil || c.UserValue(outer{}) != nil
	// End takes the CORS headers that it finds for the handler's. An answer has the policy's alone.
	if nested || l.Guard == cors.HandlerWins || l.Guard != 0 && answered {
		removeCORS(response)
	}
	if answered {
		c.Response.SetStatusCode(status)
		c.Response.ResetBody()
	} else {
		x.guard = l.Guard
		if r.RequestMethod != "" { // a preflight's Decision may share memory with the request
			*d = d.Clone()
		}
	}
	allowed := set(response, d, x.guard != cors.HandlerWins)
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

// outer is the key of a user value that a request has while a guarded pass is running, which
// will correct the headers at its end. The value is a *passage, or true.
type outer struct{}

// inner is the key of the *Exchange of the last pass that was inside another one.
type inner struct{}

// take tells the passes outside this one to use its decision.
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

// End corrects the headers after the handler. Without a Guard it only sets headers again
// that were wiped, and completes Vary. Defer it, so that it also runs after a panic that
// outer middleware recovers.
func (x *Exchange) End(c *fasthttp.RequestCtx) {
	if x.decision.Len() == 0 {
		return
	}
	h := &c.Response.Header
	// After a TimeoutError another response is sent. The late handler may still be writing
	// to this one.
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
