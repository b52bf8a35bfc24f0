package mount_test

import (
	"context"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// page is the origin that the policy of the named place allows, by which a test tells who
// has decided.
func page(name string) string { return "https://" + name + ".example" }

func policy(tb testing.TB, c cors.Config) *cors.Policy {
	tb.Helper()
	p, err := cors.Compile(c)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// named returns the policy of a place.
func named(tb testing.TB, name string, methods ...string) *cors.Policy {
	tb.Helper()
	return policy(tb, cors.Config{AllowOrigins: []string{page(name)}, AllowMethods: methods})
}

// enforcing returns the policy of a place that refuses requests of other pages.
func enforcing(tb testing.TB, name string) *cors.Policy {
	tb.Helper()
	return policy(tb, cors.Config{AllowOrigins: []string{page(name)}, Enforce: cors.EnforceAll})
}

// routes is a Config.Routes.
func routes(all ...mount.Route) func() ([]mount.Route, bool) {
	return func() ([]mount.Route, bool) { return all, true }
}

// everything is a Config.Routes that leaves nothing unattached.
var everything = routes(mount.Route{Pattern: "/", Opaque: true}, mount.Route{Pattern: "api.example/", Opaque: true})

// unknown is the Config.Routes of a framework that cannot tell.
func unknown() ([]mount.Route, bool) { return nil, false }

// exchange is a request and what a router says of it, as a test has written it down.
type exchange struct {
	host, path string
	routes     map[string]string // the pattern that the path hits, by method
	anyMethod  string            // the pattern for methods that routes lacks

	method, pattern string
	known           mount.Known
}

func (x *exchange) Context() context.Context { return context.Background() }

func (x *exchange) Metadata() (host, path, fetchSite string) { return x.host, x.path, "" }

func (x *exchange) Path() string { return x.path }

func (x *exchange) Ask(method string) string {
	if pattern, ok := x.routes[method]; ok {
		return pattern
	}
	return x.anyMethod
}

func (x *exchange) Hit() (method, pattern string, known mount.Known) {
	return x.method, x.pattern, x.known
}

// header returns the value of a Decision's header, or "".
func header(d *cors.Decision, name string) string {
	for n, value := range d.Headers() {
		if n == name {
			return value
		}
	}
	return ""
}

const (
	allowOrigin  = "Access-Control-Allow-Origin"
	allowMethods = "Access-Control-Allow-Methods"
)

// reader returns which of the names' pages may read the response that ask returns the
// Decision for, or "".
func reader(ask func(origin string) *cors.Decision, names ...string) string {
	for _, name := range names {
		if header(ask(page(name)), allowOrigin) == page(name) {
			return name
		}
	}
	return ""
}

func must(tb testing.TB, errs ...error) {
	tb.Helper()
	for _, err := range errs {
		if err != nil {
			tb.Fatal(err)
		}
	}
}
