package corsfiberv3_test

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/crossgate/cors/adapters/corsfiberv3"
	cors "github.com/crossgate/cors/core"
)

// Routes may be removed, too.
func TestMountRemoved(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	m := corsfiberv3.NewMount(app, policyOf(t, "whole"))
	app.Use(m.Middleware())
	app.Put("/one", update)
	app.Put("/two", update)
	check(t, app, "PUT", "/one", "whole")
	app.RemoveRoute("/one")
	check(t, app, "PUT", "/one", "")
	app.RemoveRoute("/two")
	app.Put("/three", update)
	check(t, app, "PUT", "/two", "")
	check(t, app, "PUT", "/three", "whole")
}

// even is a constraint of an app's own.
type even struct{}

func (even) Name() string { return "even" }

func (even) Execute(param string, _ ...string) bool {
	return param != "" && strings.Contains("02468", param[len(param)-1:])
}

// What the router matches by is not guessed: it is the router itself that is asked.
func TestMountConstraints(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	app.RegisterCustomConstraint(even{})
	m := corsfiberv3.NewMount(app, policyOf(t, "whole"))
	app.Use(m.Middleware())
	app.Put("/items/:id<int>", update)
	app.Put("/rooms/:id<even>", update)
	app.Put("/v\\:1", update)
	tenant := fiber.New()
	tenant.Put("/x", update)
	tenant.Put("/in/:id", update)
	app.Use("/of/:tenant", tenant)
	for _, tt := range []struct {
		target string
		served bool
	}{
		{"/items/7", true}, {"/items/x", false},
		{"/rooms/8", true}, {"/rooms/7", false},
		{"/v:1", true}, {"/vx1", false},
		{"/of/a/in/7", true}, {"/of/a/x", false}, {"/of/a", false},
	} {
		want := ""
		if tt.served {
			want = "whole"
		}
		check(t, app, "PUT", tt.target, want)
		w, err := app.Test(httptest.NewRequest(http.MethodPut, tt.target, nil), fiber.TestConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if served := w.StatusCode == http.StatusNoContent; served != tt.served {
			t.Errorf("%s: fiber answers %d", tt.target, w.StatusCode)
		}
		_ = w.Body.Close()
	}
}

// An app may have methods of its own, and contexts.
func TestMountMethods(t *testing.T) {
	t.Parallel()
	app := fiber.NewWithCustomCtx(func(app *fiber.App) fiber.CustomCtx {
		return &struct{ *fiber.DefaultCtx }{fiber.NewDefaultCtx(app)}
	}, fiber.Config{RequestMethods: append([]string{"PURGE"}, fiber.DefaultMethods...)})
	m := corsfiberv3.NewMount(app, policyOf(t, "whole"))
	app.Use(m.Middleware())
	app.Add([]string{"PURGE", "PUT"}, "/items/:id", update)
	must(t, m.Route("PURGE", "/items/:id", policyOf(t, "route")))
	check(t, app, "PURGE", "/items/7", "route")
	check(t, app, "PUT", "/items/7", "whole")
	check(t, app, "MOVE", "/items/7", "")
}

// A preflight that no route serves is answered as without the middleware.
func TestMountUnserved(t *testing.T) {
	t.Parallel()
	ask := func(app *fiber.App, target string) *http.Response {
		app.Put("/items/:id", update)
		r := httptest.NewRequest(http.MethodOptions, target, nil)
		r.Header.Set("Origin", "https://whole.example")
		r.Header.Set("Access-Control-Request-Method", "DELETE")
		w, err := app.Test(r, fiber.TestConfig{})
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Body.Close()
		w.Header.Del("Date")
		return w
	}
	for target, status := range map[string]int{"/items/7": http.StatusMethodNotAllowed, "/none": http.StatusNotFound} {
		app := fiber.New()
		app.Use(corsfiberv3.NewMount(app, policyOf(t, "whole"), cors.Guard(cors.PolicyWins)).Middleware())
		got, plain := ask(app, target), ask(fiber.New(), target)
		if got.StatusCode != status || plain.StatusCode != status || !reflect.DeepEqual(got.Header, plain.Header) {
			t.Errorf("%s: %d %v, and without the middleware %d %v", target, got.StatusCode, got.Header, plain.StatusCode, plain.Header)
		}
	}
}
