package corsfiber_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

// policyOf returns a policy for one origin, by which a test tells who has decided.
func policyOf(t *testing.T, name string) *cors.Policy {
	t.Helper()
	p, err := cors.Compile(cors.Config{AllowOrigins: []string{"https://" + name + ".example"}, AllowMethods: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// decidedBy returns whose policy answers a request, of the names given, or "".
func decidedBy(t *testing.T, app *fiber.App, method, target string, names ...string) string {
	t.Helper()
	for _, name := range names {
		r := httptest.NewRequest(method, target, nil)
		if method != http.MethodGet && method != http.MethodHead {
			r = httptest.NewRequest(http.MethodOptions, target, nil)
			r.Header.Set("Access-Control-Request-Method", method)
		}
		r.Header.Set("Origin", "https://"+name+".example")
		w, err := app.Test(r, -1)
		if err != nil {
			t.Error(err)
			return ""
		}
		allowed := w.Header.Get("Access-Control-Allow-Origin")
		if err := w.Body.Close(); err != nil {
			t.Error(err)
		}
		if allowed != "" {
			return name
		}
	}
	return ""
}

// check holds who decides against who is to.
func check(t *testing.T, app *fiber.App, method, target, want string) {
	t.Helper()
	if got := decidedBy(t, app, method, target, "whole", "group", "route"); got != want {
		t.Errorf("%s %s: decided by %q, want %q", method, target, got, want)
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// patterns registers the routes of TestMountPatterns, and attaches policies to them.
func patterns(t *testing.T, app *fiber.App) {
	t.Helper()
	m := corsfiber.NewMount(app, policyOf(t, "whole"))
	app.Use(m.Middleware())
	must(t,
		m.Group("/V1", policyOf(t, "group")),
		m.Route("PUT", "/v1/Own/:ID", policyOf(t, "route")),
		m.Group("/sub", policyOf(t, "group")),
		m.Route("PUT", "/Sub/deep/x", policyOf(t, "route")),
		m.Group("/static", policyOf(t, "group")),
	)
	app.Use("/used", update) // answers, but is no route
	app.Use("/static", func(c *fiber.Ctx) error { return c.Next() })
	app.Static("/static", t.TempDir())
	v1 := app.Group("/V1")
	v1.Put("/items/:id", update)
	v1.Put("/Own/:ID", update)
	v1.All("/all", update)
	sub, deep := fiber.New(), fiber.New()
	app.Mount("/Sub", sub)
	sub.Mount("/deep", deep)
	sub.Put("/", update)
	deep.Put("/x", update)
	app.Put("/v1x", update)
}

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	patterns(t, app)
	for _, tt := range []struct{ method, target, want string }{
		{"PUT", "/v1/items/7", "group"},
		{"PUT", "/V1/ITEMS/7/", "group"},
		{"PUT", "/v1/items/7/x", ""},
		{"PUT", "/v1/own/7", "route"},
		{"PATCH", "/v1/all", "group"},
		{"FROB", "/v1/all", ""},
		{"PUT", "/sub", "group"},
		{"PUT", "/sub/", "group"},
		{"PUT", "/sub/deep/x", "route"},
		{"PUT", "/SUB/deep/x/", "route"},
		{"PUT", "/sub/none", ""},
		{"PUT", "/v1x", "whole"},
		{"PUT", "/used", ""},
		{"GET", "/used", "whole"},
		{"GET", "/static/x", "group"},
		{"PUT", "/static/x", ""},
		{"PUT", "/V1//items/7", ""},
	} {
		check(t, app, tt.method, tt.target, tt.want)
	}
}

// In a strict app, patterns differ by case and by a final slash.
func TestMountStrictPatterns(t *testing.T) {
	t.Parallel()
	app := fiber.New(fiber.Config{CaseSensitive: true, StrictRouting: true, UnescapePath: true})
	patterns(t, app)
	for _, tt := range []struct{ method, target, want string }{
		{"PUT", "/V1/items/7", "group"},
		{"PUT", "/V1/items/a%2Fb", ""}, // unescaped, as the app does
		{"PUT", "/V1/items/a%252Fb", "group"},
		{"PUT", "/V1/%69tems/7", "group"},
		{"PUT", "/v1/items/7", ""},
		{"PUT", "/V1/items/7/", ""},
		{"PUT", "/V1/Own/7", "group"},
		{"PUT", "/Sub/deep/x", "route"},
		{"PUT", "/sub/deep/x", ""},
	} {
		check(t, app, tt.method, tt.target, tt.want)
	}
}

func TestMountLater(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	m := corsfiber.NewMount(app, policyOf(t, "whole"))
	app.Use(m.Middleware())
	check(t, app, "PUT", "/v1/items", "")
	app.Put("/v1/items", update)
	check(t, app, "PUT", "/v1/items", "whole")
	must(t, m.Group("/v1", policyOf(t, "group")), m.Route("PUT", "/v1/:any", policyOf(t, "route")))
	check(t, app, "PUT", "/v1/items", "group")
	app.Put("/v1/:any", update)
	check(t, app, "PUT", "/v1/other", "route")
}

func TestMountConcurrently(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	m := corsfiber.NewMount(app, policyOf(t, "whole"), cors.RouteMethods(), cors.Guard(cors.PolicyWins))
	app.Use(m.Middleware())
	app.Put("/v1/items", update)
	app.Get("/v1/items", update)
	app.Put("/v2/items", update)
	handler := app.Handler()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				var ctx fasthttp.RequestCtx
				ctx.Request.Header.SetMethod(fiber.MethodOptions)
				ctx.Request.SetRequestURI("/v1/items")
				ctx.Request.Header.Set("Origin", "https://whole.example")
				ctx.Request.Header.Set("Access-Control-Request-Method", "PUT")
				handler(&ctx)
				if got := string(ctx.Response.Header.Peek("Access-Control-Allow-Methods")); got != "PUT" {
					t.Errorf("allowed methods %q", got)
				}
			}
		})
	}
	must(t, m.Group("/v2", policyOf(t, "group")))
	wg.Wait()
	check(t, app, "PUT", "/v2/items", "group")
}
