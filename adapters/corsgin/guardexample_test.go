package corsgin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	cors "github.com/crossgate/cors/core"
)

// A handler allows every origin, and overwrites Vary. The guard sends the policy's headers.
func ExampleGuard() {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(corsgin.New(policy, cors.Guard(cors.PolicyWins)))
	r.GET("/", func(c *gin.Context) {
		c.Header("Access-Control-Allow-Origin", "*")
		c.Header("Vary", "Accept-Encoding")
		c.String(http.StatusOK, "hello")
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
