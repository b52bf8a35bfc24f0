package site

import (
	"crypto/tls"
	"net"
	"testing"

	cors "github.com/crossgate/cors/core"

	"github.com/crossgate/cors/conformance"
	"github.com/crossgate/cors/conformance/browsers/cases"
)

// applications are the applications of the policy cases.
type applications struct {
	site   *Site
	tb     testing.TB
	served map[string]string // origins by adapter, scheme and policy
}

// serve returns the origin of the application for a case.
func (a *applications) serve(c *cases.Case, adapter Adapter) string {
	a.tb.Helper()
	scheme, host, config := "http", "127.0.0.1", (*tls.Config)(nil)
	if c.Page == "https" { // http cannot be fetched from an https page
		scheme, host, config = "https", "localhost", a.site.identity.config()
	}
	key := adapter.Name + " " + scheme + " " + c.Policy
	if origin, ok := a.served[key]; ok {
		return origin
	}
	text, err := cases.Expand(c.Policy, a.site.names)
	if err != nil {
		a.tb.Fatal(err)
	}
	parsed, err := cors.ParseConfig([]byte(text))
	if err != nil {
		a.tb.Fatalf("%s: %v", c.Name, err)
	}
	policy, err := cors.Compile(parsed)
	if err != nil {
		a.tb.Fatalf("%s: %v", c.Name, err)
	}
	addr := adapter.Start(a.tb, conformance.App{Decider: policy, Routes: routes()})
	origin := scheme + "://" + net.JoinHostPort(host, serve(a.tb, config, a.site.tap(addr)))
	a.served[key] = origin
	return origin
}

// routes returns the routes of every application.
func routes() []conformance.Route {
	hello := []string{"hello\n"}
	return []conformance.Route{
		{Method: "GET", Path: "/hello", Status: 200, Body: hello},
		{Method: "POST", Path: "/hello", Status: 200, Body: hello},
		{Method: "PUT", Path: "/hello", Status: 200, Body: hello},
		{Method: "DELETE", Path: "/hello", Status: 200, Body: hello},
		{Method: "PATCH", Path: "/hello", Status: 200, Body: hello},
		{Method: "GET", Path: "/headers", Status: 200, Body: hello, Set: []conformance.Field{
			{Name: "Cache-Control", Value: "no-store"}, {Name: "X-Total", Value: "42"}, {Name: "X-Page", Value: "7"},
		}},
		{Method: "GET", Path: "/redirect", Does: conformance.Redirect, Status: 302, Location: "/hello"},
		{Method: "PUT", Path: "/redirect", Does: conformance.Redirect, Status: 307, Location: "/hello"},
		{Method: "GET", Path: "/teapot", Status: 418, Body: []string{"a teapot\n"}},
		{Method: "GET", Path: "/fail", Does: conformance.Fail, Status: 503},
	}
}
