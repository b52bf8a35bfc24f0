package corsgin_test

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// app is an engine as a corshttptest.App.
type app struct{ *gin.Engine }

func newApp() corshttptest.App {
	gin.SetMode(gin.TestMode) // lists no routes
	return app{gin.New()}
}

func (a app) Install(d cors.Decider, opts ...cors.Option) { a.Use(corsgin.New(d, opts...)) }

func (a app) InstallMount(d cors.Decider, opts ...cors.Option) corshttptest.Mount {
	m := corsgin.NewMount(a.Engine, d, opts...)
	a.Use(m.Middleware())
	return m
}

func (a app) Handle(method, pattern string, h http.HandlerFunc) {
	a.Engine.Handle(method, pattern, func(c *gin.Context) { h(c.Writer, c.Request) })
}
