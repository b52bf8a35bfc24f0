package mount_test

import (
	"context"
	"fmt"
	"strings"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// router is a small framework's router: it has routes by method and path, without
// parameters.
type router map[string]bool

// Routes is the function for mount.Config.
func (r router) Routes() (all []mount.Route, known bool) {
	for route := range r {
		method, pattern, _ := strings.Cut(route, " ")
		all = append(all, mount.Route{Method: method, Pattern: pattern})
	}
	return all, true
}

// request is a request of the framework. It is a mount.Exchange.
type request struct {
	router       router
	method, path string
}

func (r *request) Context() context.Context { return context.Background() }

func (r *request) Metadata() (host, path, fetchSite string) { return "api.example", r.path, "" }

func (r *request) Path() string { return r.path }

func (r *request) Ask(method string) string {
	if r.router[method+" "+r.path] {
		return r.path
	}
	return ""
}

func (r *request) Hit() (method, pattern string, known mount.Known) {
	if pattern = r.Ask(r.method); pattern == "" {
		return r.method, "", mount.Nothing
	}
	return r.method, pattern, mount.Served
}

// An adapter uses a Pass for each request: once before the handler runs, and once when the
// head of the response is committed.
func ExampleTable() {
	routes := router{"GET /items": true, "GET /admin/users": true, "DELETE /admin/users": true}
	open := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://partner.example"}})
	strict := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example"}, AllowMethods: []string{"DELETE"}})

	table := mount.New(mount.Config{Package: "corsmine", Routes: routes.Routes}, open, nil)
	fmt.Println(table.Group("/admin", strict), table.Check(), table.Guard())

	serve := func(r cors.Request, path string, status int) {
		var pass mount.Pass
		d, final := pass.Begin(table, r, &request{routes, r.Method, path})
		if !final {
			d = pass.Commit(status)
		}
		fmt.Printf("%s %s: %d", r.Method, path, d.Status())
		for name, value := range d.Headers() {
			fmt.Printf(" %s=%q", name, value)
		}
		fmt.Println()
	}
	serve(cors.Request{Method: "GET", Origin: "https://partner.example"}, "/items", 200)
	serve(cors.Request{Method: "GET", Origin: "https://partner.example"}, "/admin/users", 200)
	serve(cors.Request{Method: "GET", Origin: "https://admin.example"}, "/admin/nothing", 404)
	serve(cors.Request{Method: "OPTIONS", Origin: "https://admin.example", RequestMethod: "DELETE"}, "/admin/users", 204)

	fmt.Println(table.Route("GET", "/admin/user", nil), table.Check())
	// Output:
	// <nil> <nil> policy-wins
	// GET /items: 0 Access-Control-Allow-Origin="https://partner.example" Vary="Origin"
	// GET /admin/users: 0 Vary="Origin"
	// GET /admin/nothing: 0 Access-Control-Allow-Origin="https://admin.example" Vary="Origin"
	// OPTIONS /admin/users: 204 Access-Control-Allow-Methods="DELETE" Access-Control-Allow-Origin="https://admin.example" Vary="Origin"
	// <nil> cors: Route "GET /admin/user": no route is registered there; write "GET /admin/users"
}
