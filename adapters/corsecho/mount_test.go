package corsecho_test

import (
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// newMount returns an Echo, and its installed Mount with the policy "whole" for the
// application.
func newMount(opts ...cors.Option) (*echo.Echo, *corsecho.Mount) {
	e := echo.New()
	m := corsecho.NewMount(e, corshttptest.Policy("whole"), opts...)
	e.Use(m.Middleware())
	return e, m
}

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	corshttptest.EchoPatterns(t, this, func(e *echo.Echo, m *corsecho.Mount) error {
		e.Host("api.example").PUT("/v1/items/:id", update)
		return m.Group("api.example/", corshttptest.Policy("route"))
	}, map[string]string{
		"PUT /v1/items/7/below":                       "group", // a last parameter takes the rest in echo
		"preflight PATCH /v1/any":                     "group",
		"preflight PUT http://api.example/v1/items/7": "route",
		"PUT http://api.example/v1/items/7":           "route",
		"GET http://api.example/v1/none":              "route",
	})
}

func TestMounts(t *testing.T) {
	t.Parallel()
	corshttptest.EchoMounts(t, this)
}

func TestMountAnswersInPlace(t *testing.T) {
	t.Parallel()
	corshttptest.EchoAnswersInPlace(t, this, func(e *echo.Echo, h func(echo.Context) error) {
		e.HTTPErrorHandler = func(_ error, c echo.Context) { _ = h(c) }
	})
}

func TestDifferential(t *testing.T) {
	t.Parallel()
	corshttptest.EchoDifferential(t, this)
}

func TestTwoMountsAreLogged(t *testing.T) { corshttptest.SaysTwoMounts(t, newApp) }
