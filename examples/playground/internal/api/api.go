// Package api has one small API in five frameworks. The routes are the same, written as
// users of each framework write them, and so are the CORS policies: one for the whole API
// and one for the group /admin. The playground shows that browsers see no difference.
//
//	GET    /items             the list; X-Total-Count says how many
//	PUT    /items/{id}        stores an item
//	DELETE /items/{id}        removes one
//	GET    /login             signs in, with a cookie
//	GET    /me                says who is signed in
//	GET    /error             fails, with the framework's own error
//	GET    /redirect          redirects to /items
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

// Server is an http.Server or a fiber app.
type Server interface {
	// Serve answers on l until Shutdown, and returns http.ErrServerClosed or nil
	// after one.
	Serve(l net.Listener) error
	// Shutdown closes the listener, and lets open requests end until ctx does.
	Shutdown(ctx context.Context) error
}

// Group is the prefix of the routes with a policy of their own.
const Group = "/admin"

// Framework is one of the ways to serve the API.
type Framework struct {
	Name string

	// New returns the API. group decides for the routes of the group, and d for all others,
	// including preflights.
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

// errDeliberate is the error of GET /error.
var errDeliberate = errors.New("this route always fails")

// cookie is the name of the cookie that GET /login sets. Cookies ignore ports (RFC 6265,
// section 8.5), so each framework has a name of its own.
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

// target is the location of GET /redirect. It keeps the query, which has the run: the
// playground uses it to find the request again.
func target(query string) string {
	if query == "" {
		return "/items"
	}
	return "/items?" + query
}

// longest is how long a request may take until it has arrived.
const longest = 30 * time.Second

// HTTP serves h with net/http. chi, gin and echo are served like this too.
func HTTP(h http.Handler) Server {
	return httpServer{&http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: longest, WriteTimeout: 2 * longest}}
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
