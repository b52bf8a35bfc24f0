// Package api holds one small API five times, once for each framework: the same
// routes, written as a user of that framework would write them, behind the same
// CORS policies: one for the whole API, and one for the group /admin. That they
// behave alike towards a browser is what the playground shows.
//
//	GET    /items             the list; X-Total-Count says how many
//	PUT    /items/{id}        stores an item
//	DELETE /items/{id}        removes one
//	GET    /login             signs in, with a cookie
//	GET    /me                says who is signed in
//	GET    /error             fails, by the framework's own way of failing
//	GET    /redirect          leads to /items
//	GET    /admin/items       the list again, in the group
//	PUT    /admin/items/{id}  stores an item
//
// Everything else is the framework's own 404.
package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	cors "github.com/crossgate/cors/core"
)

// Server is what http.Server and a fiber app have in common.
type Server interface {
	// Serve answers on l until Shutdown, and returns http.ErrServerClosed or nil
	// after one.
	Serve(l net.Listener) error
	// Shutdown closes the listener, and lets open requests end until ctx does.
	Shutdown(ctx context.Context) error
}

// Group is the prefix of the routes that have a policy of their own.
const Group = "/admin"

// Framework is one of the ways to serve the API.
type Framework struct {
	Name string

	// New returns the API. d decides for the whole of it but the group, and group
	// for that, preflights included.
	New func(d, group cors.Decider) (Server, error)

	// Any returns a server that answers any method at any path. d decides for all of it.
	Any func(d cors.Decider) Server
}

// Frameworks lists them in the order in which they are shown.
func Frameworks() []Framework {
	return []Framework{
		{"net/http", newNetHTTP, anyNetHTTP},
		{"chi", newChi, anyChi},
		{"gin", newGin, anyGin},
		{"echo", newEcho, anyEcho},
		{"fiber", newFiber, anyFiber},
	}
}

// errDeliberate is what GET /error fails with.
var errDeliberate = errors.New("this route always fails")

// cookie is what GET /login sets. Cookies do not know ports (RFC 6265, section
// 8.5), so each framework's has its own name.
func cookie(framework string) *http.Cookie {
	return &http.Cookie{
		Name: "playground-" + framework, Value: "guest", Path: "/",
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// user is the answer of GET /me; Name is null for a request without the cookie.
type user struct {
	Name *string `json:"user"`
}

// target is where GET /redirect leads. The query goes along: it holds the run by
// which the playground finds a request again.
func target(query string) string {
	if query == "" {
		return "/items"
	}
	return "/items?" + query
}

// HTTP serves h with net/http, which is also how chi, gin and echo are served.
func HTTP(h http.Handler) Server {
	return httpServer{&http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}}
}

type httpServer struct{ *http.Server }

// Shutdown closes what is still open when ctx ends: browsers open connections in
// advance and may never use them.
func (s httpServer) Shutdown(ctx context.Context) error {
	if s.Server.Shutdown(ctx) != nil {
		return s.Close()
	}
	return nil
}
