package corsechov5_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// TestDifferential puts Echos together at random: with groups that have middleware, and so
// RouteNotFound, with echo's rewriters and method override, and Echos that are called again.
func TestDifferential(t *testing.T) {
	t.Parallel()
	corshttptest.Differential(t, func(r *corshttptest.Random, attach func(corshttptest.Mount)) http.Handler {
		e := echo.New()
		e.Logger = slog.New(slog.DiscardHandler)
		m := corsechov5.NewMount(e, corshttptest.Policy("whole"))
		for _, pre := range []echo.MiddlewareFunc{middleware.RemoveTrailingSlash(), middleware.Rewrite(map[string]string{"/c/*": "/a/b/$1"}), changed("POST", "PUT")} {
			if r.Chance(4) {
				e.Pre(pre)
			}
		}
		if r.Chance(4) {
			e.Use(changed("POST", "PUT")) // after the routing
		}
		e.Use(m.Middleware())
		if r.Chance(4) {
			e.Use(changed("GET", "PUT"), middleware.Rewrite(map[string]string{"/x/*": "/a/b/$1"}))
		}
		groups := []*echo.Group{e.Group("")}
		r.Fill(func(parent int, segment string) {
			in := groups[parent].Group(segment)
			if r.Chance(3) {
				in.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
					return func(c *echo.Context) error {
						if c.Request().Method == "PUT" {
							return echo.ErrUnauthorized
						}
						return next(c)
					}
				})
			}
			groups = append(groups, in)
		}, func(group int, method, pattern string, h http.HandlerFunc) {
			groups[group].Add(method, pattern, echo.WrapHandler(h))
		})
		to := r.Path()
		corshttptest.Try(func() {
			e.GET("/b/again", func(c *echo.Context) error {
				if strings.HasPrefix(to, "/b/again") {
					return echo.WrapHandler(r.Serves("GET", "/b/again"))(c)
				}
				q := c.Request().Clone(c.Request().Context())
				q.URL.Path, q.URL.RawPath = to, ""
				e.ServeHTTP(c.Response(), q)
				return nil
			})
		})
		if r.Chance(3) {
			e.RouteNotFound("/*", echo.WrapHandler(r.Serves("", "")))
		}
		attach(m)
		return corshttptest.Around(e, r.Stack(r.Usual()...))
	})
}

// changed is middleware that overrides one method by another, as middleware.MethodOverride
// does by a header.
func changed(from, to string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			if c.Request().Method == from {
				c.Request().Method = to
			}
			return next(c)
		}
	}
}
