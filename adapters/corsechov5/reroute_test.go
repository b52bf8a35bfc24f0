package corsechov5_test

import (
	"testing"

	"github.com/labstack/echo/v5"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// If a handler lets echo choose another route, the Mount does not see it. No page may read
// that route's response.
func TestMountRoutedAgain(t *testing.T) {
	t.Parallel()
	e := echo.New()
	m := corsechov5.NewMount(e, corshttptest.Policy("whole"))
	e.Use(m.Middleware())
	again := func(c *echo.Context) error {
		c.Request().URL.Path = c.QueryParam("path")
		if method := c.QueryParam("method"); method != "" {
			c.Request().Method = method
		}
		return e.Router().Route(c)(c)
	}
	e.GET("/admin/x", update)
	e.GET("/pub", update)
	e.GET("/forward", again)
	e.GET("/admin/forward", again)
	e.GET("/twice", again)
	e.PUT("/twice", update)
	e.Any("/any", again)
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Route("PUT", "/twice", corshttptest.Policy("route")), m.Check())
	corshttptest.Decides(t, e, map[string]string{
		"GET /pub": "whole", "GET /forward?path=/admin/x": "", "GET /forward?path=/pub": "", "GET /forward?path=/none": "",
		"GET /twice?path=/twice&method=PUT": "", "PUT /twice": "route", "GET /any?path=/pub": "", "GET /any?path=/twice&method=PUT": "",
		"GET /admin/forward?path=/pub": "", "GET /admin/forward?path=/admin/x": "",
	})
}
