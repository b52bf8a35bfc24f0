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

// A handler allows every origin, and overwrites Vary. The guard sends the policy's headers.
func ExampleNew_guard() {
	app := fiber.New()
	app.Use(corsfiberv3.New(policy, cors.Guard(cors.PolicyWins)))
	app.Get("/", func(c fiber.Ctx) error {
		c.Set("Access-Control-Allow-Origin", "*")
		c.Set("Vary", "Accept-Encoding")
		return c.SendString("hello\n")
	})

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w, err := app.Test(r)
	if err != nil {
		log.Fatal(err)
	}
	defer w.Body.Close()
	fmt.Println(w.Header.Values("Access-Control-Allow-Origin"))
	fmt.Println(w.Header.Values("Vary"))
	// Output:
	// [https://app.example.com]
	// [Accept-Encoding Origin]
}
