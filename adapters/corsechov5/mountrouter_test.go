package corsechov5_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// The names of parameters may differ by method, and a router may answer HEAD by GET.
func TestMountMethods(t *testing.T) {
	t.Parallel()
	r := echo.NewWithConfig(echo.Config{Router: echo.NewRouter(echo.RouterConfig{AutoHandleHEAD: true})})
	m := corsechov5.NewMount(r, corshttptest.Policy("whole"))
	r.Use(m.Middleware())
	corshttptest.Must(t,
		m.Route("GET", "/items/:id", corshttptest.Policy("group")),
		m.Route("PUT", "/items/:name", corshttptest.Policy("route")),
	)
	if err := corsechov5.NewMount(r, corshttptest.Policy("whole")).Check(); err != nil {
		t.Error(err)
	}
	r.GET("/items/:id", update)
	r.PUT("/items/:name", update)
	corshttptest.Decides(t, r, map[string]string{"GET /items/7": "group"})
	corshttptest.Decides(t, r, map[string]string{"HEAD /items/7": "group"})
	corshttptest.Decides(t, r, map[string]string{"preflight PUT /items/7": "route"})
	corshttptest.Decides(t, r, map[string]string{"preflight DELETE /items/7": "whole"})
}

// In Pre echo has not routed yet, so the Mount asks the router about actual requests too.
func TestMountInPre(t *testing.T) {
	t.Parallel()
	r := echo.New()
	m := corsechov5.NewMount(r, corshttptest.Policy("whole"))
	r.Pre(middleware.Rewrite(map[string]string{"/old/*": "/v1/$1"}), m.Middleware())
	corshttptest.Must(t, m.Group("/v1", corshttptest.Policy("group")))
	r.GET("/v1/:id", update)
	r.PUT("/v1/:id", update)
	corshttptest.Decides(t, r, map[string]string{"GET /v1/7": "group"})
	corshttptest.Decides(t, r, map[string]string{"GET /old/7": "group"})
	corshttptest.Decides(t, r, map[string]string{"preflight PUT /old/7": "group"})
	corshttptest.Decides(t, r, map[string]string{"preflight DELETE /old/7": "group"})
	corshttptest.Decides(t, r, map[string]string{"GET /none": "whole"})
}

// Handlers see the same request as without a Mount.
func TestMountLeavesRequest(t *testing.T) {
	t.Parallel()
	r := echo.New()
	m := corsechov5.NewMount(r, (*cors.Policy)(nil), cors.RouteMethods())
	r.Use(m.Middleware())
	p, err := cors.Compile(cors.Config{AllowOrigins: []string{"https://whole.example"}, AllowMethods: []string{"PUT"}, PassPreflight: true})
	corshttptest.Must(t, err, m.Group("/v1", p))
	r.PUT("/v1/:name", update)
	r.OPTIONS("/v1/:id", func(c *echo.Context) error {
		if c.Request().Method != "OPTIONS" || c.Request().Pattern != "/v1/:id" || c.Path() != "/v1/:id" || c.Param("id") != "7" {
			t.Errorf("%s, pattern %q, path %q, id %q", c.Request().Method, c.Request().Pattern, c.Path(), c.Param("id"))
		}
		c.Response().Header().Set("Ran", "yes")
		return update(c)
	})
	req := httptest.NewRequest("OPTIONS", "/v1/7", nil)
	req.Header.Set("Origin", "https://whole.example")
	req.Header.Set("Access-Control-Request-Method", "PUT")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	if w.Header().Get("Ran") != "yes" || w.Header().Get("Access-Control-Allow-Methods") != "PUT" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// Each host has its own Echo, and so its own Mount.
func TestMountVirtualHosts(t *testing.T) {
	t.Parallel()
	api, app := echo.New(), echo.New()
	ofAPI, ofApp := corsechov5.NewMount(api, corshttptest.Policy("whole")), corsechov5.NewMount(app, (*cors.Policy)(nil))
	api.Use(ofAPI.Middleware())
	app.Use(ofApp.Middleware())
	corshttptest.Must(t, ofAPI.Group("/v1", corshttptest.Policy("group")), ofApp.Group("/v1", corshttptest.Policy("route")))
	for _, r := range []*echo.Echo{api, app} {
		r.PUT("/v1/items", update)
		r.PUT("/items", update)
	}
	h := echo.NewVirtualHostHandler(map[string]*echo.Echo{"api.example": api, "app.example": app})
	corshttptest.Decides(t, h, map[string]string{"preflight PUT http://api.example/v1/items": "group"})
	corshttptest.Decides(t, h, map[string]string{"preflight PUT http://api.example/items": "whole"})
	corshttptest.Decides(t, h, map[string]string{"preflight PUT http://app.example/v1/items": "route"})
	corshttptest.Decides(t, h, map[string]string{"preflight PUT http://app.example/items": ""})
	corshttptest.Decides(t, h, map[string]string{"preflight PUT http://other.example/items": ""})
}

// With echo's concurrent router, routes may be added and removed while it serves.
func TestMountWhileServing(t *testing.T) {
	t.Parallel()
	r := echo.NewWithConfig(echo.Config{Router: echo.NewConcurrentRouter(echo.NewRouter(echo.RouterConfig{AllowOverwritingRoute: true}))})
	m := corsechov5.NewMount(r, corshttptest.Policy("whole"), cors.RouteMethods())
	r.Use(m.Middleware())
	r.PUT("/items", update)
	r.PUT("/v1", update)
	corshttptest.Must(t, m.Group("/v1", corshttptest.Policy("group")))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				corshttptest.Decides(t, r, map[string]string{"preflight PUT /items": "whole"})
				corshttptest.Decides(t, r, map[string]string{"GET /items": "whole"})
			}
		})
	}
	for i := range 50 {
		r.PUT(fmt.Sprintf("/v1/%d/:a/:b", i), update)
	}
	wg.Wait()
	corshttptest.Decides(t, r, map[string]string{"preflight PUT /v1/7/a/b": "group"})
	corshttptest.Must(t, r.Router().Remove("PUT", "/v1/7/:a/:b"))
	corshttptest.Decides(t, r, map[string]string{"preflight PUT /v1/7/a/b": "group", "PUT /v1/7/a/b": "group"})
}

// The Mount asks an application's own router too. This one ignores case.
func TestMountOwnRouter(t *testing.T) {
	t.Parallel()
	r := echo.NewWithConfig(echo.Config{Router: lowering{echo.NewRouter(echo.RouterConfig{})}})
	m := corsechov5.NewMount(r, corshttptest.Policy("whole"))
	r.Use(m.Middleware())
	corshttptest.Must(t, m.Group("/v1", corshttptest.Policy("group")))
	r.PUT("/v1/:id", update)
	corshttptest.Decides(t, r, map[string]string{"preflight PUT /V1/Seven": "group"})
	corshttptest.Decides(t, r, map[string]string{"preflight DELETE /V1/Seven": "group"})
}

type lowering struct{ echo.Router }

func (l lowering) Route(c *echo.Context) echo.HandlerFunc {
	r := *c.Request()
	u := *r.URL
	u.Path = strings.ToLower(u.Path)
	r.URL = &u
	c.SetRequest(&r)
	return l.Router.Route(c)
}
