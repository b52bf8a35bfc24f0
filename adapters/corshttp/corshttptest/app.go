package corshttptest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// App is an application of a framework on net/http, for the tests that the adapters share.
// Install the adapter before you register routes.
type App interface {
	http.Handler

	// Install installs the adapter's New.
	Install(d cors.Decider, opts ...cors.Option)

	// InstallMount installs the adapter's NewMount.
	InstallMount(d cors.Decider, opts ...cors.Option) Mount

	// Handle registers a handler. The pattern is in the framework's own spelling.
	Handle(method, pattern string, h http.HandlerFunc)
}

// Mount has the methods that every adapter's Mount has.
type Mount interface {
	Group(prefix string, d cors.Decider) error
	Route(method, pattern string, d cors.Decider) error
	Check() error
}

// New returns an application without routes.
type New func() App

// Policy returns a policy for the pages of one origin, https://name.example. A test sees by
// it which policy has decided. It allows credentials and any method.
func Policy(name string, enforce ...cors.Enforcement) *cors.Policy {
	c := cors.Config{AllowOrigins: []string{Origin(name)}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"content-type"}}
	for _, e := range enforce {
		c.Enforce = e
	}
	return cors.MustCompile(c)
}

// Origin returns the origin of the pages that Policy(name) allows.
func Origin(name string) string { return "https://" + name + ".example" }

// Ask sends a request from a page of name's origin. If the method begins with "preflight ",
// it sends the preflight for that method. lines are header lines, such as "Accept-Encoding:
// gzip".
func Ask(h http.Handler, name, method, target string, lines ...string) *http.Response {
	requested, preflight := strings.CutPrefix(method, "preflight ")
	if preflight {
		method = http.MethodOptions
	}
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("Origin", Origin(name))
	if preflight {
		r.Header.Set("Access-Control-Request-Method", requested)
	}
	for _, line := range lines {
		field, value, _ := strings.Cut(line, ": ")
		r.Header.Set(field, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// names are the policies that DecidedBy tries.
var names = []string{"whole", "group", "route"}

// DecidedBy returns the name of the policy whose page can read the response, of "whole",
// "group" and "route", or "". It fails the test if two pages can.
func DecidedBy(t *testing.T, h http.Handler, method, target string) string {
	t.Helper()
	var by []string
	for _, name := range names {
		if reads(t, Ask(h, name, method, target), name) {
			by = append(by, name)
		}
	}
	if len(by) > 1 {
		t.Errorf("%s %s: the pages of %q read", method, target, by)
	}
	return strings.Join(by, " ")
}

// reads reports whether a page of name's origin can read the response. It fails the test if
// the headers come from several policies.
func reads(t *testing.T, w *http.Response, name string) bool {
	t.Helper()
	var origins []string
	for field, lines := range w.Header {
		if strings.EqualFold(field, "Access-Control-Allow-Origin") {
			origins = append(origins, lines...)
		}
	}
	if len(origins) > 1 {
		t.Errorf("Access-Control-Allow-Origin: %q", origins)
	}
	return slices.Contains(origins, "*") || slices.Contains(origins, Origin(name))
}

// Decides checks which policy decides, for each "METHOD target" in want. A key may begin
// with "preflight ".
func Decides(t *testing.T, h http.Handler, want map[string]string) {
	t.Helper()
	for request, name := range want {
		method, target, _ := cutLast(request)
		if got := DecidedBy(t, h, method, target); got != name {
			t.Errorf("%s: decided by %q, want %q", request, got, name)
		}
	}
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ' ')
	return s[:i], s[i+1:], true
}

// Must stops the test if one of the errors is not nil.
func Must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Serve serves h until the test ends, and returns the address.
func Serve(tb testing.TB, h http.Handler) (addr string) {
	tb.Helper()
	server := httptest.NewServer(h)
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// Tamper changes a header as careless handlers do.
func Tamper(h http.Header) {
	h.Set("Vary", "Accept-Encoding")
	h.Add("Access-Control-Allow-Origin", "*")
}

// Careless tampers with its headers, and answers "hello\n".
func Careless(w http.ResponseWriter, _ *http.Request) {
	Tamper(w.Header())
	_, _ = io.WriteString(w, "hello\n")
}

// Named answers with its pattern.
func Named(pattern string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, pattern) }
}

// Colon writes parameters as gin and echo do: ":any" for "{any}".
func Colon(pattern string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(pattern)
}
