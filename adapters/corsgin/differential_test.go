package corsgin_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// TestDifferential makes random engines: with all settings that affect routing, groups with
// middleware that answers, middleware that answers in place of a 404, handlers that route
// again, and net/http middleware around the engine.
func TestDifferential(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.TestMode) // lists no routes
	corshttptest.Differential(t, func(r *corshttptest.Random, attach func(corshttptest.Mount)) http.Handler {
		e := gin.New()
		e.UseRawPath, e.RemoveExtraSlash, e.HandleMethodNotAllowed = r.Chance(2), r.Chance(2), r.Chance(2)
		e.RedirectTrailingSlash, e.RedirectFixedPath = r.Chance(2), r.Chance(2)
		m := corsgin.NewMount(e, corshttptest.Policy("whole"))
		if r.Chance(2) {
			e.Use(gin.RecoveryWithWriter(io.Discard))
		}
		if r.Chance(4) {
			e.Use(func(c *gin.Context) {
				if c.Next(); c.Writer.Status() == http.StatusNotFound && !c.Writer.Written() {
					c.String(http.StatusOK, "in place of a 404")
				}
			})
		}
		e.Use(m.Middleware())
		if r.Chance(3) {
			e.Use(func(c *gin.Context) { // changes the request after the routing
				c.Request = c.Request.Clone(c.Request.Context())
				c.Request.Method, c.Request.URL.Path = "PUT", "/b/z"
			})
		}
		serves := func(method, pattern string) gin.HandlerFunc { return gin.WrapF(r.Serves(method, pattern)) }
		groups := []*gin.RouterGroup{&e.RouterGroup}
		r.Fill(func(parent int, segment string) {
			in := groups[parent].Group(segment)
			if r.Chance(4) {
				in.Use(func(c *gin.Context) { c.AbortWithStatus(http.StatusUnauthorized) })
			}
			groups = append(groups, in)
		}, func(group int, method, pattern string, h http.HandlerFunc) {
			groups[group].Handle(method, strings.Replace(pattern, "*", "*rest", 1), gin.WrapF(h))
		})
		to := r.Path()
		corshttptest.Try(func() {
			e.Any("/b/again", func(c *gin.Context) {
				if c.GetHeader("Again") != "" {
					serves("GET", "/b/again")(c)
				} else {
					c.Request.Header.Set("Again", "yes")
					c.Request.URL.Path, c.Request.URL.RawPath = to, ""
					e.HandleContext(c)
				}
			})
		})
		if r.Chance(3) {
			e.NoRoute(serves("", ""))
		}
		attach(m)
		return corshttptest.Around(e, r.Stack(r.Usual()...))
	})
}
