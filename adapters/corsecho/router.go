package corsecho

import (
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// router is an Echo, with the routers of its hosts, as an adapt.Router.
type router struct {
	echo   *echo.Echo
	mount  *adapt.Mount
	routes adapt.Snapshot[index]

	notes notes
}

// index has each registered pattern, except those of RouteNotFound: a group with middleware
// registers one of these for all paths below it.
type index map[registered]*routes

// routes are those of one pattern.
type routes struct {
	methods []string
	memo    mount.Memo
}

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
				if made[key] == nil {
					made[key] = new(routes)
				}
				made[key].methods = append(made[key].methods, route.Method)
			}
		}
	}
	add(e.Router())
	for _, r := range e.Routers() {
		add(r)
	}
	return &made
}

// Root implements adapt.Router.
func (r *router) Root() any { return r.echo }

// Ask implements adapt.Router.
func (r *router) Ask(x *adapt.Exchange, method string) string {
	router, host := r.of(r.host(x))
	probe := r.echo.AcquireContext()
	defer r.echo.ReleaseContext(probe)
	probe.Reset(x.Request, nil)
	path := x.RawPath // as in echo.GetPath
	if path == "" {
		path = x.RoutePath
	}
	router.Find(method, path, probe)
	pattern := probe.Path()
	if pattern == "" || probe.Get(echo.ContextKeyHeaderAllow) != nil || r.serving(router, method, pattern) == nil {
		return ""
	}
	return host + pattern
}

// Hit implements adapt.Router. echo chooses the route before it calls the middleware of Use.
func (r *router) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	c := x.Data.(echo.Context)
	if x.Begun && c.Path() != "" && (r.notes.methods.Load() || len(r.echo.Routers()) > 0) {
		return r.among(nil, c.Path()) // the RouteNotFound handler has routed again, by any method
	}
	x.Begun = c.Path() == ""
	method, pattern, x.RouteMemo, known = r.hit(c)
	return method, pattern, known
}

// hit returns the route that echo has chosen.
func (r *router) hit(c echo.Context) (method, pattern string, memo *mount.Memo, known mount.Known) {
	pattern = c.Path()
	if pattern == "" || c.Get(echo.ContextKeyHeaderAllow) != nil {
		return "", "", nil, mount.Nothing
	}
	hosts := r.echo.Routers()
	if !r.notes.methods.Load() && len(hosts) == 0 { // the policy depends only on the pattern
		method = c.Request().Method
		if of := r.serving(r.echo.Router(), method, pattern); of != nil {
			return method, pattern, &of.memo, mount.Served
		}
		return "", "", nil, mount.Nothing
	}
	n, _ := c.Get(noteKey).(*note)
	if n != nil && n.first && n.last {
		router, host := r.of(n.host)
		if of := r.serving(router, n.method, pattern); of != nil {
			return n.method, host + pattern, &of.memo, mount.Served
		}
		return "", "", nil, mount.Nothing
	}
	method, pattern, known = r.among(n, pattern)
	return method, pattern, nil, known
}

// among returns the route with the pattern, if all routes that echo may have chosen have the
// same policy.
func (r *router) among(n *note, pattern string) (method, found string, known mount.Known) {
	known = mount.Nothing
	var scope *mount.Scope
	may := func(router *echo.Router, host string) bool {
		for _, m := range r.methods(router, pattern) {
			if n != nil && n.first && m != n.method && m != n.request.Method {
				continue // echo may have routed by either of the two
			}
			s := r.mount.Scope(m, host+pattern)
			if known == mount.Served && s != scope {
				r.notes.complain(n)
				return false
			}
			method, found, known, scope = m, host+pattern, mount.Served, s
		}
		return true
	}
	hosts := r.echo.Routers()
	if n != nil && n.first {
		for _, h := range []string{n.host, n.request.Host} {
			if router, host := r.of(h); !may(router, host) {
				return "", "", mount.Unclear
			}
		}
		return method, found, known
	}
	if !may(r.echo.Router(), "") {
		return "", "", mount.Unclear
	}
	for host, router := range hosts {
		if !may(router, host) {
			return "", "", mount.Unclear
		}
	}
	return method, found, known
}

// Routes implements adapt.Router.
func (r *router) Routes() (routes []mount.Route, known bool) {
	made := r.routes.Remake()
	hosts := map[*echo.Router]string{r.echo.Router(): ""}
	for host, router := range r.echo.Routers() {
		hosts[router] = host
	}
	for key, of := range *made {
		for _, method := range of.methods {
			routes = append(routes, mount.Route{Method: method, Pattern: hosts[key.router] + key.pattern})
		}
	}
	return routes, true
}

// host returns the host by which echo has routed the request, if it is known.
func (r *router) host(x *adapt.Exchange) string {
	if n, ok := x.Data.(echo.Context).Get(noteKey).(*note); ok && n.first {
		return n.host
	}
	return x.Request.Host
}

// of returns the router of a host, as echo itself looks it up.
func (r *router) of(host string) (router *echo.Router, prefix string) {
	if router := r.echo.Routers()[host]; router != nil {
		return router, host
	}
	return r.echo.Router(), ""
}

// methods returns the methods that are registered with the pattern.
func (r *router) methods(router *echo.Router, pattern string) []string {
	key := registered{router, pattern}
	made := r.routes.Get()
	of := (*made)[key]
	if of == nil {
		of = (*r.routes.Renew(made))[key]
	}
	if of == nil {
		return nil
	}
	return of.methods
}

// serving returns the routes of the pattern if one is registered for the method, else nil.
func (r *router) serving(router *echo.Router, method, pattern string) *routes {
	made := r.routes.Get()
	if of := made.serving(router, method, pattern); of != nil {
		return of
	}
	if newer := r.routes.Renew(made); newer != made {
		return newer.serving(router, method, pattern)
	}
	return nil
}

func (i *index) serving(router *echo.Router, method, pattern string) *routes {
	of := (*i)[registered{router, pattern}]
	if of != nil && slices.Contains(of.methods, method) {
		return of
	}
	return nil
}
