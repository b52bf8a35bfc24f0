package adapt_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// route is a route of a small framework that does not say which route would serve a
// request.
type route struct {
	method, path string
	use          bool // for all paths below
	handle       fasthttp.RequestHandler
}

type framework struct{ routes []*route }

// serve calls the handlers of Use, and then the first other route, which it stores in hit.
func (f *framework) serve(c *fasthttp.RequestCtx, hit **route) {
	for _, r := range f.routes {
		if r.use && strings.HasPrefix(string(c.Path()), r.path) || r.method == string(c.Method()) && r.path == string(c.Path()) {
			*hit = r
			if r.handle(c); !r.use {
				return
			}
		}
	}
	if *hit == nil || (*hit).use {
		c.SetStatusCode(fasthttp.StatusNotFound)
	}
}

// request is the type that the framework passes to its middleware.
type request struct {
	*fasthttp.RequestCtx
	hit *route
}

// router is the framework as an adapt.Router.
type router struct {
	adapt.Spelling
	*framework
	prober adapt.Prober
	index  adapt.Index[route]
}

func newRouter(f *framework) *router {
	r := &router{framework: f, Spelling: adapt.Spelling{CaseSensitive: true, StrictRouting: true}}
	r.prober = adapt.Prober{Version: func() uint64 { return uint64(len(f.routes)) }, Copy: r.copy}
	r.index.List = r.entries
	return r
}

// copy returns a copy of the framework whose handlers only report which of them is called.
func (r *router) copy() fasthttp.RequestHandler {
	var copied framework
	for _, from := range r.routes {
		if !from.use {
			to := *from
			to.handle = func(c *fasthttp.RequestCtx) { adapt.Tell(c, r.Plain(to.path)) }
			copied.routes = append(copied.routes, &to)
		}
	}
	return func(c *fasthttp.RequestCtx) {
		var hit *route
		copied.serve(c, &hit)
	}
}

// entries returns an Entry for each route. If a framework's routes do not show whether Use
// has registered them, list those that it has not.
func (r *router) entries() map[*route]adapt.Entry {
	var proper []route
	for _, at := range r.routes {
		if !at.use {
			proper = append(proper, *at)
		}
	}
	describe := func(at *route) string { return at.method + at.path }
	return adapt.Entries([][]*route{r.routes}, proper, describe, func(at *route, known mount.Known) adapt.Entry {
		return adapt.Entry{Method: at.method, Pattern: r.Plain(at.path), Known: known}
	})
}

func (r *router) Request(c *request) *fasthttp.RequestCtx { return c.RequestCtx }
func (r *router) Context(c *request) context.Context      { return c.RequestCtx }
func (r *router) Method(c *request) string                { return adapt.Method(c.RequestCtx) }
func (r *router) Path(c *request) string                  { return string(c.Path()) }
func (r *router) Root() any                               { return r.framework }
func (r *router) Ask(method, path string) string          { return r.prober.Ask(method, path) }
func (r *router) Routes() ([]mount.Route, bool)           { return r.index.Routes() }

func (r *router) Next(c *request) error {
	r.serve(c.RequestCtx, &c.hit)
	return nil
}

func (r *router) Hit(c *request) (method, pattern string, known mount.Known) {
	if c.hit == nil {
		return "", "", mount.Nothing
	}
	return r.index.Hit(c.hit)
}

// An adapter's Mount asks its framework which route would serve a request, and which route
// has served it.
func ExampleMount() {
	answer := func(c *fasthttp.RequestCtx) { c.SetBodyString("hello") }
	f := &framework{routes: []*route{{path: "/", use: true, handle: answer}, {method: "PUT", path: "/admin/users", handle: answer}}}
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	admin := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example.com"}, AllowMethods: []string{"PUT"}})

	m := adapt.NewMount[*request]("corsmine", newRouter(f), policy, nil)
	fmt.Println(m.Group("/amdin", admin), m.Check())

	m = adapt.NewMount[*request]("corsmine", newRouter(f), policy, nil)
	fmt.Println(m.Group("/admin", admin), m.Check())
	for _, method := range []string{"OPTIONS", "PUT"} {
		var c fasthttp.RequestCtx
		c.Request.Header.SetMethod(method)
		c.Request.SetRequestURI("/admin/users")
		c.Request.Header.Set("Origin", "https://admin.example.com")
		c.Request.Header.Set("Access-Control-Request-Method", "PUT")
		fmt.Println(m.Serve(&request{RequestCtx: &c}), c.Response.StatusCode(), string(c.Response.Header.Peek("Access-Control-Allow-Origin")))
	}
	// Output:
	// <nil> cors: Group "/amdin": no route is registered there; write "/admin"
	// <nil> <nil>
	// <nil> 204 https://admin.example.com
	// <nil> 200 https://admin.example.com
}

// If a framework ignores case, patterns are compared without case.
func ExampleSpelling_AppendPlain() {
	var asFiber adapt.Spelling
	var r adapt.Router[*request] = newRouter(new(framework)) // this framework distinguishes case
	fmt.Println(string(asFiber.AppendPlain(nil, "/Users/7/")), string(r.AppendPlain(nil, "/Users/7/")))
	// Output: /users/7 /Users/7/
}
