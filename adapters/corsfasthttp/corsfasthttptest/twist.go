package corsfasthttptest

import (
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/conformance"
)

// Ctx is the type that a framework on fasthttp passes to its middleware.
type Ctx interface {
	RequestCtx() *fasthttp.RequestCtx
	Path(override ...string) string
	Method(override ...string) string
	Next() error
}

// Twist is the middleware for a spot of a MountApp. In fasthttp a request is not copied,
// and there are no writers.
func Twist(s conformance.Spot, c Ctx) error {
	request := c.RequestCtx()
	value := request.Request.Header.Peek(s.Field())
	if len(value) == 0 {
		return c.Next()
	}
	response := &request.Response
	response.Header.Add(conformance.TwistedField, string(s))
	t := conformance.ParseTwist(string(value))
	if t.Sets {
		response.Header.Set("Access-Control-Allow-Origin", "*")
	}
	if t.Path != "" {
		c.Path(t.Path)
	}
	if t.Method != "" {
		c.Method(t.Method)
	}
	switch ran := t.Ran(); {
	case t.Panic:
		response.Header.Set(ran.Name, ran.Value)
		panic("a middleware panics, as the suite asks")
	case t.Status != 0:
		response.Header.Set(ran.Name, ran.Value)
		response.SetStatusCode(t.Status)
		return nil
	default:
		return c.Next()
	}
}
