package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// App describes an application for a Start to serve: routes, behind one CORS
// middleware.
type App struct {
	// Decider decides for the adapter under test. If it is nil, serve the same application
	// without the adapter. This is the baseline: it shows what the framework does by itself.
	Decider cors.Decider

	// Options are the options to make the adapter with. Only RunGuard, RunMount and Fuzz set
	// them.
	Options []cors.Option

	// Routes are all routes of the application. The suite also requests paths and methods
	// that have no route.
	Routes []Route
}

// Start serves app with the framework and the adapter under test. It returns the TCP
// address (host:port, on a loopback interface) where it accepts connections, and stops
// the server with tb.Cleanup. The suite calls it many times, and from several tests at
// once.
//
// Install everything in the order that the adapter's documentation recommends:
//
//   - outermost, a middleware that adds the value of the request field OuterVary to the
//     response's Vary (under net/http, put Outer around everything);
//   - inside it, the framework's recovery middleware, which turns a panic into a response
//     with status 500, so that a panic does not end the process;
//   - inside it, the adapter, made with app.Decider, unless that is nil;
//   - the routes, each calling Route.Serve. A route with Recovered set has a recovery
//     middleware of its own around its handler, inside the adapter.
//
// The server must accept header sections of at least 64 KiB, and request bodies of at
// least 4,000,000 bytes.
type Start func(tb testing.TB, app App) (addr string)

// OuterVary is the name of a request field for the middleware outside the adapter. That
// middleware adds the field's value to the response's Vary before the adapter runs.
// Without the field it adds nothing.
const OuterVary = "Conformance-Outer-Vary"

// OuterDelay is the name of a request field that asks for a response writer outside the
// adapter that sends nothing until the handler returns, as a compressing writer does: see
// Outer. A server that always buffers the response needs no such writer.
const OuterDelay = "Conformance-Outer-Delay"

// OuterEarly is the name of a request field that asks for a response writer outside the
// adapter that sends the head with status 200 before the adapter runs: see Outer. Ignore
// the field if the server cannot do that.
const OuterEarly = "Conformance-Outer-Early"

// hintsField is the name of a request field that says that the client accepts a 103
// (Early Hints).
const hintsField = "Conformance-Hints"

// Action is what a Route's handler does after it has set its header fields.
type Action uint8

// The actions.
const (
	Respond    Action = iota // answer with Status and the whole Body
	Redirect                 // answer with Status and a Location
	Stream                   // answer with Status and each part of Body, flushed one by one
	Fail                     // report an error with Status, the way the framework's handlers do
	Panic                    // panic before anything has been written
	Upload                   // read the request's body and answer with Status and its size
	File                     // answer with the file named File, as the framework serves static files
	Upgrade                  // answer with 101, take the connection over and send Body through it
	RouteAgain               // let the router route the request again, by the path Location: see Rerouter
)

// Route is a route of an App. It is data, so that any framework can serve it. A Start
// registers a handler under Method and Path that calls Serve.
type Route struct {
	Method string
	Path   string // literal: no parameters, no wildcards

	Does     Action
	Status   int      // of the response or the error
	Set      []Field  // header fields that the handler sets, replacing fields of that name
	Add      []Field  // header fields that it adds to those of that name
	Raw      []Field  // header fields that it sets under names that are not canonical
	Late     []Field  // header fields that it sets after it has sent the body
	Hints    bool     // it sends a 103 (Early Hints) first
	Body     []string // text; Respond sends it in one piece
	Location string   // of a Redirect
	File     string   // path of a file in the file system

	// Recovered asks for a recovery middleware around this handler, inside the adapter. The
	// adapter then sees a response with status 500, and no panic.
	Recovered bool

	runs *atomic.Int64 // counts calls of Serve
}

// Field is one line of a message's header section.
type Field struct{ Name, Value string }

// String returns the field as it is sent, without the line end.
func (f Field) String() string { return f.Name + ": " + f.Value }

