package corshttptest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// Echo is one major version of echo, and its adapter: H is its HandlerFunc, M its
// MiddlewareFunc, E its *Echo, and K the adapter's *Mount.
type Echo[H, M, E, K any] struct {
	New            func() E // it logs nothing
	Adapter        func(cors.Decider, ...cors.Option) M
	NewMount       func(E, cors.Decider, ...cors.Option) K
	WrapHandler    func(http.Handler) H
	WrapMiddleware func(func(http.Handler) http.Handler) M
	Unauthorized   error

	// The following fields come from echo's package middleware.
	Recover, RemoveTrailingSlash, Gzip M
	Rewrite                            func(map[string]string) M
	ContextTimeout                     func(time.Duration) M
}

// EchoContext is a request in either version of echo. Its Response is a W.
type EchoContext[W http.ResponseWriter] interface {
	Request() *http.Request
	Response() W
	QueryParam(name string) string
	String(status int, body string) error
	NoContent(status int) error
}

// EchoRouter is an Echo or a Group in either version of echo. G is its Group. R and A are
// the results of Add and Any, which the tests do not use.
type EchoRouter[H, M, R, A, G any] interface {
	Use(middleware ...M)
	Group(prefix string, middleware ...M) G
	Add(method, path string, h H, middleware ...M) R
	Any(path string, h H, middleware ...M) A
}

// EchoApp is an *Echo in either version.
type EchoApp[H, M, R, A, G any] interface {
	http.Handler
	EchoRouter[H, M, R, A, G]
	Pre(middleware ...M)
	RouteNotFound(path string, h H, middleware ...M) R
}

// EchoMount is a Mount of either adapter.
type EchoMount[M any] interface {
	Mount
	Middleware() M
}

