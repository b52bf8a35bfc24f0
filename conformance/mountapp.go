package conformance

import (
	"net/http"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// attachments are the places of every MountApp that have a policy of their own. What
// is not below them has that of the whole, which the cases write.
func attachments() []Attachment {
	credentialed := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://v1.example"}, AllowCredentials: true, AllowMethods: []string{"DELETE", "PUT"},
	})
	admin := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://admin.example"}, AllowMethods: []string{"DELETE"}, AllowHeaders: []string{"x-admin"},
	})
	public := cors.MustCompile(cors.AllowAll())
	single := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://single.example"}, AllowMethods: []string{"PUT"}})
	passing := cors.MustCompile(cors.Config{
		AllowOrigins: []string{"https://v1.example"}, AllowMethods: []string{"PUT"}, PassPreflight: true,
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

// mountRoutes are the routes of every MountApp.
func mountRoutes() []Route {
	var all []Route
	for _, r := range []struct{ path, methods string }{
		{"/items", "GET POST"},
		{"/items/{id}", "GET PUT"},
		{"/items/special", "GET DELETE"},
		{"/v1/items/{id}", "GET PUT DELETE"},
		{"/v1/files/{rest...}", "GET PUT"},
		{"/v1/options", "PUT OPTIONS"},
		{"/v1/passing", "PUT OPTIONS"},
		{"/v1/admin/users/{id}", "GET PUT DELETE"},
		{"/v1/admin/public/{id}", "GET PATCH"},
		{"/v1/admin/public/internal/jobs", "GET PUT"},
		{"/v1x/items", "GET"},
	} {
		for _, method := range strings.Fields(r.methods) {
			body := []string{method + " of " + r.path + "\n"}
			all = append(all, Route{Method: method, Path: r.path, Status: http.StatusOK, Body: body})
		}
	}
	return all
}
