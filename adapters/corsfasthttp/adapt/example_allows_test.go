package adapt_test

import (
	"context"
	"fmt"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// An adapter on fasthttp calls Allows for WebSocket upgraders.
func ExampleAllows() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	c := new(fasthttp.RequestCtx)
	c.Request.Header.SetHost("chat.example.net")
	c.Request.Header.Set("Origin", "https://evil.example")
	fmt.Println(adapt.Allows(context.Background(), policy, c))
	// Output: false
}
