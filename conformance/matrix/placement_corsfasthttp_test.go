package matrix_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

// serveFast serves h until the end of the test.
func serveFast(t *testing.T, h fasthttp.RequestHandler) string {
	t.Helper()
	return "http://" + corsfasthttptest.ServeHandler(t, h)
}

// fastRouter returns a handler that serves the patterns. Each pattern is a method and a
// path, and is followed by its handler.
func fastRouter(served ...any) fasthttp.RequestHandler {
	handlers, paths := make(map[string]fasthttp.RequestHandler), make(map[string]bool)
	for i := 0; i < len(served); i += 2 {
		pattern := served[i].(string)
		handlers[pattern] = served[i+1].(func(*fasthttp.RequestCtx))
		_, path, _ := strings.Cut(pattern, " ")
		paths[path] = true
	}
	return func(c *fasthttp.RequestCtx) {
		switch h := handlers[string(c.Method())+" "+string(c.Path())]; {
		case h != nil:
			h(c)
		case paths[string(c.Path())]:
			c.SetStatusCode(fasthttp.StatusMethodNotAllowed)
		default:
			c.SetStatusCode(fasthttp.StatusNotFound)
		}
	}
}

func fastOK(*fasthttp.RequestCtx) {}

func placementsFasthttp() map[string]func(*testing.T) {
	router := fastRouter("GET /items", fastOK, "PUT /items/1", fastOK, "PUT /admin/users", fastOK)
	return map[string]func(*testing.T){
		"the whole server": func(t *testing.T) {
			site := serveFast(t, corsfasthttp.New(policy)(router))
			see(t, site, "GET /items", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, site, "PUT /items/1", evil, "403 blocked, 200 blocked")
			see(t, serveFast(t, router), "PUT /items/1", page, "405 blocked, 200 blocked")
		},
		"paths with another policy": func(t *testing.T) {
			routes, err := cors.NewRoutes(map[string]cors.Decider{"/": policy, "/admin/": adminPolicy})
			require.NoError(t, err)
			site := serveFast(t, corsfasthttp.New(routes)(router))
			see(t, site, "PUT /admin/users", admin, "204 cookies, 200 cookies")
			see(t, site, "PUT /items/1", page, "204 allowed, 200 allowed")
			see(t, serveFast(t, corsfasthttp.New(policy)(router)), "PUT /admin/users", admin, "403 blocked, 200 blocked")
		},
		"404 and 405": func(t *testing.T) {
			site := serveFast(t, corsfasthttp.New(policy)(router))
			see(t, site, "GET /none", page, "204 allowed, 404 allowed")
			see(t, site, "GET /items/1", page, "204 allowed, 405 allowed")
			see(t, serveFast(t, router), "GET /none", page, "404 blocked, 404 blocked")
		},
		"long request headers": func(t *testing.T) {
			cookie := strings.Repeat("x", 8<<10)
			for _, tt := range []struct {
				server *fasthttp.Server
				want   string
			}{
				{&fasthttp.Server{ReadBufferSize: 16 << 10}, "200 allowed"},
				{&fasthttp.Server{}, "431 blocked"},
			} {
				tt.server.Handler = corsfasthttp.New(policy)(router)
				site := "http://" + corsfasthttptest.Serve(t, tt.server.Serve, tt.server.Shutdown)
				a := ask(t, "GET /items", site, "Origin", page, "Cookie", cookie)
				assert.Equal(t, tt.want, a.Status[:3]+" "+a.verdict(page))
			}
		},
		"redirects by handlers": func(t *testing.T) {
			redirect := func(c *fasthttp.RequestCtx) { c.Redirect("/items", fasthttp.StatusFound) }
			router := fastRouter("GET /moved", redirect)
			see(t, serveFast(t, corsfasthttp.New(policy)(router)), "GET /moved", page, "204 allowed, 302 allowed")
			see(t, serveFast(t, redirect), "GET /moved", page, "302 blocked, 302 blocked")
		},
		"authentication": func(t *testing.T) {
			authenticate := func(fasthttp.RequestHandler) fasthttp.RequestHandler {
				return func(c *fasthttp.RequestCtx) { c.SetStatusCode(fasthttp.StatusUnauthorized) }
			}
			see(t, serveFast(t, corsfasthttp.New(policy)(authenticate(router))), "PUT /items/1", page, "204 allowed, 401 allowed")
			see(t, serveFast(t, authenticate(corsfasthttp.New(policy)(router))), "PUT /items/1", page, "401 blocked, 401 blocked")
		},
		"panics": func(t *testing.T) {
			recovering := func(answer func(*fasthttp.RequestCtx)) func(fasthttp.RequestHandler) fasthttp.RequestHandler {
				return func(next fasthttp.RequestHandler) fasthttp.RequestHandler {
					return func(c *fasthttp.RequestCtx) {
						defer func() {
							if recover() != nil {
								answer(c)
							}
						}()
						next(c)
					}
				}
			}
			recovery := recovering(func(c *fasthttp.RequestCtx) { c.SetStatusCode(fasthttp.StatusInternalServerError) })
			wiping := recovering(func(c *fasthttp.RequestCtx) { c.Error("down", fasthttp.StatusInternalServerError) })
			router := fastRouter("GET /items", func(*fasthttp.RequestCtx) { panic("deliberate") })
			see(t, serveFast(t, corsfasthttp.New(policy)(recovery(router))), "GET /items", page, "204 allowed, 500 allowed")
			see(t, serveFast(t, corsfasthttp.New(policy)(wiping(router))), "GET /items", page, "204 allowed, 500 allowed")
			see(t, serveFast(t, recovery(corsfasthttp.New(policy)(router))), "GET /items", page, "204 allowed, 500 allowed")
			// RequestCtx: c.Error
			see(t, serveFast(t, wiping(corsfasthttp.New(policy)(router))), "GET /items", page, "204 allowed, 500 blocked")
		},
		"timeouts": func(t *testing.T) {
			late := func(*fasthttp.RequestCtx) { <-t.Context().Done() }
			site := serveFast(t, corsfasthttp.New(policy)(fasthttp.TimeoutHandler(late, time.Millisecond, "late")))
			see(t, site, "GET /items", page, "204 allowed, 408 allowed")
			answering := corsfasthttp.New(policy)(func(c *fasthttp.RequestCtx) { late(c) })
			see(t, serveFast(t, fasthttp.TimeoutHandler(answering, time.Millisecond, "late")), "GET /items", page, "204 allowed, 408 blocked")
		},
		"compression": func(t *testing.T) {
			lengthy := func(c *fasthttp.RequestCtx) { c.SetBodyString(long) }
			gunzip(t, serveFast(t, corsfasthttp.New(policy)(fasthttp.CompressHandler(lengthy))))
			gunzip(t, serveFast(t, fasthttp.CompressHandler(corsfasthttp.New(policy)(lengthy))))
		},
		"a reverse proxy": func(t *testing.T) {
			upstream := upstreamOf(t).Host
			proxy := func(c *fasthttp.RequestCtx) {
				c.Request.SetHost(upstream)
				assert.NoError(t, fasthttp.Do(&c.Request, &c.Response))
			}
			see(t, serveFast(t, corsfasthttp.New(policy, cors.Guard(cors.PolicyWins))(proxy)), "GET /items", page, "204 allowed, 200 allowed")
			see(t, serveFast(t, corsfasthttp.New(policy)(proxy)), "GET /items", evil, "403 blocked, 200 any")
		},
		"handlers that set CORS headers": func(t *testing.T) {
			router := fastRouter(
				"GET /items", func(c *fasthttp.RequestCtx) { c.Response.Header.Set("Access-Control-Allow-Origin", "*") },
				"GET /vary", func(c *fasthttp.RequestCtx) { c.Response.Header.Set("Vary", "Accept") })
			policyWins := serveFast(t, corsfasthttp.New(policy, cors.Guard(cors.PolicyWins))(router))
			handlerWins := serveFast(t, corsfasthttp.New(policy, cors.Guard(cors.HandlerWins))(router))
			plain := serveFast(t, corsfasthttp.New(policy)(router))
			see(t, policyWins, "GET /items", page, "204 allowed, 200 allowed")
			see(t, policyWins, "GET /items", evil, "403 blocked, 200 blocked")
			see(t, handlerWins, "GET /items", evil, "403 blocked, 200 any")
			see(t, plain, "GET /items", evil, "403 blocked, 200 any")
			see(t, policyWins, "GET /vary", page, "204 allowed, 200 allowed")
			see(t, plain, "GET /vary", page, "204 allowed, 200 allowed")
		},
		"WebSockets": func(t *testing.T) {
			upgrade := func(c *fasthttp.RequestCtx) {
				c.Response.Header.Set("Connection", "Upgrade")
				c.Response.Header.Set("Upgrade", "websocket")
				c.SetStatusCode(fasthttp.StatusSwitchingProtocols)
				c.Hijack(func(net.Conn) {})
			}
			site := serveFast(t, corsfasthttp.New(policy)(fastRouter("GET /unchecked", upgrade, "GET /live", func(c *fasthttp.RequestCtx) {
				if !policy.AllowsOrigin(string(c.Request.Header.Peek("Origin"))) {
					c.SetStatusCode(fasthttp.StatusForbidden)
					return
				}
				upgrade(c)
			})))
			assert.Equal(t, 101, handshake(t, site, "/live", page))
			assert.Equal(t, 403, handshake(t, site, "/live", evil))
			assert.Equal(t, 101, handshake(t, site, "/unchecked", evil))
		},
		"no CORS, in development": func(t *testing.T) {
			see(t, serveFast(t, corsfasthttp.New((*cors.Policy)(nil))(router)), "PUT /items/1", page, "405 blocked, 200 blocked")
			var live cors.Live // cors.Live
			see(t, serveFast(t, corsfasthttp.New(&live)(router)), "PUT /items/1", page, "405 blocked, 200 blocked")
			assert.Panics(t, func() { corsfasthttp.New(nil) })
		},
		"around one handler": func(t *testing.T) {
			update := func(*fasthttp.RequestCtx) {}
			router := fastRouter("PUT /items/1", (func(*fasthttp.RequestCtx))(corsfasthttp.New(policy)(update)))
			see(t, serveFast(t, router), "PUT /items/1", page, "405 blocked, 200 allowed")
		},
		"one policy inside another": func(t *testing.T) {
			site := serveFast(t, corsfasthttp.New(policy)(corsfasthttp.New(adminPolicy)(router)))
			see(t, site, "PUT /items/1", admin, "403 blocked, 200 cookies")
			routes, err := cors.NewRoutes(map[string]cors.Decider{"/": adminPolicy})
			require.NoError(t, err)
			see(t, serveFast(t, corsfasthttp.New(routes)(router)), "PUT /items/1", admin, "204 cookies, 200 cookies")
		},
	}
}
