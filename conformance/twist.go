package conformance

import (
	"net/http"
	"strconv"
	"strings"
)

// Spot is a place around or inside a Mount where the suite installs middleware.
type Spot string

// The spots.
const (
	Outside Spot = "Outside" // outside the Mount, but inside the recovery
	Inside  Spot = "Inside"  // inside the Mount, before the routing if the framework allows that
	Sub     Spot = "Sub"     // in the sub-router, or in the group that replaces it
	Below   Spot = "Below"   // in the router around the whole, if MountApp.Below asks for one
)

// Field returns the name of the request field that tells the middleware at the spot what
// to do. Without the field, the middleware does nothing.
func (s Spot) Field() string { return "Conformance-Twist-" + string(s) }

// Twist is what a middleware does to one request, by the framework's own means. Real
// middleware does such things: it cleans paths, overrides methods, clones requests or
// authenticates.
type Twist struct {
	Copy   bool   // continue with a copy of the request, and apply Path and Method only to the copy
	Opaque bool   // continue with a response writer that hides the one inside it
	Reads  bool   // read the first value of each response field after the handler
	Sets   bool   // set Access-Control-Allow-Origin to "*" in the response
	Path   string // route by this path, which is a path of the whole application
	Method string // route by this method
	Status int    // answer with this status, and do not call the next handler
	Panic  bool   // panic
}

// ParseTwist reads a value of Spot.Field: "copy, path /x", "method PUT", "status 401".
func ParseTwist(value string) (t Twist) {
	for part := range strings.SplitSeq(value, ",") {
		word, rest, _ := strings.Cut(strings.TrimSpace(part), " ")
		switch word {
		case "copy":
			t.Copy = true
		case "opaque":
			t.Opaque = true
		case "reads":
			t.Reads = true
		case "sets":
			t.Sets = true
		case "path":
			t.Path = rest
		case "method":
			t.Method = rest
		case "status":
			t.Status, _ = strconv.Atoi(rest) // on an error it is 0, which does nothing, and the case fails
		case "panic":
			t.Panic = true
		}
	}
	return t
}

// Middleware is the middleware for the spot, for frameworks that use net/http middleware.
// It changes r.URL.Path and r.Method; a router that routes by another path needs its own
// middleware. If the request asks for a Twist, the middleware names its spot in the
// response.
func (s Spot) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		value := r.Header.Get(s.Field())
		if value == "" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add(TwistedField, string(s))
		t := ParseTwist(value)
		if t.Copy {
			r = r.Clone(r.Context())
		}
		if t.Opaque {
			w = struct{ http.ResponseWriter }{w}
		}
		if t.Sets {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		if t.Path != "" {
			r.URL.Path, r.URL.RawPath = t.Path, ""
		}
		if t.Method != "" {
			r.Method = t.Method
		}
		switch {
		case t.Panic:
			w.Header().Set(ranField, byMiddleware)
			panic("conformance: a middleware panics, as the suite asks")
		case t.Status != 0:
			w.Header().Set(ranField, byMiddleware)
			w.WriteHeader(t.Status)
		default:
			next.ServeHTTP(w, r)
		}
		if t.Reads && hasNoValue(w.Header()) {
			panic(http.ErrAbortHandler) // which closes the connection, although the head is sent
		}
	})
}

// hasNoValue reports whether a field has no value. Middleware that reads the first value of
// each field, to log it, panics there.
func hasNoValue(h http.Header) bool {
	for _, values := range h {
		if len(values) == 0 {
			return true
		}
	}
	return false
}

// TwistedField is the name of the response field in which a middleware with a Twist names its Spot.
const TwistedField = "Conformance-Twisted"

// byMiddleware is the value of ranField if middleware has answered.
const byMiddleware = "middleware"

// Ran returns the field that a middleware must set in its response before it answers or
// panics for a Twist.
func (Twist) Ran() Field { return Field{ranField, byMiddleware} }
