package corsecho_test

import (
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corsecho"
	cors "github.com/crossgate/cors/core"
)

// The whole application has one policy, the group /public has another one, and one route
// has no CORS.
func ExampleMount() {
	e := echo.New()
	m := corsecho.NewMount(e, policy, cors.RouteMethods())
	e.Use(m.Middleware()) // on the Echo
	e.PUT("/items/:id", update)
	e.GET("/public/:id", update)
	e.PUT("/internal/:id", update)
	if err := errors.Join(
		m.Group("/public", cors.MustCompile(cors.AllowAll())),
		m.Route("PUT", "/internal/:id", nil),
		m.Check(), // each of them has a route
	); err != nil {
		fmt.Println(err)
	}

	ask(e)
	fmt.Println(m.Group("/public", policy))
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
	// cors: Group "/public": a policy is attached there already, and two are never merged; remove one
}
