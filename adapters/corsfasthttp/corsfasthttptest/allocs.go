package corsfasthttptest

import (
	"testing"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// GuardAllocates checks that the adapter allocates nothing, with a guard or without,
// whether or not the guard corrects something, and also if the policy needs metadata. build
// returns an application whose one route is handler, inside the adapter.
func GuardAllocates(t *testing.T, build func(d cors.Decider, handler fasthttp.RequestHandler, opts ...cors.Option) fasthttp.RequestHandler) {
	t.Helper()
	enforcing := cors.MustCompile(cors.Config{AllowOrigins: []string{pageOrigin}, Enforce: cors.EnforceUnsafe})
	for name, opts := range map[string][]cors.Option{
		"no guard": nil, "PolicyWins": {cors.Guard(cors.PolicyWins)}, "HandlerWins": {cors.Guard(cors.HandlerWins)},
	} {
		for what, handler := range map[string]fasthttp.RequestHandler{
			"a handler that keeps the headers":  func(*fasthttp.RequestCtx) {},
			"a handler that tampers with them":  Tamper,
			"a handler that wipes the response": func(c *fasthttp.RequestCtx) { c.Response.Reset() },
		} {
			for _, d := range []cors.Decider{pagePolicy, enforcing} {
				serve := build(d, handler, opts...)
				for _, origin := range []string{pageOrigin, "https://evil.example", ""} {
					var c fasthttp.RequestCtx
					c.Request.SetRequestURI("/")
					c.Request.Header.SetHost("api.example")
					if origin != "" {
						c.Request.Header.Set("Origin", origin)
					}
					got := testing.AllocsPerRun(100, func() {
						c.Response.Reset()
						serve(&c)
					})
					if got > 0 {
						t.Errorf("%s, %s, origin %q: %v allocations, want none", name, what, origin, got)
					}
					if c.Response.StatusCode() != fasthttp.StatusOK || len(c.Response.Header.Peek("Vary")) == 0 {
						t.Errorf("%s, %s, origin %q: the adapter or the handler did not run:\n%s", name, what, origin, &c.Response)
					}
				}
			}
		}
	}
}
