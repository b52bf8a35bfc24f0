package adapt_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/adapters/corshttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// An adapter on net/http calls Allows for WebSocket upgraders.
func ExampleAllows() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	r := httptest.NewRequest(http.MethodGet, "https://chat.example.net/ws", nil)
	r.Header.Set("Origin", "https://evil.example")
	fmt.Println(adapt.Allows(policy, r))
	// Output: false
}
