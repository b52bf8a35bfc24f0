package corsfiberv3_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/cache"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	cors "github.com/crossgate/cors/core"
)

// TestInstallPlaces checks what the package's documentation says about where to install the
// middleware.
func TestInstallPlaces(t *testing.T) {
	t.Parallel()
	m := func() fiber.Handler { return corsfiberv3.New(fibertest.Policy("whole")) }
	for name, c := range map[string]struct {
		install func(app *fiber.App)
		paths   string // paths whose preflights are answered
	}{
		"the app":        {func(app *fiber.App) { app.Use(m()) }, "/api /api/x /API/x /apix /none"},
		"a path":         {func(app *fiber.App) { app.Use("/api", m()) }, "/api /api/x /API/x"},
		"a group":        {func(app *fiber.App) { app.Group("/api", m()) }, "/api /api/x /API/x"},
		"within a group": {func(app *fiber.App) { app.Group("/api").Use(m()) }, "/api /api/x /API/x"},
		"a sub-app": {func(app *fiber.App) {
			sub := fiber.New()
			sub.Use(m())
			app.Use("/api", sub)
		}, "/api /api/x /API/x"},
		"a route":       {func(app *fiber.App) { app.Put("/api/x", m(), update) }, ""},
		"a route chain": {func(app *fiber.App) { app.RouteChain("/api/x").Put(m(), update) }, ""},
	} {
		app := fiber.New()
		c.install(app)
		app.Put("/api/x", update)
		app.Put("/apix", update)
		for _, path := range []string{"/api", "/api/x", "/API/x", "/apix", "/none"} {
			want := ""
			if slices.Contains(strings.Fields(c.paths), path) {
				want = "whole"
			}
			if got := strings.TrimSuffix(fibertest.DecidedBy(app.Handler(), "PUT", path), "?"); got != want {
				t.Errorf("on %s: the preflight of %s is decided by %q, want %q", name, path, got, want)
			}
		}
	}
}

// TestInstallRefused checks what the documentation says about requests that fiber refuses,
// over a real connection.
func TestInstallRefused(t *testing.T) {
	t.Parallel()
	everybody := cors.MustCompile(cors.AllowAll())
	for name, c := range map[string]struct {
		request string
		status  int
		headers bool
	}{
		"a body that is too large": {"POST / HTTP/1.1\r\nContent-Length: 11\r\n%s\r\n12345678901", 413, true},
		"a header that is too large": {
			"GET / HTTP/1.1\r\n%sX-Long: " + strings.Repeat("x", 5<<10) + "\r\n\r\n", 431, false},
		"a header that cannot be read": {"GET / HTTP/1.1\r\n%sno colon\r\n\r\n", 400, false},
		"a method that is not known":   {"PROPFIND / HTTP/1.1\r\n%s\r\n", 501, false},
		"a method in lower case":       {"patch / HTTP/1.1\r\n%s\r\n", 501, false},
		"no header at all":             {"GET / HTTP/1.0\r\n\r\n%.0s", 200, true},
		"nothing to refuse":            {"GET / HTTP/1.1\r\n%s\r\n", 200, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := corsfiberv3test.NewApp(fibertest.Config{BodyLimit: 10})
			app.Install(everybody)
			app.Add("GET", "/", func(fibertest.Ctx) error { return nil })
			w := roundTrip(t, app.Serve(t), fmt.Sprintf(c.request, "Host: api.example\r\nOrigin: https://app.example.com\r\nConnection: close\r\n"))
			if got := w.Header.Get("Access-Control-Allow-Origin") != ""; w.StatusCode != c.status || got != c.headers {
				t.Errorf("status %d, want %d; CORS headers: %t, want %t", w.StatusCode, c.status, got, c.headers)
			}
		})
	}
}

// roundTrip sends a request, and returns the head of the response.
func roundTrip(t *testing.T, addr, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, writeErr := conn.Write([]byte(request))
	if err := errors.Join(writeErr, conn.SetReadDeadline(time.Now().Add(10*time.Second))); err != nil {
		t.Fatal(err)
	}
	w, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Body.Close()
	return w
}

// TestInstallCache checks what the documentation says about the cache middleware. Two
// origins request the same path, one after the other, and Vary has a line before the
// adapter's.
func TestInstallCache(t *testing.T) {
	t.Parallel()
	two := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://one.example", "https://two.example"}})
	first := func(c fiber.Ctx) error { c.Response().Header.Add("Vary", "Accept-Encoding"); return c.Next() }
	storing, plain := cache.Config{StoreResponseHeaders: true}, cache.Config{}
	for name, c := range map[string]struct {
		handlers []any
		second   string // what the second origin gets
	}{
		"outside, storing":           {[]any{cache.New(storing), first, corsfiberv3.New(two)}, "https://one.example"},
		"outside":                    {[]any{cache.New(plain), first, corsfiberv3.New(two)}, ""},
		"inside":                     {[]any{first, corsfiberv3.New(two), cache.New(plain)}, "https://two.example"},
		"inside, storing":            {[]any{first, corsfiberv3.New(two), cache.New(storing)}, "https://one.example"},
		"inside, storing, and guard": {[]any{first, corsfiberv3.New(two, cors.Guard(cors.PolicyWins)), cache.New(storing)}, "https://two.example"},
	} {
		app := fiber.New()
		app.Use(c.handlers...)
		app.Get("/", func(c fiber.Ctx) error { return c.SendString("hello\n") })
		for _, tt := range []struct{ origin, want string }{{"https://one.example", "https://one.example"}, {"https://two.example", c.second}} {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Origin", tt.origin)
			w, err := app.Test(r, fiber.TestConfig{})
			if err != nil {
				t.Fatal(err)
			}
			_ = w.Body.Close()
			if got := strings.Join(w.Header.Values("Access-Control-Allow-Origin"), " "); got != tt.want {
				t.Errorf("%s: %s gets %q, want %q", name, tt.origin, got, tt.want)
			}
		}
	}
}
