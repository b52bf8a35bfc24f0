package corsfiber_test

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

// The whole application has one policy, the group /public has another one, and one route
// has no CORS.
func ExampleMount() {
	app := fiber.New()
	m := corsfiber.NewMount(app, policy, cors.RouteMethods())
	app.Use(m.Middleware()) // on the app, before the routes
	app.Put("/items/:id", update)
	app.Get("/public/:id", update)
	app.Put("/internal/:id", update)
	if err := errors.Join(
		m.Group("/public", cors.MustCompile(cors.AllowAll())),
		m.Route("PUT", "/internal/:id", nil),
		m.Check(), // each of them has a route
	); err != nil {
		fmt.Println(err)
	}

	ask(app)
	fmt.Println(m.Group("/public", policy))
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
	// cors: Group "/public": a policy is attached there already, and two are never merged; remove one
}
