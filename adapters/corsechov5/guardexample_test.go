package corsechov5_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corsechov5"
	cors "github.com/crossgate/cors/core"
)

// A handler allows every origin, and overwrites Vary. The guard sends the policy's headers.
func ExampleGuard() {
	r := echo.New()
	r.Use(corsechov5.New(policy, cors.Guard(cors.PolicyWins)))
	r.GET("/", func(c *echo.Context) error {
		c.Response().Header().Set("Access-Control-Allow-Origin", "*")
		c.Response().Header().Set("Vary", "Accept-Encoding")
		return c.String(http.StatusOK, "hello")
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
