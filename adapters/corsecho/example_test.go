package corsecho_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corsecho"
	cors "github.com/crossgate/cors/core"
)

var policy = cors.MustCompile(cors.Config{
	AllowOrigins: []string{"https://app.example.com"},
	AllowMethods: []string{"PUT"},
	AllowHeaders: []string{"Content-Type"},
})

// ask sends a preflight for a PUT to h and prints what a browser would look at.
func ask(h http.Handler) {
	r := httptest.NewRequest(http.MethodOptions, "/items/1", nil)
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", http.MethodPut)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code)
	fmt.Printf("Access-Control-Allow-Origin: %q\n", w.Header().Get("Access-Control-Allow-Origin"))
	fmt.Printf("Access-Control-Allow-Methods: %q\n", w.Header().Get("Access-Control-Allow-Methods"))
}

func update(c echo.Context) error { return c.NoContent(http.StatusNoContent) }

func Example() {
	e := echo.New()
	e.Use(corsecho.New(policy)) // on the Echo
	e.PUT("/items/:id", update)

	ask(e)
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// The middleware of a route never sees the preflight, whose method is OPTIONS. echo answers
// it itself. It does the same for the wildcard routes of a group.
func Example_incorrect() {
	e := echo.New()
	e.PUT("/items/:id", update, corsecho.New(policy)) // WRONG

	ask(e)
	// Output:
	// 204
	// Access-Control-Allow-Origin: ""
	// Access-Control-Allow-Methods: ""
}
