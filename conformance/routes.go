package conformance

import (
	"net/http"
	"sync/atomic"
)

// routes returns the routes of the application that every case speaks to. calls
// counts how often a handler has run.
func routes(calls *atomic.Int64) []Route {
	hello := []string{"hello\n"}
	all := []Route{
		{Method: "GET", Path: "/hello", Body: hello},
		{Method: "POST", Path: "/hello", Body: hello},
		{Method: "PUT", Path: "/hello", Body: hello},
		{Method: "DELETE", Path: "/hello", Body: hello},
		{Method: "HEAD", Path: "/head"},
		{Method: "OPTIONS", Path: "/options", Body: []string{"the handler's own options\n"}},

		{Method: "GET", Path: "/empty", Status: http.StatusNoContent},
		{Method: "GET", Path: "/headers", Body: hello, Set: []Field{{"Cache-Control", "max-age=60"}, {"X-Total", "42"}}},
		{Method: "GET", Path: "/vary", Body: hello, Add: []Field{{"Vary", "Accept-Encoding"}}},
		{Method: "GET", Path: "/vary-twice", Body: hello, Add: []Field{{"Vary", "Accept-Encoding"}, {"Vary", "Accept"}}},
		{Method: "GET", Path: "/stream", Does: Stream, Body: []string{"one\n", "two\n", "three\n"}},

		{Method: "GET", Path: "/redirect", Does: Redirect, Status: http.StatusFound, Location: "/hello"},
		{Method: "PUT", Path: "/redirect", Does: Redirect, Status: http.StatusPermanentRedirect, Location: "/hello"},
		{Method: "GET", Path: "/teapot", Status: http.StatusTeapot, Body: []string{"a teapot\n"}},
		{Method: "GET", Path: "/fail", Does: Fail, Status: http.StatusServiceUnavailable},
		{Method: "GET", Path: "/denied", Does: Fail, Status: http.StatusForbidden},
		{Method: "GET", Path: "/panic", Does: Panic, Status: http.StatusInternalServerError},
		{Method: "GET", Path: "/panic-recovered", Does: Panic, Status: http.StatusInternalServerError, Recovered: true},

		{Method: "GET", Path: "/api/items", Body: hello},
		{Method: "GET", Path: "/api/admin/users", Body: hello},
		{Method: "GET", Path: "/api/internal/jobs", Body: hello},
		{Method: "GET", Path: "/apix", Body: hello},
		{Method: "GET", Path: "/exact", Body: hello},
		{Method: "GET", Path: "/exact/below", Body: hello},
	}
	for i := range all {
		if all[i].Status == 0 {
			all[i].Status = http.StatusOK
		}
		all[i].runs = calls
	}
	return all
}
