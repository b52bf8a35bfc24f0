package corsgintest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/conformance"
)

// MountOptions returns what RunMount needs to know about gin.
func MountOptions() []conformance.Option {
	const why = "gin keeps no method of the routing, so nothing may change the request's before the Mount: see corsgin's README"
	return []conformance.Option{
		conformance.KnownDivergence("a method is changed outside", why),
		conformance.KnownDivergence("a method is changed outside, and the page of the route reads", why),
	}
}

// StartMount serves app. The sub-router is a group. The engine answers 405 if a path has
// another method. It is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	gin.SetMode(gin.TestMode) // lists no routes
	spell := conformance.Spelling(":id", "*rest")
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.Use(gin.RecoveryWithWriter(io.Discard), twist(conformance.Outside))
	if app.Decider != nil {
		m := corsgin.NewMount(engine, app.Decider, app.Options...)
		engine.Use(m.Middleware())
		app.Attach(tb, m, spell)
		if app.Inner != nil {
			engine.Use(corsgin.NewMount(engine, app.Inner).Middleware())
		}
	}
	engine.Use(twist(conformance.Inside))
	group := engine.Group(conformance.SubRouter, twist(conformance.Sub))
	for _, route := range app.Routes {
		in, path := &engine.RouterGroup, route.Path
		if below, ok := strings.CutPrefix(path, group.BasePath()); ok {
			in, path = group, below
		}
		in.Handle(route.Method, spell(path), func(c *gin.Context) {
			_ = route.Serve(rerouter{responder{conformance.HTTPResponder(c.Writer, c.Request), c}, engine}) // fails only where the client has gone
		})
	}
	engine.Static("/static", app.Files)
	if app.Below {
		around := gin.New()
		around.Any("/*any", gin.WrapH(conformance.Below.Middleware(engine)))
		return serve(tb, around)
	}
	return serve(tb, engine)
}

// twist is the middleware for the spot.
func twist(spot conformance.Spot) gin.HandlerFunc {
	return func(c *gin.Context) {
		went := false
		spot.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			went, c.Request = true, r
			if w, ok := w.(gin.ResponseWriter); ok {
				c.Writer = w
			}
			c.Next()
		})).ServeHTTP(c.Writer, c.Request)
		if !went {
			c.Abort()
		}
	}
}

// rerouter is a Responder whose handler calls Engine.HandleContext.
type rerouter struct {
	responder
	engine *gin.Engine
}

// RouteAgain implements conformance.Rerouter.
func (r rerouter) RouteAgain(path string) error {
	r.c.Request.URL.Path, r.c.Request.URL.RawPath = path, ""
	r.engine.HandleContext(r.c)
	return nil
}
