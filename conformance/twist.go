package conformance

import (
	"net/http"
	"strconv"
	"strings"
)

// Spot is a place around or inside a Mount where middleware stands.
type Spot string

// The spots.
const (
	Outside Spot = "Outside" // outside the Mount, but inside the recovery
	Inside  Spot = "Inside"  // inside the Mount, before the routing if the framework allows that
	Sub     Spot = "Sub"     // in the sub-router, or in the group that stands for it
	Below   Spot = "Below"   // in the router around the whole, if MountApp.Below asks for one
)

// Field is the name of the request field that tells the middleware at the spot what to do.
// Without it, the middleware does nothing.
func (s Spot) Field() string { return "Conformance-Twist-" + string(s) }

// Twist is what a middleware does to one request, in the way of its framework: what
// cleans paths, overrides methods, clones requests or authenticates does such things.
type Twist struct {
	Copy   bool   // go on with a copy of the request, and do the following to the copy alone
	Opaque bool   // go on with a response writer that hides the one inside it
	Sets   bool   // set Access-Control-Allow-Origin to "*" in the response
	Path   string // route by this path, which is one of the application as a whole
	Method string // route by this method
	Status int    // answer with this status, and go on no more
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
		case "sets":
			t.Sets = true
		case "path":
			t.Path = rest
		case "method":
			t.Method = rest
		case "status":
			t.Status, _ = strconv.Atoi(rest) // 0 does nothing, and the case sees it
		case "panic":
			t.Panic = true
		}
	}
	return t
}

// Middleware is the middleware for the spot in frameworks whose middleware is net/http's. It changes
// r.URL.Path and r.Method; a router that goes by another path needs a middleware of its
// own. If a Twist is asked for, the middleware says in the response that it is there.
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
	})
}

// TwistedField is the name of the response field in which a middleware with a Twist names its Spot.
const TwistedField = "Conformance-Twisted"

// byMiddleware is the value of ranField where middleware has answered.
const byMiddleware = "middleware"

// Ran is the field that a middleware sets in its response where it answers or panics, as a Twist
// says.
func (Twist) Ran() Field { return Field{ranField, byMiddleware} }
