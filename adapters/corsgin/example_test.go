package corsgin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
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

func update(c *gin.Context) { c.Status(http.StatusNoContent) }

func Example() {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(corsgin.New(policy)) // on the engine, before the routes
	r.PUT("/items/:id", update)

	ask(r)
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// The middleware of a group runs only if a route matches. No route matches the preflight,
// whose method is OPTIONS, so gin answers itself.
func Example_incorrect() {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	items := r.Group("/items", corsgin.New(policy)) // WRONG
	items.PUT("/:id", update)

	ask(r)
	// Output:
	// 404
	// Access-Control-Allow-Origin: ""
	// Access-Control-Allow-Methods: ""
}
