package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// middleware is the adapter under test: here, the shortest one for net/http.
func middleware(d cors.Decider) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			decision := d.Decide(r.Context(), readRequest(r))
			setHeaders(w.Header(), decision)
			if status := decision.Status(); status != 0 {
				w.WriteHeader(status)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func readRequest(r *http.Request) cors.Request {
	list := func(name string) string { return strings.Join(r.Header.Values(name), ", ") }
	path := r.URL.RawPath // empty if EscapedPath equals the path that was sent
	if path == "" {
		path = r.URL.EscapedPath()
	}
	return cors.Request{
		Method:         r.Method,
		Origin:         list("Origin"),
		RequestMethod:  list("Access-Control-Request-Method"),
		RequestHeaders: list("Access-Control-Request-Headers"),
		Host:           r.Host,
		Path:           path,
		FetchSite:      list("Sec-Fetch-Site"),
	}
}

func setHeaders(h http.Header, decision cors.Decision) {
	for name, value := range decision.Headers() {
		if name == "Vary" {
			h.Add(name, value)
		} else {
			h.Set(name, value)
		}
	}
}

// start is the Start that the author of an adapter writes: it serves an App with net/http
// and the middleware.
func start(tb testing.TB, app conformance.App) string { return serveApp(tb, app, middleware) }

func serveApp(tb testing.TB, app conformance.App, middleware func(cors.Decider) func(http.Handler) http.Handler) string {
	mux := http.NewServeMux()
	for _, route := range app.Routes {
		var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = route.Serve(conformance.HTTPResponder(w, r)) // fails only if the client has closed the connection
		})
		if route.Recovered {
			h = recovery(h)
		}
		mux.Handle(route.Method+" "+route.Path, h)
	}
	var root http.Handler = mux
	if app.Decider != nil {
		root = middleware(app.Decider)(root)
	}
	server := httptest.NewServer(conformance.Outer(recovery(root)))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// recovery turns panics into a 500. Most frameworks have such a middleware.
func recovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler: // it closes the connection
				panic(v)
			default:
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// An adapter's test is one call. To run the cases of one rule, use go test -run
// 'TestConformance/enforce'.
func Example() {
	TestConformance := func(t *testing.T) {
		conformance.Run(t, start)
	}
	_ = TestConformance
}
