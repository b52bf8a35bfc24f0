package corsechov5_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
)

// reaches reports whether the response of h has the policy's headers. The response must
// have the given status. If the method begins with "preflight", it sends the preflight for
// that method.
func reaches(t *testing.T, h http.Handler, method, target string, status int) bool {
	t.Helper()
	requested, preflight := strings.CutPrefix(method, "preflight ")
	if preflight {
		method = http.MethodOptions
	}
	r := httptest.NewRequest(method, target, strings.NewReader("hello"))
	r.Header.Set("Origin", "https://app.example.com")
	if preflight {
		r.Header.Set("Access-Control-Request-Method", requested)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != status {
		t.Errorf("%s %s: status %d, want %d", method, target, w.Code, status)
	}
	return w.Header().Get("Access-Control-Allow-Origin") == "https://app.example.com"
}

// The middleware runs wherever it is installed on the Echo.
func TestPlaceOnEcho(t *testing.T) {
	t.Parallel()
	for name, install := range map[string]func(e *echo.Echo, m ...echo.MiddlewareFunc){"Use": (*echo.Echo).Use, "Pre": (*echo.Echo).Pre} {
		e := echo.New()
		install(e, corsechov5.New(policy))
		e.Use(middleware.Recover())
		e.PUT("/items/:id", update)
		e.GET("/panics", func(*echo.Context) error { panic("as the test asks") })
		e.GET("/fails", func(*echo.Context) error { return http.ErrBodyNotAllowed })
		for _, tt := range []struct {
			method, target string
			status         int
		}{
			{"PUT", "/items/7", 204},
			{"preflight PUT", "/items/7", 204},
			{"preflight PUT", "/none", 204},
			{"OPTIONS", "/items/7", 204},
			{"POST", "/items/7", 405},
			{"GET", "/none", 404},
			{"GET", "/fails", 500},
			{"GET", "/panics", 500},
		} {
			if !reaches(t, e, tt.method, tt.target, tt.status) {
				t.Errorf("%s: the response to %s %s has no CORS headers", name, tt.method, tt.target)
			}
		}
	}
}

// On a group, the middleware runs for preflights of routes that the group's RouteNotFound
// answers, and not for those of wildcard routes.
func TestPlaceOnGroup(t *testing.T) {
	t.Parallel()
	e := echo.New()
	g := e.Group("/v1", corsechov5.New(policy))
	g.PUT("/items/:id", update)
	g.PUT("/files/*", update)
	if !reaches(t, e, "preflight PUT", "/v1/items/7", 204) {
		t.Error("a route with a parameter: no CORS headers")
	}
	if reaches(t, e, "preflight PUT", "/v1/files/7", 204) {
		t.Error("a wildcard route has CORS headers: the documentation is no longer true")
	}
}

// denies is a store of middleware.RateLimiter that denies every request.
type denies struct{}

func (denies) Allow(string) (bool, error) { return false, nil }

// If middleware before CORS answers a request, the response has no CORS headers.
func TestPlaceAmongMiddleware(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers        echo.MiddlewareFunc
		method, target string
		status         int
		install        func(e *echo.Echo, m ...echo.MiddlewareFunc)
	}{
		"RemoveTrailingSlash": {middleware.RemoveTrailingSlashWithConfig(middleware.RemoveTrailingSlashConfig{RedirectCode: 308}),
			"PUT", "/items/7/", 308, (*echo.Echo).Pre},
		"HTTPSRedirect": {middleware.HTTPSRedirect(), "PUT", "/items/7", 301, (*echo.Echo).Pre},
		"BasicAuth": {middleware.BasicAuth(func(*echo.Context, string, string) (bool, error) { return false, nil }),
			"PUT", "/items/7", 401, (*echo.Echo).Use},
		"CSRF":        {middleware.CSRF(), "PUT", "/items/7", 400, (*echo.Echo).Use},
		"RateLimiter": {middleware.RateLimiter(denies{}), "PUT", "/items/7", 429, (*echo.Echo).Use},
		"BodyLimit":   {middleware.BodyLimit(1), "PUT", "/items/7", 413, (*echo.Echo).Use},
	} {
		first, second := echo.New(), echo.New()
		tt.install(first, corsechov5.New(policy), tt.answers)
		tt.install(second, tt.answers, corsechov5.New(policy))
		if !reaches(t, first, tt.method, tt.target, tt.status) {
			t.Errorf("%s: no CORS headers", name)
		}
		if reaches(t, second, tt.method, tt.target, tt.status) {
			t.Errorf("%s: CORS headers in the wrong order, too: the documentation is no longer true", name)
		}
	}
}

// Each host has its own Echo, with its own middleware.
func TestPlaceOnVirtualHosts(t *testing.T) {
	t.Parallel()
	with, without := echo.New(), echo.New()
	with.Use(corsechov5.New(policy))
	h := echo.NewVirtualHostHandler(map[string]*echo.Echo{"with.example": with, "without.example": without})
	h.Use(corsechov5.New(policy))
	for host, want := range map[string]bool{"with.example": true, "without.example": false, "unknown.example": true} {
		if got := reaches(t, h, "preflight PUT", "http://"+host+"/", map[bool]int{true: 204, false: 404}[want]); got != want {
			t.Errorf("%s: CORS headers: %v, want %v", host, got, want)
		}
	}
}