func noContent(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// installed returns an Echo with an installed Mount.
func installed[H, M, R, A, G any, E EchoApp[H, M, R, A, G], K EchoMount[M]](p Echo[H, M, E, K]) (E, K) {
	e := p.New()
	m := p.NewMount(e, Policy("whole"))
	e.Use(m.Middleware())
	return e, m
}

// EchoPatterns requests routes of all kinds. own registers routes and attaches policies
// that only one of the versions has. want names the policies that decide about those.
func EchoPatterns[C any, H ~func(C) error, M ~func(H) H, R, A any, G EchoRouter[H, M, R, A, G], E EchoApp[H, M, R, A, G], K EchoMount[M]](
	t *testing.T, p Echo[H, M, E, K], own func(E, K) error, want map[string]string,
) {
	t.Helper()
	e, m := installed(p)
	update := p.WrapHandler(http.HandlerFunc(noContent))
	pass := M(func(next H) H { return next })
	v1 := e.Group("/v1", pass) // registers RouteNotFound for /v1 and /v1/*
	v1.Add("PUT", "", update)
	v1.Add("PUT", "/items/:id", update)
	v1.Add("PUT", "/own/*", update)
	v1.Any("/any", update)
	v1.Group("/open", pass).Add("GET", "/*", update)
	e.Add("PURGE", "/purge", update)
	Must(t, own(e, m), m.Group("/v1", Policy("group")), m.Route("PUT", "/v1/own/*", Policy("route")), m.Check())
	Decides(t, e, map[string]string{
		"preflight PUT /v1":                         "group",
		"PUT /v1":                                   "group",
		"preflight PATCH /v1":                       "group", // a 405, as are others below
		"preflight PUT /v1/items/7":                 "group",
		"preflight DELETE /v1/items/7":              "group",
		"preflight PUT /v1/none":                    "group",
		"GET /v1/none":                              "group",
		"preflight PUT /v1/own/a/b":                 "route",
		"PUT /v1/own/a/b":                           "route",
		"preflight FROB /v1/any":                    "group", // Any includes unknown methods in v5
		"GET /v1/open/x":                            "group",
		"preflight PUT /v1/open/x":                  "group",
		"preflight echo_route_not_found /v1/open/x": "group",
		"preflight PURGE /purge":                    "whole",
		"preflight PUT /V1/items/7":                 "", // other routers ignore case
		"GET /none":                                 "whole",
	})
	Decides(t, e, want)
}

// EchoRoutes registers the routes of app in e. Those of the sub-router are in a group with
// the given middleware, for which echo registers a handler for all unknown paths below it.
func EchoRoutes[H, M, R, A any, G EchoRouter[H, M, R, A, G], E EchoApp[H, M, R, A, G]](e E, app conformance.MountApp, handle func(conformance.Route) H, sub ...M) {
	spell := conformance.Spelling(":id", "*")
	group := e.Group(conformance.SubRouter, sub...)
	for _, route := range app.Routes {
		if below, ok := strings.CutPrefix(route.Path, conformance.SubRouter); ok {
			group.Add(route.Method, spell(below), handle(route))
		} else {
			e.Add(route.Method, spell(route.Path), handle(route))
		}
	}
}

// EchoMounts runs the tests of a Mount that both versions share.
func EchoMounts[W http.ResponseWriter, C EchoContext[W], H ~func(C) error, M ~func(H) H, R, A any, G EchoRouter[H, M, R, A, G], E EchoApp[H, M, R, A, G], K EchoMount[M]](
	t *testing.T, p Echo[H, M, E, K],
) {
	t.Helper()
	t.Run("behind middleware", func(t *testing.T) { t.Parallel(); echoBehindMiddleware(t, p) })
	t.Run("errors", func(t *testing.T) { t.Parallel(); echoErrors(t, p) })
}

// echoBehindMiddleware checks that the policy of the route that echo has chosen decides,
// even if its handler gets another path.
func echoBehindMiddleware[H, M, R, A, G any, E EchoApp[H, M, R, A, G], K EchoMount[M]](t *testing.T, p Echo[H, M, E, K]) {
	t.Helper()
	update := p.WrapHandler(http.HandlerFunc(noContent))
	e, m := installed(p)
	strip := p.WrapMiddleware(func(next http.Handler) http.Handler { return http.StripPrefix("/admin", next) })
	e.Add("GET", "/admin/x", update, strip)
	e.Add("GET", "/x", update)
	Must(t, m.Group("/admin", Policy("group")), m.Check())
	Decides(t, e, map[string]string{"GET /admin/x": "group", "GET /x": "whole", "preflight GET /admin/x": "group"})

	e = p.New()
	m = p.NewMount(e, Policy("whole"))
	e.Use(strip, m.Middleware()) // strip fails for paths without the prefix
	e.Add("GET", "/admin/x", update)
	e.Add("GET", "/x", update)
	Must(t, m.Group("/admin", Policy("group")), m.Check())
	Decides(t, e, map[string]string{"GET /admin/x": "group"})
}

// echoErrors checks that a page can read the HTTPErrorHandler's response if it can read the
// route's.
func echoErrors[W http.ResponseWriter, C EchoContext[W], H ~func(C) error, M ~func(H) H, R, A any, G EchoRouter[H, M, R, A, G], E EchoApp[H, M, R, A, G], K EchoMount[M]](
	t *testing.T, p Echo[H, M, E, K],
) {
	t.Helper()
	e, m := installed(p)
	e.Use(p.Recover)
	admin := e.Group("/admin", func(next H) H {
		return func(c C) error {
			if c.QueryParam("status") == "401" {
				return p.Unauthorized
			}
			return next(c)
		}
	})
	admin.Add("GET", "/x", p.WrapHandler(http.HandlerFunc(noContent)))
	admin.Add("GET", "/panics", func(C) error { panic("the test asks for it") })
	admin.Add("GET", "/fails", func(C) error { return http.ErrBodyNotAllowed })
	Must(t, m.Group("/admin", Policy("group")), m.Check())
	Decides(t, e, map[string]string{
		"GET /admin/x?status=401": "group", "GET /admin/panics": "group", "GET /admin/fails": "group",
		"GET /admin/none": "group", "GET /admin/none?status=401": "group", "POST /admin/x": "group", "GET /none": "whole", "POST /none": "whole",
	})
}

// EchoAnswersInPlace checks that no page reads a success that is sent in place of an error
// that no route has served, by middleware outside or by the HTTPErrorHandler, which handle
// sets.
func EchoAnswersInPlace[W http.ResponseWriter, C EchoContext[W], H ~func(C) error, M ~func(H) H, R, A any, G EchoRouter[H, M, R, A, G], E EchoApp[H, M, R, A, G], K EchoMount[M]](
	t *testing.T, p Echo[H, M, E, K], handle func(E, func(C) error),
) {
	t.Helper()
	index := func(c C) error {
		if c.QueryParam("status") == "404" {
			return c.String(http.StatusNotFound, "nothing")
		}
		return c.String(http.StatusOK, "index.html")
	}
	for _, inErrorHandler := range []bool{false, true} {
		e := p.New()
		m := p.NewMount(e, Policy("whole"))
		if inErrorHandler {
			handle(e, index)
		} else {
			e.Use(func(next H) H {
				return func(c C) error {
					if next(c) != nil {
						return index(c)
					}
					return nil
				}
			})
		}
		e.Use(m.Middleware())
		e.Add("GET", "/admin/fails", func(C) error { return http.ErrBodyNotAllowed })
		Must(t, m.Group("/admin", Policy("group")), m.Check())
		Decides(t, e, map[string]string{
			"GET /none": "", "GET /admin/none": "", "POST /admin/fails": "", "GET /admin/fails": "group",
			"GET /none?status=404": "whole", "GET /admin/none?status=404": "group", "POST /admin/fails?status=404": "group",
		})
	}
}

// EchoDifferential makes random Echos: with groups that have middleware and therefore
// RouteNotFound, with echo's rewriters and method override, and with handlers that call the
// Echo again.
func EchoDifferential[W http.ResponseWriter, C EchoContext[W], H ~func(C) error, M ~func(H) H, R, A any, G EchoRouter[H, M, R, A, G], E EchoApp[H, M, R, A, G], K EchoMount[M]](
	t *testing.T, p Echo[H, M, E, K],
) {
	t.Helper()
	// changed replaces one method by another, as middleware.MethodOverride does by a
	// header.
	changed := func(from, to string) M {
		return func(next H) H {
			return func(c C) error {
				if c.Request().Method == from {
					c.Request().Method = to
				}
				return next(c)
			}
		}
	}
	unauthorized := M(func(next H) H {
		return func(c C) error {
			if c.Request().Method == "PUT" {
				return p.Unauthorized
			}
			return next(c)
		}
	})
	inPlace := M(func(next H) H {
		return func(c C) error {
			err := next(c)
			if err == nil || errors.Is(err, p.Unauthorized) {
				return err
			}
			return c.String(http.StatusOK, "in place of a 404 or 405")
		}
	})
	Differential(t, func(r *Random, attach func(Mount)) http.Handler {
		e := p.New()
		m := p.NewMount(e, Policy("whole"))
		inPre := false
		for _, pre := range []M{p.RemoveTrailingSlash, p.Rewrite(map[string]string{"/c/*": "/a/b/$1"}), changed("POST", "PUT")} {
			if r.Chance(4) {
				e.Pre(pre)
				inPre = true
			}
		}
		if r.Chance(4) {
			e.Use(changed("POST", "PUT")) // after the routing
		}
		if r.Chance(4) && !inPre { // with it, a RouteNotFound may count as a route of the same pattern in v4
			e.Use(inPlace)
		}
		e.Use(m.Middleware())
		if r.Chance(4) {
			e.Use(changed("GET", "PUT"), p.Rewrite(map[string]string{"/x/*": "/a/b/$1"}))
		}
		groups := []G{e.Group("")}
		r.Fill(func(parent int, segment string) {
			in := groups[parent].Group(segment)
			if r.Chance(3) {
				in.Use(unauthorized)
			}
			groups = append(groups, in)
		}, func(group int, method, pattern string, h http.HandlerFunc) {
			groups[group].Add(method, pattern, p.WrapHandler(h))
		})
		to := r.Path()
		Try(func() {
			e.Add("GET", "/b/again", func(c C) error {
				if strings.HasPrefix(to, "/b/again") {
					return p.WrapHandler(r.Serves("GET", "/b/again"))(c)
				}
				q := c.Request().Clone(c.Request().Context())
				q.URL.Path, q.URL.RawPath = to, ""
				e.ServeHTTP(c.Response(), q)
				return nil
			})
		})
		if r.Chance(3) {
			e.RouteNotFound("/*", p.WrapHandler(r.Serves("", "")))
		}
		attach(m)
		return Around(e, r.Stack(r.Usual()...))
	})
}

// EchoGuardCases checks ways in which handlers of both versions tamper with headers. own
// has the cases that only one version has, or that have other types there.
func EchoGuardCases[W http.ResponseWriter, C EchoContext[W], H ~func(C) error, M ~func(H) H, R, A any, G EchoRouter[H, M, R, A, G], E EchoApp[H, M, R, A, G], K EchoMount[M]](
	t *testing.T, p Echo[H, M, E, K], own []GuardCase[func(E)],
) {
	t.Helper()
	serve := func(routes func(E), d cors.Decider, opts ...cors.Option) http.Handler {
		e := p.New()
		e.Use(p.Adapter(d, opts...))
		routes(e)
		return e
	}
	get := func(h func(C) error, m ...M) func(E) {
		return func(e E) { e.Add("GET", "/", h, m...) }
	}
	tamper := func(c C) { Tamper(c.Response().Header()) }
	GuardCases(t, serve, append(own, []GuardCase[func(E)]{
		{Name: "middleware.ContextTimeout times out", Status: 503, Routes: get(func(c C) error {
			tamper(c)
			<-c.Request().Context().Done()
			return c.Request().Context().Err()
		}, p.ContextTimeout(time.Millisecond))},
		{Name: "nothing is written", Status: 200, Routes: get(func(c C) error { tamper(c); return nil })},
		{Name: "NoContent", Status: 204, Routes: get(func(c C) error { tamper(c); return c.NoContent(http.StatusNoContent) })},
		{Name: "middleware.Gzip adds to Vary", Status: 200, Body: "hello\n", Right: "it adds, and replaces nothing",
			Routes: get(func(c C) error { return c.String(http.StatusOK, "hello\n") }, p.Gzip)},
		{Name: "no route", Status: 404, Right: "nobody tampers with anything", Routes: func(E) {}},
	}...))
}
