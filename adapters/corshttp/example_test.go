package corshttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/adapters/corshttp"
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
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /items/{id}", update)

	ask(corshttp.New(policy)(mux)) // around the mux
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// Middleware around a handler that is registered for a method never sees the preflight,
// whose method is OPTIONS. The mux answers it itself.
func Example_incorrect() {
	mux := http.NewServeMux()
	mux.Handle("PUT /items/{id}", corshttp.New(policy)(http.HandlerFunc(update))) // WRONG

	ask(mux)
	// Output:
	// 405
	// Access-Control-Allow-Origin: ""
	// Access-Control-Allow-Methods: ""
}
