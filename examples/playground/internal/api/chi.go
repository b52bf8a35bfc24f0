package api

import (
	"errors"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
	cors "github.com/crossgate/cors/core"
)

// newChi installs CORS first, on the root router, before any route. Middleware added with
// With or Group does not run for preflights.
func newChi(d, group cors.Decider) (Server, error) {
	h := handlers{framework: "chi", items: newItems()}
	r := chi.NewRouter()
	m := corschi.NewMount(r, d)
	r.Use(m.Middleware())
	r.Get("/items", h.list)
	r.Put("/items/{id}", h.put)
	r.Delete("/items/{id}", h.remove)
	r.Get("/login", h.login)
	r.Get("/me", h.me)
	r.Get("/error", h.fail)
	r.Get("/redirect", h.redirect)
	r.Route(Group, func(r chi.Router) {
		r.Get("/items", h.list)
		r.Put("/items/{id}", h.put)
	})
	return HTTP(r), errors.Join(m.Group(Group, group), m.Check())
}
