package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// The owners are the origins that a policy of a MountApp allows.
const (
	ownerApp    = "https://app.example"
	ownerV1     = "https://v1.example"
	ownerAdmin  = "https://admin.example"
	ownerSingle = "https://single.example"
	anybody     = "https://anybody.example" // stands for every origin
	nobody      = ""
)

// attachments returns the groups and routes that have a policy of their own in every
// MountApp. Everything else has the policy of the whole application, which the cases
// define. enforce is the Enforce setting of each policy.
func attachments(enforce cors.Enforcement) []Attachment {
	credentialed := cors.MustCompile(cors.Config{
		AllowOrigins: []string{ownerV1}, AllowCredentials: true, AllowMethods: []string{"DELETE", "PUT"}, Enforce: enforce,
	})
	admin := cors.MustCompile(cors.Config{
		AllowOrigins: []string{ownerAdmin}, AllowMethods: []string{"DELETE"}, AllowHeaders: []string{"x-admin"}, Enforce: enforce,
	})
	public := cors.MustCompile(cors.AllowAll())
	single := cors.MustCompile(cors.Config{AllowOrigins: []string{ownerSingle}, AllowMethods: []string{"PUT"}, Enforce: enforce})
	passing := cors.MustCompile(cors.Config{
		AllowOrigins: []string{ownerV1}, AllowMethods: []string{"PUT"}, PassPreflight: true, Enforce: enforce,
	})
	return []Attachment{
		{Pattern: "/v1", Decider: credentialed},
		{Pattern: "/v1/admin", Decider: admin},
		{Pattern: "/v1/admin/public", Decider: public},
		{Pattern: "/v1/admin/public/internal", Decider: nil},
		{Pattern: "/static", Decider: public},
		{Method: "PUT", Pattern: "/v1/admin/users/{id}", Decider: single},
		{Method: "DELETE", Pattern: "/v1/items/{id}", Decider: nil},
		{Method: "PUT", Pattern: "/v1/passing", Decider: passing},
	}
}

// mountPatterns are the routes of every MountApp, and the owners that may read from them.
var mountPatterns = []struct{ path, methods, owner string }{
	{"/items", "GET POST", ownerApp},
	{"/items/{id}", "GET PUT", ownerApp},
	{"/items/special", "GET DELETE", ownerApp},
	{"/v1/items/{id}", "GET PUT", ownerV1},
	{"/v1/items/{id}", "DELETE", nobody},
	{"/v1/files/{rest...}", "GET PUT", ownerV1},
	{"/v1/options", "PUT OPTIONS", ownerV1},
	{"/v1/passing", "PUT OPTIONS", ownerV1},
	{"/v1/admin/users/{id}", "GET DELETE", ownerAdmin},
	{"/v1/admin/users/{id}", "PUT", ownerSingle},
	{"/v1/admin/public/{id}", "GET PATCH", anybody},
	{"/v1/admin/public/internal/jobs", "GET PUT", nobody},
	{"/v1x/items", "GET", ownerApp},
}

// morePatterns are more routes for scenarios, which have no literal answers: a route of
// the sub-router's own, routes that make the router route again, and one that sends a
// 103.
var morePatterns = []struct{ path, methods, owner, again string }{
	{SubRouter + "/{$}", "GET PUT", ownerAdmin, ""},
	{"/again", "GET", ownerApp, "/v1/admin/users/7"},
	{"/again-public", "GET", ownerApp, "/v1/admin/public/7"},
	{"/v1/again", "GET", ownerV1, "/items/7"},
	{"/v1/again-nowhere", "GET", ownerV1, "/v1/admin/nothing"},
	{"/v1/hints", "GET", ownerV1, ""}, // sends a 103 first
}

// mountRoutes are the routes of every MountApp.
func mountRoutes() []Route {
	var all []Route
	for _, r := range mountPatterns {
		for method := range strings.FieldsSeq(r.methods) {
			body := []string{method + " of " + r.path + "\n"}
			all = append(all, Route{Method: method, Path: r.path, Status: http.StatusOK, Body: body})
		}
	}
	return all
}

// scenarioRoutes returns the routes of the MountApps of scenarios.
func scenarioRoutes() []Route {
	all := mountRoutes()
	for _, r := range morePatterns {
		for method := range strings.FieldsSeq(r.methods) {
			route := Route{Method: method, Path: r.path, Status: http.StatusOK, Body: []string{method + " of " + r.path + "\n"}}
			route.Hints = r.path == "/v1/hints"
			if r.again != "" {
				route.Does, route.Location = RouteAgain, r.again
			}
			all = append(all, route)
		}
	}
	return all
}

// ownerOf returns the owner that may read the route's response. handler is what the route
// reported about itself, "METHOD /path".
func ownerOf(handler string) (owner string, err error) {
	method, path, _ := strings.Cut(handler, " ")
	for _, r := range mountPatterns {
		if r.path == path && slices.Contains(strings.Fields(r.methods), method) {
			return r.owner, nil
		}
	}
	for _, r := range morePatterns {
		if r.path == path && slices.Contains(strings.Fields(r.methods), method) {
			return r.owner, nil
		}
	}
	return nobody, fmt.Errorf("the handler that ran reports the route %q, and there is no such route", handler)
}
