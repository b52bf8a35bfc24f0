package corsfiberv3_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/gofiber/fiber/v3"

	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

var policy = cors.MustCompile(cors.Config{
	AllowOrigins: []string{"https://app.example.com"},
	AllowMethods: []string{"PUT"},
	AllowHeaders: []string{"Content-Type"},
})

// ask sends a preflight for a PUT to app and prints what a browser would look at.
func ask(app *fiber.App) {
	r := httptest.NewRequest(http.MethodOptions, "/items/1", nil)
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", http.MethodPut)
	w, err := app.Test(r)
	if err != nil {
		log.Fatal(err)
	}
	defer w.Body.Close()
	fmt.Println(w.StatusCode)
	fmt.Printf("Access-Control-Allow-Origin: %q\n", w.Header.Get("Access-Control-Allow-Origin"))
	fmt.Printf("Access-Control-Allow-Methods: %q\n", w.Header.Get("Access-Control-Allow-Methods"))
}

func update(c fiber.Ctx) error { return c.SendStatus(http.StatusNoContent) }

func Example() {
	app := fiber.New()
	app.Use(corsfiberv3.New(policy)) // on the app, before the routes
	app.Put("/items/:id", update)

	ask(app)
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// The middleware of a route never sees the preflight, whose method is OPTIONS. fiber
// answers it itself.
func Example_incorrect() {
	app := fiber.New()
	app.Put("/items/:id", corsfiberv3.New(policy), update) // WRONG

	ask(app)
	// Output:
	// 405
	// Access-Control-Allow-Origin: ""
	// Access-Control-Allow-Methods: ""
}
