package corsgin_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// newMount returns an engine, and its installed Mount with the policy "whole" for the
// application.
func newMount(opts ...cors.Option) (*gin.Engine, *corsgin.Mount) {
	gin.SetMode(gin.TestMode) // lists no routes
	r := gin.New()
	m := corsgin.NewMount(r, corshttptest.Policy("whole"), opts...)
	r.Use(m.Middleware())
	return r, m
}

func TestMountPatterns(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	v1 := r.Group("/v1/:tenant")
	v1.PUT("/items/:id", update)
	v1.PUT("/own", update)
	v1.Any("/any", update)
	v1.PUT("/slash/", update)
	r.PUT("/files/*path", update)
	r.Handle("PURGE", "/items", update)
	corshttptest.Must(t,
		m.Group(v1.BasePath(), corshttptest.Policy("group")),
		m.Route("PUT", "/v1/:tenant/own", corshttptest.Policy("route")),
		m.Group("/files", corshttptest.Policy("group")),
		m.Check(),
	)
	corshttptest.Decides(t, r, map[string]string{
		"preflight PUT /v1/a/items/7":  "group",
		"PUT /v1/a/items/7":            "group",
		"preflight PUT /v1/a/items/7/": "group", // gin would redirect
		"preflight PUT /v1/a/own":      "route",
		"PUT /v1/a/own":                "route",
		"GET /v1/a/own":                "group", // a 404
		"preflight PUT /V1/a/own":      "",      // other routers ignore case
		"preflight PATCH /v1/a/any":    "group",
		"preflight FROB /v1/a/any":     "group",
		"PUT /v1/a/slash/":             "group",
		"PUT /v1/a%2Fb/own":            "", // gin routes by the decoded path, and others do not
		"PUT /v1/a%20b/own":            "route",
		"PUT /files/a/b":               "group",
		"preflight PURGE /items":       "whole",
		"PURGE /items":                 "whole",
		"GET /none":                    "whole",
	})
}

// The engine's settings that affect routing apply to preflights too, even if they change
// after NewMount.
func TestMountSettings(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	r.UseRawPath, r.RemoveExtraSlash, r.HandleMethodNotAllowed = true, true, true
	r.PUT("/v1/:tenant/own", update)
	corshttptest.Must(t, m.Group("/v1", corshttptest.Policy("group")))
	corshttptest.Decides(t, r, map[string]string{
		"preflight PUT /v1/a%2Fb/own": "group", "preflight PUT /v1//a/own": "group", "PUT /v1//a/own": "group", "GET /v1/a/own": "group",
	})
}

// After Engine.HandleContext the response has the headers of the last route's policy.
func TestMountHandleContext(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]cors.Option{"PolicyWins": nil, "HandlerWins": {cors.Guard(cors.HandlerWins)}} {
		r, m := newMount(opts...)
		again := func(to string) gin.HandlerFunc {
			return func(c *gin.Context) { c.Request.URL.Path = to; r.HandleContext(c) }
		}
		r.GET("/admin/x", func(c *gin.Context) { c.String(http.StatusOK, "admin") })
		r.GET("/admin/empty", func(c *gin.Context) { c.Status(http.StatusOK) })
		r.GET("/open", func(c *gin.Context) { c.String(http.StatusOK, "open") })
		r.GET("/old", again("/admin/x"))
		r.GET("/old-empty", again("/admin/empty"))
		r.GET("/old-none", again("/admin/none"))
		r.GET("/admin/old", again("/open"))
		corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
		t.Run(name, func(t *testing.T) {
			want := map[string]string{"GET /old": "group", "GET /old-empty": "group", "GET /old-none": "group", "GET /admin/old": "whole"}
			corshttptest.Decides(t, r, want)
			corshttptest.Decides(t, corshttptest.Delayed(r), want)
		})
	}
}

// Content of a NoRoute handler does not belong to a route, so no page can read it.
func TestMountNoRoute(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	r.GET("/internal/known", update)
	r.NoRoute(func(c *gin.Context) { c.String(http.StatusOK, "index.html") })
	corshttptest.Must(t, m.Group("/internal", nil), m.Check())
	corshttptest.Decides(t, r, map[string]string{"GET //internal/s.txt": "", "GET /%69nternal/s.txt": "", "GET /internal/s.txt": "", "GET /none": ""})
}

// No page reads a success that middleware outside sends in place of a 404.
func TestMountAnswersInPlace(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.TestMode)
	r := gin.New()
	m := corsgin.NewMount(r, corshttptest.Policy("whole"))
	r.Use(func(c *gin.Context) {
		c.Next()
		switch {
		case c.Writer.Status() != http.StatusNotFound || c.Writer.Written():
		case c.Query("status") == "404":
			c.String(http.StatusNotFound, "nothing")
		default:
			c.String(http.StatusOK, "index.html")
		}
	}, m.Middleware())
	r.GET("/admin/fails", func(c *gin.Context) { c.Status(http.StatusNotFound) })
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, r, map[string]string{
		"GET /none": "", "GET /admin/none": "", "POST /admin/fails": "", "GET /admin/fails": "group",
		"GET /none?status=404": "whole", "GET /admin/none?status=404": "group",
	})
}

// If middleware of the engine or of a group answers, a page can read the answer if it can
// read the route's.
func TestMountMiddleware(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	r.Use(gin.RecoveryWithWriter(nil))
	admin := r.Group("/admin", func(c *gin.Context) {
		if c.Query("status") == "401" {
			c.AbortWithStatus(http.StatusUnauthorized)
		}
	})
	admin.GET("/x", func(*gin.Context) {})
	admin.GET("/panics", func(*gin.Context) { panic("the test asks for it") })
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, r, map[string]string{"GET /admin/x?status=401": "group", "GET /admin/panics": "group", "GET /admin/none?status=401": "group"})
}

// A route that is registered while the engine serves is found at once for actual requests.
// For preflights it is found when the Mount may look again.
func TestMountSeesRoutes(t *testing.T) {
	t.Parallel()
	r, m := newMount()
	for _, pattern := range []string{"/", "/a", "/ab", "/abc/:id", "/abc/:id/x", "/b/*rest", "/a/:x/y", "/a/b/y"} {
		r.PUT(pattern, update)
		corshttptest.Must(t, m.Route("PUT", pattern, corshttptest.Policy("route")), m.Check())
		corshttptest.Decides(t, r, map[string]string{"PUT " + pattern: "route"}) // the pattern is also a path that matches it
		// On a busy machine listing the routes takes long, so the Mount may not look again
		// for a while.
		for end := time.Now().Add(time.Minute); time.Now().Before(end); {
			if corshttptest.Ask(r, "route", "preflight PUT", pattern).StatusCode == http.StatusNoContent {
				break
			}
		}
		corshttptest.Decides(t, r, map[string]string{"preflight PUT " + pattern: "route"})
	}
}

func TestTwoMountsAreLogged(t *testing.T) { corshttptest.SaysTwoMounts(t, newApp) }
