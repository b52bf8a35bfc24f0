package corsgin

import (
	"net/http"
	"net/url"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// router is an engine as an adapt.Router. gin cannot say which route would serve another
// method without calling the handlers. So router asks a copy of the engine, with the same
// routes and settings, whose handlers only record the pattern. In gin's debug mode, making
// the copy prints the routes once more.
type router struct {
	engine *gin.Engine
	copies adapt.Snapshot[gin.Engine]
	probes sync.Pool // *probe
}

func newRouter(engine *gin.Engine) *router {
	return &router{engine: engine, probes: sync.Pool{New: func() any { return new(probe) }},
		copies: adapt.Snapshot[gin.Engine]{Make: func() *gin.Engine { return copyOf(engine) }}}
}

// Root implements adapt.Router.
func (r *router) Root() any { return r.engine }

// Ask implements adapt.Router.
func (r *router) Ask(x *adapt.Exchange, method string) (pattern string) {
	p := r.probes.Get().(*probe)
	defer r.probes.Put(p)
	copied := r.copies.Get()
	if pattern = p.ask(copied, x, method); pattern == "" {
		if newer := r.copies.Renew(copied); newer != copied {
			pattern = p.ask(newer, x, method)
		}
	}
	return pattern
}

// Hit implements adapt.Router. gin chooses the route before it calls middleware.
func (r *router) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	if pattern = x.Data.(*gin.Context).FullPath(); pattern == "" {
		return "", "", mount.Nothing
	}
	return x.Request.Method, pattern, mount.Served
}

// Routes implements adapt.Router.
func (r *router) Routes() (routes []mount.Route, known bool) {
	for _, route := range r.engine.Routes() {
		routes = append(routes, mount.Route{Method: route.Method, Pattern: route.Path})
	}
	return routes, true
}

// copyOf returns a copy of the engine whose handlers record the pattern.
func copyOf(of *gin.Engine) *gin.Engine {
	engine := gin.New()
	engine.RedirectTrailingSlash = false // a redirect is not a route
	engine.RedirectFixedPath = false
	engine.UseRawPath = of.UseRawPath
	engine.UseEscapedPath = of.UseEscapedPath
	engine.UnescapePathValues = of.UnescapePathValues
	engine.RemoveExtraSlash = of.RemoveExtraSlash
	for _, route := range of.Routes() {
		engine.Handle(route.Method, route.Path, record)
	}
	return engine
}

// record stores the pattern of the route in the probe.
func record(c *gin.Context) {
	if w, ok := c.Writer.(interface{ Unwrap() http.ResponseWriter }); ok {
		if p, ok := w.Unwrap().(*probe); ok {
			p.pattern = c.FullPath()
		}
	}
}

// probe is a request to the copy of the engine, and its response, which is discarded.
type probe struct {
	request http.Request
	url     url.URL
	header  http.Header
	pattern string
}

// ask returns the pattern of the engine's route for the path of x and the method.
func (p *probe) ask(engine *gin.Engine, x *adapt.Exchange, method string) string {
	p.url = url.URL{Path: x.RoutePath, RawPath: x.RawPath}
	p.request = http.Request{Method: method, URL: &p.url} // gin reads only these two
	p.pattern = ""
	engine.ServeHTTP(p, &p.request)
	return p.pattern
}

// Header implements http.ResponseWriter.
func (p *probe) Header() http.Header {
	if p.header == nil {
		p.header = make(http.Header)
	}
	return p.header
}

// Write implements http.ResponseWriter.
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (p *probe) WriteHeader(int) {}
