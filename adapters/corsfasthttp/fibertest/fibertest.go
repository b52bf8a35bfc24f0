// Package fibertest has the tests that the adapters of fiber v2 and v3 share, and an
// interface to both versions of fiber.
package fibertest

import (
	"context"
	"io"
	"log"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// New makes an app of one version of fiber.
type New func(Config) App

// Config has the fields of fiber.Config that the tests set.
type Config struct {
	CaseSensitive, StrictRouting, UnescapePath bool
	BodyLimit                                  int                    // 0 for fiber's own
	ErrorHandler                               func(Ctx, error) error // nil for fiber's own
}

// Ctx is a request in either version.
type Ctx interface {
	RequestCtx() *fasthttp.RequestCtx
	Path(override ...string) string
	Method(override ...string) string
	Next() error
	RestartRouting() error
}

// Handler is a handler in either version.
type Handler func(Ctx) error

// Router is an app or a group.
type Router interface {
	// Use registers middleware, for all paths if prefix is "".
	Use(prefix string, h Handler)
	// Add registers handlers for a method, or for all if it is "".
	Add(method, path string, handlers ...Handler)
	Group(prefix string) Router
	// Mount returns a new app that is mounted at prefix.
	Mount(prefix string, c Config) Router
	// Static serves the files of a folder below prefix.
	Static(prefix, folder string)
}

// App is an app with the adapter under test.
type App interface {
	Router
	// Install installs the middleware of the adapter's New.
	Install(d cors.Decider, opts ...cors.Option)
	// InstallMount makes a Mount for the app, and installs its middleware.
	InstallMount(d cors.Decider, opts ...cors.Option) Mount
	Handler() fasthttp.RequestHandler
	// Serve serves the app over sockets until the test ends.
	Serve(tb testing.TB) (addr string)
	// Recover installs fiber's recovery.
	Recover()
	// SetContext sets the context of c.
	SetContext(c Ctx, ctx context.Context)
	// Error returns fiber's error for a status.
	Error(status int) error
}

// Mount is a Mount of either adapter.
type Mount interface {
	conformance.Attacher
	Check() error
}

// Origin returns the origin that the policy with this name allows.
func Origin(name string) string { return "https://" + name + ".example" }

// Policy returns a policy for one origin. A test sees by it which policy has decided.
func Policy(name string) *cors.Policy {
	return cors.MustCompile(cors.Config{AllowOrigins: []string{Origin(name)}, AllowMethods: []string{"*"}})
}

// OK is a handler that answers 204.
func OK(c Ctx) error {
	c.RequestCtx().SetStatusCode(fasthttp.StatusNoContent)
	return nil
}

// Raw converts a fasthttp handler to a fiber handler.
func Raw(h fasthttp.RequestHandler) Handler {
	return func(c Ctx) error {
		h(c.RequestCtx())
		return nil
	}
}

// Next is middleware that does nothing.
func Next(c Ctx) error { return c.Next() }

// Must fails the test if one of the errors is not nil.
func Must(tb testing.TB, errs ...error) {
	tb.Helper()
	for _, err := range errs {
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// Ask sends a request to the app. fields are names and values of headers, in turn.
func Ask(app fasthttp.RequestHandler, method, target string, fields ...string) *fasthttp.Response {
	var c fasthttp.RequestCtx
	c.Init(new(fasthttp.Request), nil, log.New(io.Discard, "", 0)) // a real logger would log missing files
	c.Request.Header.SetMethod(method)
	c.Request.SetRequestURI(target)
	c.Request.Header.SetHost("api.example")
	for i := 0; i < len(fields); i += 2 {
		c.Request.Header.Add(fields[i], fields[i+1])
	}
	app(&c)
	return &c.Response
}

// Preflight asks whether origin may send a request with the method.
func Preflight(app fasthttp.RequestHandler, method, target, origin string) *fasthttp.Response {
	return Ask(app, "OPTIONS", target, "Origin", origin, "Access-Control-Request-Method", method)
}

// Allowed returns the Access-Control-Allow-Origin lines of w, separated by spaces.
func Allowed(w *fasthttp.Response) string { return Lines(w, "Access-Control-Allow-Origin") }

// Lines returns the lines of a header of w, separated by spaces.
func Lines(w *fasthttp.Response, name string) (all string) {
	for _, line := range w.Header.PeekAll(name) {
		if all != "" {
			all += " "
		}
		all += string(line)
	}
	return all
}
