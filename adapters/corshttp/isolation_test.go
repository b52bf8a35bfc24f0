package corshttp_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// TestHeadersAreNotShared: handlers and outer middleware change every header value that
// they can reach, in place and by appending, while other requests are served. No other
// request may see the changes. With -race, the test finds a shared slice even if no value
// changes.
func TestHeadersAreNotShared(t *testing.T) {
	t.Parallel()
	tamper := func(h http.Header) {
		for name, values := range h {
			h[name] = append(values, "appended")
			for i := range values {
				values[i] = "tampered"
			}
			all := values[:cap(values)]
			for i := range all {
				all[i] = "tampered"
			}
		}
	}
	app, err := cors.Compile(cors.Config{
		AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true,
		AllowMethods: []string{"PUT"}, AllowHeaders: []string{"x-a"}, ExposeHeaders: []string{"x-b"}, MaxAge: cors.NoCache,
	})
	if err != nil {
		t.Fatal(err)
	}
	public, err := cors.Compile(cors.AllowAll())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		policy               *cors.Policy
		method, origin, asks string
		want                 []string // header values, in the order of their names
	}{
		{app, "GET", "", "", []string{"Origin"}},
		{app, "GET", "https://app.example.com", "", []string{"true", "https://app.example.com", "x-b", "Origin"}},
		{app, "GET", "https://evil.example", "", []string{"Origin"}},
		{app, "OPTIONS", "https://app.example.com", "PUT", []string{"true", "x-a", "PUT", "https://app.example.com", "0", "Origin"}},
		{app, "OPTIONS", "https://evil.example", "PUT", []string{"Origin"}},
		{public, "GET", "", "", []string{"*"}},
		{public, "OPTIONS", "https://evil.example", "PUT", []string{
			"*, authorization, baggage, cache-control, connect-protocol-version, content-type, idempotency-key, if-match, if-none-match, pragma, range, " +
				"sentry-trace, traceparent, tracestate, x-api-key, x-correlation-id, x-csrf-token, x-grpc-web, x-request-id, x-requested-with, x-user-agent, x-xsrf-token",
			"*, DELETE, HEAD, PATCH, PUT", "*",
		}},
	}
	for _, tt := range tests {
		inner := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { tamper(w.Header()) })
		middleware := corshttp.New(tt.policy)
		check := func() {
			r := httptest.NewRequest(tt.method, "/", nil)
			if tt.origin != "" {
				r.Header.Set("Origin", tt.origin)
			}
			if tt.asks != "" {
				r.Header.Set("Access-Control-Request-Method", tt.asks)
			}
			w := httptest.NewRecorder()
			var got []string
			middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = values(w.Header())
				inner(w, r)
			})).ServeHTTP(w, r)
			if got == nil { // answered by the middleware itself
				got = values(w.Header())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s from %q: got %q, want %q", tt.method, tt.origin, got, tt.want)
			}
			tamper(w.Header())
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 200 {
					check()
				}
			})
		}
		wg.Wait()
	}
}

// values returns all header values in the order of their names.
func values(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	all := []string{}
	for _, name := range names {
		all = append(all, h[name]...)
	}
	return all
}
