package corschi_test

import (
	"errors"
	"fmt"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
	cors "github.com/crossgate/cors/core"
)

// The whole application has one policy, the group /public has another one, and one route
// has no CORS.
func ExampleMount() {
	r := chi.NewRouter()
	m := corschi.NewMount(r, policy, cors.RouteMethods())
	r.Use(m.Middleware()) // on the root router, before the routes
	r.Put("/items/{id}", update)
	r.Get("/public/{id}", update)
	r.Put("/internal/{id}", update)
	if err := errors.Join(
		m.Group("/public", cors.MustCompile(cors.AllowAll())),
		m.Route("PUT", "/internal/{id}", nil),
		m.Check(), // each of them has a route
	); err != nil {
		fmt.Println(err)
	}

	ask(r)
	fmt.Println(m.Group("/public", policy))
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
	// cors: Group "/public": a policy is attached there already, and two are never merged; remove one
}
