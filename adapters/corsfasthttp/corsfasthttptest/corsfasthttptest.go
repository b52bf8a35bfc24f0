// Package corsfasthttptest serves a conformance.App with fasthttp, and has the tests and
// parts of tests that the adapters on fasthttp share.
package corsfasthttptest

import (
	"bufio"
	"errors"
	"io"
	"log"
	"net"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	"github.com/crossgate/cors/conformance"
)

// Start serves app with fasthttp alone. It is a conformance.Start.
func Start(tb testing.TB, app conformance.App) string {
	tb.Helper()
	handler := router(app.Routes)
	if app.Decider != nil {
		handler = corsfasthttp.New(app.Decider, app.Options...)(handler)
	}
	return ServeHandler(tb, func(c *fasthttp.RequestCtx) {
		AddOuterVary(c)
		recovered(handler)(c)
	})
}

// ServeHandler serves handler on a loopback interface until the test ends, and returns the
// address.
func ServeHandler(tb testing.TB, handler fasthttp.RequestHandler) (addr string) {
	tb.Helper()
	server := &fasthttp.Server{
		Handler: handler, ReadBufferSize: 64 << 10, NoDefaultServerHeader: true, Logger: log.New(io.Discard, "", 0),
	}
	return Serve(tb, server.Serve, server.Shutdown)
}

// Serve calls serve with a listener on a loopback interface, and shutdown when the test
// ends. It returns the listener's address.
func Serve(tb testing.TB, serve func(net.Listener) error, shutdown func() error) (addr string) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- serve(listener) }()
	tb.Cleanup(func() {
		if err := errors.Join(shutdown(), <-stopped); err != nil {
			tb.Error(err)
		}
	})
	return listener.Addr().String()
}

// AddOuterVary does what the outermost middleware of a Start does.
func AddOuterVary(c *fasthttp.RequestCtx) {
	if vary := c.Request.Header.Peek(conformance.OuterVary); len(vary) > 0 {
		c.Response.Header.AddBytesV("Vary", vary)
	}
}

// router returns a handler that serves the routes, and a HEAD as a GET.
func router(routes []conformance.Route) fasthttp.RequestHandler {
	type key struct{ method, path string }
	handlers, paths := make(map[key]fasthttp.RequestHandler), make(map[string]bool)
	for _, route := range routes {
		handler := func(c *fasthttp.RequestCtx) { _ = route.Serve(Responder{c}) } // which reports no error
		if route.Recovered {
			handler = recovered(handler)
		}
		handlers[key{route.Method, route.Path}] = handler
		paths[route.Path] = true
	}
	return func(c *fasthttp.RequestCtx) {
		method, path := string(c.Method()), string(c.Path())
		handler := handlers[key{method, path}]
		if handler == nil && method == fasthttp.MethodHead {
			handler = handlers[key{fasthttp.MethodGet, path}]
		}
		switch {
		case handler != nil:
			handler(c)
		case paths[path]:
			c.SetStatusCode(fasthttp.StatusMethodNotAllowed)
			c.SetBodyString("method not allowed\n")
		default:
			c.SetStatusCode(fasthttp.StatusNotFound)
			c.SetBodyString("not found\n")
		}
	}
}

// recovered answers 500 if next panics, because a panic would end the process. It does not
// call RequestCtx.Error, which would wipe the headers.
func recovered(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(c *fasthttp.RequestCtx) {
		defer func() {
			if recover() != nil {
				c.SetStatusCode(fasthttp.StatusInternalServerError)
				c.SetBodyString("Internal Server Error")
			}
		}()
		next(c)
	}
}

// Responder answers with the methods of fasthttp. It is a conformance.Responder.
type Responder struct{ *fasthttp.RequestCtx }

// SetHeader implements conformance.Responder.
func (r Responder) SetHeader(name, value string) { r.Response.Header.Set(name, value) }

// AddHeader implements conformance.Responder.
func (r Responder) AddHeader(name, value string) { r.Response.Header.Add(name, value) }

// SetRaw implements conformance.Responder.
func (r Responder) SetRaw(name, value string) {
	r.Response.Header.SetCanonical([]byte(name), []byte(value))
}

// Inform implements conformance.Responder. fasthttp sends only the Link fields.
func (r Responder) Inform() error {
	r.AddHeader("Link", "</style.css>; rel=preload")
	return r.EarlyHints()
}

// Respond implements conformance.Responder.
func (r Responder) Respond(status int, body string) error {
	r.SetStatusCode(status)
	r.SetBodyString(body)
	return nil
}

// Redirect implements conformance.Responder. RequestCtx.Redirect would make location
// absolute.
func (r Responder) Redirect(status int, location string) error {
	r.SetHeader("Location", location)
	r.SetStatusCode(status)
	return nil
}

// Stream implements conformance.Responder.
func (r Responder) Stream(status int, parts []string) error {
	r.SetStatusCode(status)
	r.SetBodyStreamWriter(func(w *bufio.Writer) {
		for _, part := range parts {
			_, _ = w.WriteString(part)
			if w.Flush() != nil {
				return // the client has gone
			}
		}
	})
	return nil
}

// Fail implements conformance.Responder. RequestCtx.Error would wipe the headers.
func (r Responder) Fail(status int, text string) error { return r.Respond(status, text) }

// ReadBody implements conformance.Responder.
func (r Responder) ReadBody() (int64, error) { return int64(len(r.PostBody())), nil }

// SendFile implements conformance.Responder.
func (r Responder) SendFile(name string) error {
	fasthttp.ServeFile(r.RequestCtx, name)
	return nil
}

// Upgrade implements conformance.Responder.
func (r Responder) Upgrade(data string) error {
	r.SetStatusCode(fasthttp.StatusSwitchingProtocols)
	r.Hijack(func(conn net.Conn) {
		_, _ = conn.Write([]byte(data)) // fails only where the client has gone
		_ = conn.Close()
	})
	return nil
}
