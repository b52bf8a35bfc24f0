package corsecho

import (
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// router is an Echo, with the routers of its hosts, as the kit sees it.
type router struct {
	echo   *echo.Echo
	mount  *adapt.Mount
	routes adapt.Snapshot[index]

	note    sync.Once
	noted   atomic.Bool // the methods are noted in Pre
	serving atomic.Bool
}

// index has the methods of each pattern that is registered, RouteNotFound's left out: a
// group with middleware registers one for all paths below it.
type index map[registered][]string

type registered struct {
	router  *echo.Router
	pattern string
}

func newRouter(e *echo.Echo) *router {
	return &router{echo: e, routes: adapt.Snapshot[index]{Make: func() *index { return newIndex(e) }}}
}

func newIndex(e *echo.Echo) *index {
	made := make(index)
	add := func(r *echo.Router) {
		for _, route := range r.Routes() {
			if route.Method != echo.RouteNotFound {
				key := registered{r, route.Path}
				made[key] = append(made[key], route.Method)
			}
		}
	}
	add(e.Router())
	for _, r := range e.Routers() {
		add(r)
	}
	return &made
}

// methodKey is the key in an echo.Context of the method that was noted in Pre.
const methodKey = "github.com/crossgate/cors/adapters/corsecho.method"

// noteMethods notes in Pre by which method echo is going to route. It does so if it is
// called before the first request: echo's middleware must not change while it serves.
func (r *router) noteMethods() {
	if r.serving.Load() {
		return
	}
	r.note.Do(func() {
		r.echo.Pre(func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error {
				c.Set(methodKey, c.Request().Method)
				return next(c)
			}
		})
		r.noted.Store(true)
	})
}

// Ask implements adapt.Router.
func (r *router) Ask(x *adapt.Exchange, method string) string {
	router, host := r.of(x.Request)
	probe := r.echo.AcquireContext()
	defer r.echo.ReleaseContext(probe)
	probe.Reset(x.Request, nil)
	path := x.RawPath // as echo.GetPath has it
	if path == "" {
		path = x.RoutePath
	}
	router.Find(method, path, probe)
	pattern := probe.Path()
	if pattern == "" || probe.Get(echo.ContextKeyHeaderAllow) != nil || !r.serves(router, method, pattern) {
		return ""
	}
	return host + pattern
}

// Hit implements adapt.Router. echo chooses the route before it calls the middleware of Use.
func (r *router) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	return r.hit(x.Data.(echo.Context), x.Request)
}

func (r *router) hit(c echo.Context, request *http.Request) (method, pattern string, known mount.Known) {
	router, host := r.of(request)
	method, pattern = request.Method, c.Path()
	if pattern == "" || c.Get(echo.ContextKeyHeaderAllow) != nil {
		return "", "", mount.Nothing
	}
	noted := ""
	if r.noted.Load() {
		if noted, _ = c.Get(methodKey).(string); noted == "" {
			return "", "", mount.Unclear // the Context is not the one that was routed
		}
	}
	switch {
	case noted != "" && noted != method && r.mount.Scope(noted, host+pattern) != r.mount.Scope(method, host+pattern):
		return "", "", mount.Unclear // echo has routed by one of them
	case r.serves(router, method, pattern), noted != "" && r.serves(router, noted, pattern):
		return method, host + pattern, mount.Served
	default:
		return "", "", mount.Nothing
	}
}

// Routes implements adapt.Router.
func (r *router) Routes() (routes []mount.Route, known bool) {
	made := r.routes.Remake()
	hosts := map[*echo.Router]string{r.echo.Router(): ""}
	for host, router := range r.echo.Routers() {
		hosts[router] = host
	}
	for key, methods := range *made {
		for _, method := range methods {
			routes = append(routes, mount.Route{Method: method, Pattern: hosts[key.router] + key.pattern})
		}
	}
	return routes, true
}

// of returns the router of a request's host, as echo itself looks it up.
func (r *router) of(request *http.Request) (router *echo.Router, host string) {
	if router := r.echo.Routers()[request.Host]; router != nil {
		return router, request.Host
	}
	return r.echo.Router(), ""
}

// serves reports whether a route is registered for method with pattern.
func (r *router) serves(router *echo.Router, method, pattern string) bool {
	made := r.routes.Get()
	if made.has(router, method, pattern) {
		return true
	}
	newer := r.routes.Renew(made)
	return newer != made && newer.has(router, method, pattern)
}

func (i *index) has(router *echo.Router, method, pattern string) bool {
	for _, m := range (*i)[registered{router, pattern}] {
		if m == method {
			return true
		}
	}
	return false
}
