package corschi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
	cors "github.com/crossgate/cors/core"
)

// A handler allows every origin, and overwrites Vary. The guard sends the policy's headers.
func ExampleGuard() {
	r := chi.NewRouter()
	r.Use(corschi.New(policy, cors.Guard(cors.PolicyWins)))
	r.Get("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Vary", "Accept-Encoding")
		fmt.Fprintln(w, "hello")
	})

	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("Origin", "https://app.example.com")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, request)
	fmt.Println(w.Header().Values("Access-Control-Allow-Origin"))
	fmt.Println(w.Header().Values("Vary"))
	// Output:
	// [https://app.example.com]
	// [Accept-Encoding Origin]
}
