package corsechov5

import (
	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	"github.com/crossgate/cors/core/mount"
)

// router is an Echo as an adapt.Router.
type router struct{ echo *echo.Echo }

// Root implements adapt.Router.
func (r router) Root() any { return r.echo }

// Ask implements adapt.Router.
func (r router) Ask(x *adapt.Exchange, method string) string {
	asked := *x.As(method) // a copy, because a router writes the pattern into the request
	probe := r.echo.AcquireContext()
	defer r.echo.ReleaseContext(probe)
	probe.Reset(&asked, nil)
	r.echo.Router().Route(probe)
	_, pattern, _ := hit(probe, method)
	return pattern
}

// placed is a Context as an adapt.Placed.
type placed echo.Context

// Path implements adapt.Placed.
func (p *placed) Path() string { return (*echo.Context)(p).Path() }

// Method returns the method by which the router has found the route.
func (p *placed) Method() string {
	method, _, _ := hit((*echo.Context)(p), (*echo.Context)(p).Request().Method)
	return method
}

// Hit implements adapt.Router. echo chooses the route before it calls the middleware of Use.
func (r router) Hit(x *adapt.Exchange) (method, pattern string, known mount.Known) {
	return hit(x.Data.(*echo.Context), x.Request.Method)
}

// hit returns the route that a router has found for c. A handler of RouteNotFound is not a
// route: a group with middleware registers one for all paths below it.
func hit(c *echo.Context, method string) (by, pattern string, known mount.Known) {
	info := c.RouteInfo() // has no path if there is no route for the request or its method
	switch {
	case info.Path == "" || info.Method == echo.RouteNotFound:
		return "", "", mount.Nothing
	case info.Method == echo.RouteAny:
		return method, info.Path, mount.Served
	default:
		return info.Method, info.Path, mount.Served
	}
}

// Routes implements adapt.Router.
func (r router) Routes() (routes []mount.Route, known bool) {
	for _, info := range r.echo.Router().Routes() {
		switch info.Method {
		case echo.RouteNotFound:
		case echo.RouteAny:
			routes = append(routes, mount.Route{Pattern: info.Path})
		default:
			routes = append(routes, mount.Route{Method: info.Method, Pattern: info.Path})
		}
	}
	return routes, true
}
