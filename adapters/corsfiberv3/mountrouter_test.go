package corsfiberv3_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"

	"github.com/crossgate/cors/adapters/corsfasthttp/fibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3"
)

func decides(t *testing.T, app *fiber.App, method, target, want string) {
	t.Helper()
	if got := fibertest.DecidedBy(app.Handler(), method, target); got != want {
		t.Errorf("%s %s: decided by %q, want %q", method, target, got, want)
	}
}

// Routes may be removed, too.
func TestMountRemoved(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	m := corsfiberv3.NewMount(app, fibertest.Policy("whole"))
	app.Use(m.Middleware())
	app.Put("/one", update)
	app.Put("/two", update)
	decides(t, app, "PUT", "/one", "whole")
	app.RemoveRoute("/one")
	decides(t, app, "PUT", "/one", "whole?")
	app.RemoveRoute("/two")
	app.Put("/three", update)
	decides(t, app, "PUT", "/two", "whole?")
	decides(t, app, "PUT", "/three", "whole")
}

// even is an application's own constraint.
type even struct{}

func (even) Name() string { return "even" }

func (even) Execute(param string, _ ...string) bool {
	return param != "" && strings.Contains("02468", param[len(param)-1:])
}

// The Mount asks the router itself, and does not guess how it matches.
func TestMountConstraints(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	app.RegisterCustomConstraint(even{})
	m := corsfiberv3.NewMount(app, fibertest.Policy("whole"))
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
		want := "whole?"
		if tt.served {
			want = "whole"
		}
		decides(t, app, "PUT", tt.target, want)
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

// An app may have its own methods and its own context type.
func TestMountMethods(t *testing.T) {
	t.Parallel()
	app := fiber.NewWithCustomCtx(func(app *fiber.App) fiber.CustomCtx {
		return &struct{ *fiber.DefaultCtx }{fiber.NewDefaultCtx(app)}
	}, fiber.Config{RequestMethods: append([]string{"PURGE"}, fiber.DefaultMethods...)})
	m := corsfiberv3.NewMount(app, fibertest.Policy("whole"))
	app.Use(m.Middleware())
	app.Add([]string{"PURGE", "PUT"}, "/items/:id", update)
	fibertest.Must(t, m.Route("PURGE", "/items/:id", fibertest.Policy("route")))
	decides(t, app, "PURGE", "/items/7", "route")
	decides(t, app, "PUT", "/items/7", "whole")
	decides(t, app, "MOVE", "/items/7", "whole?")
}
