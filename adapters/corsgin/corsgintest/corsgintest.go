// Package corsgintest serves a conformance.App with gin.
package corsgintest

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// Start serves app with the middleware installed by engine.Use. The engine answers 405 if a
// path has another method. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	return start(tb, engine, app)
}

// StartDefault is Start with gin's default engine, which answers 404 in that case.
func StartDefault(tb testing.TB, app conformance.App) string {
	tb.Helper()
	return start(tb, gin.New(), app)
}

// StartWrapped is StartDefault with corshttp's middleware around the engine. This also
// covers the responses that gin sends before any middleware runs.
func StartWrapped(tb testing.TB, app conformance.App) string {
	tb.Helper()
	engine := newEngine(conformance.App{Routes: app.Routes}, gin.New())
	if app.Decider == nil {
		return serve(tb, engine)
	}
	return serve(tb, corshttp.New(app.Decider, app.Options...)(engine))
}

// RedirectDivergence is the case in which Start and StartDefault differ from other
// adapters. RedirectReason says why.
const (
	RedirectDivergence = "application/the headers are on every response: a path with an additional slash"
	RedirectReason     = "gin redirects a trailing slash before any middleware runs; wrap the engine, or switch RedirectTrailingSlash off"
)

func start(tb testing.TB, engine *gin.Engine, app conformance.App) string {
	tb.Helper()
	return serve(tb, newEngine(app, engine))
}

func serve(tb testing.TB, h http.Handler) string {
	tb.Helper()
	return corshttptest.Serve(tb, conformance.Outer(h))
}

func newEngine(app conformance.App, engine *gin.Engine) *gin.Engine {
	gin.SetMode(gin.TestMode) // lists no routes
	engine.Use(gin.RecoveryWithWriter(io.Discard))
	if app.Decider != nil {
		engine.Use(corsgin.New(app.Decider, app.Options...))
	}
	for _, route := range app.Routes {
		var handlers []gin.HandlerFunc
		if route.Recovered {
			handlers = append(handlers, gin.RecoveryWithWriter(io.Discard))
		}
		handlers = append(handlers, func(c *gin.Context) {
			_ = route.Serve(responder{conformance.HTTPResponder(c.Writer, c.Request), c}) // fails only where the client has gone
		})
		engine.Handle(route.Method, route.Path, handlers...)
	}
	return engine
}

// responder reports errors, redirects and serves files as gin's handlers do.
type responder struct {
	conformance.Responder
	c *gin.Context
}

func (r responder) Redirect(status int, location string) error {
	r.c.Redirect(status, location)
	return nil
}

func (r responder) SendFile(name string) error {
	r.c.File(name)
	return nil
}

func (r responder) Fail(status int, text string) error {
	return r.c.AbortWithError(status, errors.New(text))
}
