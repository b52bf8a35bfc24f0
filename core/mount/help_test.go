package mount_test

import (
	"context"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// page is the origin that the policy of the named place allows. A test sees by it which
// policy has decided.
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

// everything is a Config.Routes with a route for every attachment.
var everything = routes(mount.Route{Pattern: "/", Opaque: true}, mount.Route{Pattern: "api.example/", Opaque: true})

// unknown is the Config.Routes of a framework that cannot list its routes.
func unknown() ([]mount.Route, bool) { return nil, false }

// exchange is a request, and what the router of the test knows about it.
type exchange struct {
	host, path string
	routes     map[string]string // the pattern of the path's route, by method
	anyMethod  string            // the pattern for methods that routes does not have

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

// reader returns the names whose pages may read the response. ask returns the Decision for
// an origin.
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
