package corsfasthttp_test

import (
	"fmt"
	"net/http"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	cors "github.com/crossgate/cors/core"
)

var policy = cors.MustCompile(cors.Config{
	AllowOrigins: []string{"https://app.example.com"},
	AllowMethods: []string{"PUT"},
	AllowHeaders: []string{"Content-Type"},
})

// ask sends a request from an allowed origin to h, which for OPTIONS is a preflight for a
// PUT, and prints what a browser would look at.
func ask(h fasthttp.RequestHandler, method string) {
	var c fasthttp.RequestCtx
	c.Request.Header.SetMethod(method)
	c.Request.SetRequestURI("http://api.example/items/1")
	c.Request.Header.Set("Origin", "https://app.example.com")
	if method == http.MethodOptions {
		c.Request.Header.Set("Access-Control-Request-Method", http.MethodPut)
	}
	h(&c)
	fmt.Println(c.Response.StatusCode())
	fmt.Printf("Access-Control-Allow-Origin: %q\n", c.Response.Header.Peek("Access-Control-Allow-Origin"))
	fmt.Printf("Access-Control-Allow-Methods: %q\n", c.Response.Header.Peek("Access-Control-Allow-Methods"))
}

// router serves PUT alone, by h.
func router(h fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(c *fasthttp.RequestCtx) {
		if !c.IsPut() {
			c.SetStatusCode(fasthttp.StatusMethodNotAllowed)
			return
		}
		h(c)
	}
}

func update(c *fasthttp.RequestCtx) { c.SetStatusCode(fasthttp.StatusNoContent) }

func Example() {
	handler := corsfasthttp.New(policy)(router(update)) // around everything

	ask(handler, http.MethodOptions)
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// Middleware around one handler never sees the preflight, whose method is OPTIONS. The
// router answers it itself.
func Example_incorrect() {
	handler := router(corsfasthttp.New(policy)(update)) // WRONG

	ask(handler, http.MethodOptions)
	// Output:
	// 405
	// Access-Control-Allow-Origin: ""
	// Access-Control-Allow-Methods: ""
}

// A handler allows every origin. The guard sends the policy's headers.
func ExampleNew_guard() {
	careless := func(c *fasthttp.RequestCtx) { c.Response.Header.Set("Access-Control-Allow-Origin", "*") }
	handler := corsfasthttp.New(policy, cors.Guard(cors.PolicyWins))(careless)

	ask(handler, http.MethodPut)
	// Output:
	// 200
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: ""
}

// A nil policy switches CORS off, for example in development.
func ExampleNew_off() {
	var off *cors.Policy
	handler := corsfasthttp.New(off)(router(update))

	ask(handler, http.MethodPut)
	// Output:
	// 204
	// Access-Control-Allow-Origin: ""
	// Access-Control-Allow-Methods: ""
}
