package adapt_test

import (
	"context"
	"fmt"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
	cors "github.com/crossgate/cors/core"
)

// mine is the context of a framework on fasthttp.
type mine struct {
	request *fasthttp.RequestCtx
	next    func(*mine) error
	failed  func(*mine, error)
}

// source is a request as a cors.MetadataSource. It is a pointer that exists already, so
// passing it allocates nothing.
type source mine

func (s *source) Context() context.Context { return s.request }

func (s *source) Metadata() (host, path, fetchSite string) { return adapt.Metadata(s.request) }

// newMiddleware is a complete adapter for a framework whose handlers return errors.
func newMiddleware(d cors.Decider, opts ...cors.Option) func(*mine) error {
	layer := adapt.New("corsmine.New", d, opts)
	return func(c *mine) error {
		var x adapt.Exchange
		if layer.Begin(&x, c.request, adapt.Method(c.request), (*source)(c)) {
			return nil
		}
		defer x.End(c.request)
		err := c.next(c)
		if err != nil && x.Guarded() { // otherwise the framework would write the error's response after End
			c.failed(c, err)
			return nil
		}
		return err
	}
}

func Example() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, Enforce: cors.EnforceUnsafe})
	middleware := newMiddleware(policy, cors.Guard(cors.PolicyWins))

	var request fasthttp.RequestCtx
	request.Request.Header.Set("Origin", "https://app.example.com")
	err := middleware(&mine{
		request: &request,
		next:    func(*mine) error { return fmt.Errorf("no such item") },
		failed: func(c *mine, err error) {
			c.request.Error(err.Error(), fasthttp.StatusNotFound)
			c.request.Response.Header.Set("Access-Control-Allow-Origin", "*") // a careless error handler
		},
	})
	fmt.Println(err, request.Response.StatusCode())
	fmt.Printf("%s\n", request.Response.Header.Peek("Access-Control-Allow-Origin"))
	// Output:
	// <nil> 404
	// https://app.example.com
}
