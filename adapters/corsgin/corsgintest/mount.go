package corsgintest

import (
	"io"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/conformance"
)

// StartMount serves app, with a group for the sub-router, on an engine that answers
// 405 where a path has another method. It is a conformance.MountStart.
func StartMount(tb testing.TB, app conformance.MountApp) string {
	tb.Helper()
	gin.SetMode(gin.TestMode) // lists no routes
	spell := conformance.Spelling(":id", "*rest")
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.Use(gin.RecoveryWithWriter(io.Discard))
	if app.Decider != nil {
		m := corsgin.NewMount(engine, app.Decider, app.Options...)
		engine.Use(m.Middleware())
		app.Attach(tb, m, spell)
	}
	group := engine.Group(conformance.SubRouter)
	for _, route := range app.Routes {
		in, path := &engine.RouterGroup, route.Path
		if below, ok := strings.CutPrefix(path, group.BasePath()); ok {
			in, path = group, below
		}
		in.Handle(route.Method, spell(path), func(c *gin.Context) {
			_ = route.Serve(responder{conformance.HTTPResponder(c.Writer, c.Request), c}) // fails only where the client has gone
		})
	}
	engine.Static("/static", app.Files)
	return serve(tb, engine)
}
