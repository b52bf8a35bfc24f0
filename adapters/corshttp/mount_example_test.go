package corshttp_test

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// The whole application has one policy, the group /public has another one, and one route
// has no CORS.
func ExampleMount() {
	mux := http.NewServeMux()
	m := corshttp.NewMount(mux, policy, cors.RouteMethods())
	m.HandleFunc("PUT /items/{id}", update)
	m.HandleFunc("GET /public/{id}", update)
	m.HandleFunc("PUT /internal/{id}", update)
	if err := errors.Join(
		m.Group("/public", cors.MustCompile(cors.AllowAll())),
		m.Route("PUT", "/internal/{id}", nil),
		m.Check(), // each of them has a route
	); err != nil {
		fmt.Println(err)
	}

	ask(m.Middleware()(mux)) // around the mux
	fmt.Println(m.Group("/public", policy))
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
	// cors: Group "/public": a policy is attached there already, and two are never merged; remove one
}