// Responder is what a Route needs of a framework's request and response. HTTPResponder
// returns one for any http.ResponseWriter. If your framework does some of this
// differently, such as reporting errors, embed that Responder and replace the method.
type Responder interface {
	// SetHeader sets a header field, replacing all fields of that name.
	SetHeader(name, value string)
	// AddHeader adds a header field and keeps those that have the same name.
	AddHeader(name, value string)
	// Respond sends a status and a body. If body is empty, it sends no body.
	Respond(status int, body string) error
	// Redirect sends a status and a Location field.
	Redirect(status int, location string) error
	// Stream sends a status and the parts of a body, and flushes after each.
	Stream(status int, parts []string) error
	// Fail reports an error the way handlers of this framework do. The framework's error
	// handling turns it into a response with the given status.
	Fail(status int, text string) error
	// ReadBody reads the request's body to its end and returns its size in bytes.
	ReadBody() (int64, error)
	// SendFile serves a file by the framework's own means. It also answers conditional
	// requests and range requests (RFC 9110, sections 13 and 14).
	SendFile(name string) error
	// SetRaw sets a header field under exactly this name, without changing its case.
	SetRaw(name, value string)
	// Inform sends a response with status 103 and the header fields set so far, before the
	// final response (RFC 8297). It returns errors.ErrUnsupported if the framework cannot do
	// so.
	Inform() error
	// Upgrade sends status 101 with the header fields set so far, takes the connection
	// over from the server (RFC 9110, section 7.8), writes data to it and closes it.
	Upgrade(data string) error
}

// Rerouter is a Responder that can route the request again from within a handler, as
// gin's HandleContext and fiber's RestartRouting do.
type Rerouter interface {
	// RouteAgain lets the application's router serve the request as one for path.
	RouteAgain(path string) error
}

// ranField is the name of a response field that says that a handler ran. The suite needs
// it for servers that run in another process.
const ranField = "Conformance-Handler"

// Serve does what the route describes, through w. It returns the error of w's method, for
// frameworks whose handlers return errors. It panics if the route says so.
func (r Route) Serve(w Responder) error {
	if r.runs != nil {
		r.runs.Add(1)
	}
	w.SetHeader(ranField, r.Method+" "+r.Path)
	if len(r.Body) > 0 && r.Does != Upgrade {
		w.SetHeader("Content-Type", "text/plain; charset=utf-8")
	}
	for _, f := range r.Set {
		w.SetHeader(f.Name, f.Value)
	}
	for _, f := range r.Add {
		w.AddHeader(f.Name, f.Value)
	}
	for _, f := range r.Raw {
		w.SetRaw(f.Name, f.Value)
	}
	if r.Hints {
		if err := w.Inform(); err != nil {
			return w.Fail(http.StatusNotImplemented, err.Error())
		}
	}
	err := r.answer(w)
	for _, f := range r.Late {
		w.SetHeader(f.Name, f.Value)
	}
	return err
}

// answer sends the response.
func (r Route) answer(w Responder) error {
	switch r.Does {
	case Redirect:
		return w.Redirect(r.Status, r.Location)
	case Stream:
		return w.Stream(r.Status, r.Body)
	case Fail:
		return w.Fail(r.Status, "the handler failed")
	case Panic:
		panic("conformance: the handler of " + r.Path + " panics, as the suite asks")
	case Upload:
		size, err := w.ReadBody()
		if err != nil { // the client has closed the connection
			return w.Fail(http.StatusBadRequest, err.Error())
		}
		return w.Respond(r.Status, fmt.Sprintf("%d bytes\n", size))
	case File:
		return w.SendFile(r.File)
	case Upgrade:
		return w.Upgrade(strings.Join(r.Body, ""))
	case RouteAgain:
		rerouter, ok := w.(Rerouter)
		if !ok {
			return w.Fail(http.StatusNotImplemented, "this Responder is not a Rerouter")
		}
		return rerouter.RouteAgain(r.Location)
	default:
		return w.Respond(r.Status, strings.Join(r.Body, ""))
	}
}
