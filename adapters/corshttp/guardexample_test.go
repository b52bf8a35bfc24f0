package corshttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// A handler allows every origin, and overwrites Vary. The guard sends the policy's headers.
func ExampleGuard() {
	careless := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Vary", "Accept-Encoding")
		fmt.Fprintln(w, "hello")
	})

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w := httptest.NewRecorder()
	corshttp.New(policy, cors.Guard(cors.PolicyWins))(careless).ServeHTTP(w, r)
	fmt.Println(w.Header().Values("Access-Control-Allow-Origin"))
	fmt.Println(w.Header().Values("Vary"))
	// Output:
	// [https://app.example.com]
	// [Accept-Encoding Origin]
}
