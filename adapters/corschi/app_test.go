package corschi_test

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// app is a chi router as a corshttptest.App.
type app struct{ *chi.Mux }

func newApp() corshttptest.App { return app{chi.NewRouter()} }

func (a app) Install(d cors.Decider, opts ...cors.Option) { a.Use(corschi.New(d, opts...)) }

func (a app) InstallMount(d cors.Decider, opts ...cors.Option) corshttptest.Mount {
	m := corschi.NewMount(a, d, opts...)
	a.Use(m.Middleware())
	return m
}

func (a app) Handle(method, pattern string, h http.HandlerFunc) { a.MethodFunc(method, pattern, h) }
