package corschi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
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

func update(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func Example() {
	r := chi.NewRouter()
	r.Use(corschi.New(policy)) // on the root router, before the routes
	r.Put("/items/{id}", update)

	ask(r)
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// The middleware of an inline group runs only if a route matches. No route matches the
// preflight, whose method is OPTIONS, so chi answers itself.
func Example_incorrect() {
	r := chi.NewRouter()
	r.Group(func(r chi.Router) {
		r.Use(corschi.New(policy)) // WRONG
		r.Put("/items/{id}", update)
	})

	ask(r)
	// Output:
	// 405
	// Access-Control-Allow-Origin: ""
	// Access-Control-Allow-Methods: ""
}
