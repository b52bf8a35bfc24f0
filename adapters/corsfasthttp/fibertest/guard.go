package fibertest

import (
	"errors"
	"net/http"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// Start returns a corsfasthttptest.StartHandler for one version of fiber.
func (n New) Start(tb testing.TB, d cors.Decider, handler fasthttp.RequestHandler, opts ...cors.Option) string {
	tb.Helper()
	app := n(Config{})
	app.Install(d, opts...)
	app.Add(http.MethodGet, "/", Raw(handler))
	return app.Serve(tb)
}

var errHandler = errors.New("the handler failed")

// GuardCases tampers with headers by the means of both versions of fiber: errors, the
// ErrorHandler, and the methods of fasthttp.
func GuardCases(t *testing.T, n New) {
	t.Helper()
	corsfasthttptest.GuardCases(t, n.Start)
	corsfasthttptest.GuardTrailers(t, n.Start)
	keeps := []string{"Accept-Encoding"}
	for _, tt := range []struct {
		conformance.GuardCase
		handler Handler
		errors  func(Ctx, error) error
	}{
		{conformance.GuardCase{Name: "an error", Status: 418, Keeps: keeps}, func(c Ctx) error {
			corsfasthttptest.Tamper(c.RequestCtx())
			return n(Config{}).Error(418)
		}, nil},
		{conformance.GuardCase{Name: "the ErrorHandler", Status: 500, Body: "failed\n", Keeps: keeps}, func(Ctx) error { return errHandler }, func(c Ctx, _ error) error {
			corsfasthttptest.Tamper(c.RequestCtx())
			c.RequestCtx().SetStatusCode(http.StatusInternalServerError)
			c.RequestCtx().SetBodyString("failed\n")
			return nil
		}},
		{conformance.GuardCase{Name: "the ErrorHandler fails", Status: 500, Keeps: keeps}, func(Ctx) error { return errHandler }, func(c Ctx, err error) error {
			corsfasthttptest.Tamper(c.RequestCtx())
			return err
		}},
		{conformance.GuardCase{Name: "a panic", Status: 500, Body: "down", Keeps: keeps}, func(c Ctx) error {
			corsfasthttptest.Tamper(c.RequestCtx())
			panic("down")
		}, nil},
		{conformance.GuardCase{Name: "no route", Status: 404, Right: "nobody tampers with anything"}, nil, nil},
	} {
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			tt.Start = func(tb testing.TB, d cors.Decider, opts ...cors.Option) string {
				tb.Helper()
				app := n(Config{ErrorHandler: tt.errors})
				app.Recover()
				app.Install(d, opts...)
				if tt.handler != nil {
					app.Add(http.MethodGet, "/", tt.handler)
				}
				return app.Serve(tb)
			}
			tt.Check(t)
		})
	}
}
