package corshttp_test

import (
	"net/http"
	"slices"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// app is a ServeMux as a corshttptest.App.
type app struct {
	mux        *http.ServeMux
	middleware []func(http.Handler) http.Handler // the first is outermost
	mount      *corshttp.Mount
}

func newApp() corshttptest.App { return &app{mux: http.NewServeMux()} }

func (a *app) Install(d cors.Decider, opts ...cors.Option) {
	a.middleware = append(a.middleware, corshttp.New(d, opts...))
}

func (a *app) InstallMount(d cors.Decider, opts ...cors.Option) corshttptest.Mount {
	a.mount = corshttp.NewMount(a.mux, d, opts...)
	a.middleware = append(a.middleware, a.mount.Middleware())
	return a.mount
}

func (a *app) Handle(method, pattern string, h http.HandlerFunc) {
	if a.mount != nil {
		a.mount.HandleFunc(method+" "+pattern, h)
		return
	}
	a.mux.HandleFunc(method+" "+pattern, h)
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var h http.Handler = a.mux
	for _, wrap := range slices.Backward(a.middleware) {
		h = wrap(h)
	}
	h.ServeHTTP(w, r)
}
