package adapt

import (
	"net/http"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// Preflight returns what tells whether c's request is a preflight, and for which method.
// method is that of the request as the framework routes it.
func Preflight(c *fasthttp.RequestCtx, method string) cors.Request {
	r := cors.Request{Method: method}
	if method == http.MethodOptions {
		r.Origin = single(lines(&c.Request.Header, "Origin"))
		r.RequestMethod = single(lines(&c.Request.Header, "Access-Control-Request-Method"))
	}
	return r
}

// At returns what decides at a place of caller, a Mount's method such as
// "corsfiber.NewMount", where an application attaches d: d as the functions of cors.Around
// wrap it. A nil d means no CORS there. It panics with caller's name if d is a nil
// *cors.Live or *cors.Routes.
func At(caller string, s cors.Settings, d cors.Decider) cors.Decider {
	if p, ok := d.(*cors.Policy); d == nil || ok && p == nil {
		return nil
	}
	cors.CheckDecider(caller, d)
	return s.Wrap(caller, d)
}
