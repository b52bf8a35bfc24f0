package recipes_test

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	fiberv2 "github.com/gofiber/fiber/v2"
	fiberv3 "github.com/gofiber/fiber/v3"
	echov4 "github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corsfiber"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

// tenants are the origins that each tenant allows.
var tenants = map[string][]string{"a.example.com": {app}, "b.example.com": {other}}

// tenantServers start an application in each framework, with the tenant's middleware
// outside the policy, unless misplaced says otherwise.
func tenantServers() map[string]func(t *testing.T, d cors.Decider) (addr string) {
	return map[string]func(*testing.T, cors.Decider) string{
		"net/http": func(t *testing.T, d cors.Decider) string {
			mux := http.NewServeMux()
			mux.HandleFunc("PUT /items", hello)
			return listen(t, recipes.TenantHTTP(corshttp.New(d)(mux)))
		},
		"chi": func(t *testing.T, d cors.Decider) string {
			r := chi.NewRouter()
			r.Use(recipes.TenantHTTP, corschi.New(d))
			r.Put("/items", hello)
			return listen(t, r)
		},
		"gin": func(t *testing.T, d cors.Decider) string {
			gin.SetMode(gin.ReleaseMode)
			r := gin.New()
			r.Use(recipes.TenantGin, corsgin.New(d))
			r.PUT("/items", func(c *gin.Context) { c.String(http.StatusOK, "hello") })
			return listen(t, r)
		},
		"echo v4": func(t *testing.T, d cors.Decider) string {
			e := echov4.New()
			e.Use(recipes.TenantEcho, corsecho.New(d))
			e.PUT("/items", func(c echov4.Context) error { return c.String(http.StatusOK, "hello") })
			return listen(t, e)
		},
		"echo v5": func(t *testing.T, d cors.Decider) string {
			e := echov5.New()
			e.Use(recipes.TenantEchoV5, corsechov5.New(d))
			e.PUT("/items", func(c *echov5.Context) error { return c.String(http.StatusOK, "hello") })
			return listen(t, e)
		},
		"fiber v2": func(t *testing.T, d cors.Decider) string {
			a := fiberv2.New(fiberv2.Config{DisableStartupMessage: true})
			a.Use(recipes.TenantFiber, corsfiber.New(d))
			a.Put("/items", func(c *fiberv2.Ctx) error { return c.SendString("hello") })
			return listenFiber(t, a.Listener, a.Shutdown)
		},
		"fiber v3": func(t *testing.T, d cors.Decider) string {
			a := fiberv3.New()
			a.Use(recipes.TenantFiberV3, corsfiberv3.New(d))
			a.Put("/items", func(c fiberv3.Ctx) error { return c.SendString("hello") })
			return listenFiber(t, func(l net.Listener) error {
				return a.Listener(l, fiberv3.ListenConfig{DisableStartupMessage: true})
			}, a.Shutdown)
		},
	}
}

// listenFiber serves an application of fiber until the test ends.
func listenFiber(t *testing.T, serve func(net.Listener) error, shutdown func() error) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- serve(l) }()
	t.Cleanup(func() {
		assert.NoError(t, shutdown())
		assert.NoError(t, <-ended)
	})
	return l.Addr().String()
}

// Each tenant's pages can read only the responses of the tenant's own host, in every
// framework.
func TestTenants(t *testing.T) {
	t.Parallel()
	servers := tenantServers()
	for name, policy := range map[string]*cors.Policy{
		"by host": compiled(t, recipes.TenantByHost(tenants)), "by context": compiled(t, recipes.TenantByContext(tenants)),
	} {
		for framework, start := range servers {
			t.Run(framework+" "+name, func(t *testing.T) {
				addr := start(t, policy)
				for _, tt := range []struct {
					origin, host string
					allowed      bool
				}{
					{app, "a.example.com", true},
					{app, "A.Example.com:8080", true},
					{other, "b.example.com", true},
					{app, "b.example.com", false},
					{other, "a.example.com", false},
					{app, "c.example.com", false},
					{"null", "a.example.com", false},
				} {
					v := visit(t, addr, tt.origin, browser.Request{Method: "PUT", URL: "http://" + tt.host + "/items", Header: []browser.Field{{Name: "Authorization", Value: "Bearer 1"}}})
					assert.Equal(t, tt.allowed, v.Allowed, "%s at %s: %s", tt.origin, tt.host, v.Console)
					if tt.allowed {
						assert.Equal(t, 1, v.Preflights())
						assert.Equal(t, "hello", v.Body)
					}
				}
			})
		}
	}
}

// AllowOriginFunc does not see what a framework stores outside the request's context, or
// what middleware inside the policy sets.
func TestTenantsThatAreNotSeen(t *testing.T) {
	t.Parallel()
	const key = "tenant"
	c := recipes.TenantByContext(nil)
	c.AllowOriginFunc = func(ctx context.Context, _ cors.Request, _ cors.Origin) (bool, error) {
		return ctx.Value(key) != nil, nil
	}
	byKey := compiled(t, c)
	byContext := compiled(t, recipes.TenantByContext(tenants))
	gin.SetMode(gin.ReleaseMode)
	answerGin := func(c *gin.Context) { c.String(http.StatusOK, "hello") }
	servers := map[string]string{
		"inside": listen(t, corshttp.New(byContext)(recipes.TenantHTTP(http.HandlerFunc(hello)))),
	}
	r := gin.New()
	r.Use(func(c *gin.Context) { c.Set(key, "a.example.com") }, corsgin.New(byKey))
	r.PUT("/items", answerGin)
	servers["gin's Set"] = listen(t, r)
	e := echov4.New()
	e.Use(func(next echov4.HandlerFunc) echov4.HandlerFunc {
		return func(c echov4.Context) error { c.Set(key, "a.example.com"); return next(c) }
	}, corsecho.New(byKey))
	e.PUT("/items", func(c echov4.Context) error { return c.String(http.StatusOK, "hello") })
	servers["echo's Set"] = listen(t, e)
	v2 := fiberv2.New(fiberv2.Config{DisableStartupMessage: true})
	v2.Use(func(c *fiberv2.Ctx) error { c.Locals(key, "a.example.com"); return c.Next() }, corsfiber.New(byKey))
	v2.Put("/items", func(c *fiberv2.Ctx) error { return c.SendString("hello") })
	servers["fiber v2's Locals"] = listenFiber(t, v2.Listener, v2.Shutdown)
	v3 := fiberv3.New()
	v3.Use(func(c fiberv3.Ctx) error { c.Locals(key, "a.example.com"); return c.Next() }, corsfiberv3.New(byKey))
	v3.Put("/items", func(c fiberv3.Ctx) error { return c.SendString("hello") })
	servers["fiber v3's Locals"] = listenFiber(t, func(l net.Listener) error {
		return v3.Listener(l, fiberv3.ListenConfig{DisableStartupMessage: true})
	}, v3.Shutdown)
	for name, addr := range servers {
		v := visit(t, addr, app, browser.Request{Method: "PUT", URL: "http://a.example.com/items"})
		assert.Equal(t, browser.PreflightMissingAllowOriginHeader, v.Code, "%s: %s", name, v.Console)
	}
}

// A client cannot choose its tenant by X-Forwarded-Host.
func TestTenantsTrustNoForwardedHost(t *testing.T) {
	t.Parallel()
	policy := compiled(t, recipes.TenantByContext(tenants))
	for framework, start := range tenantServers() {
		addr := start(t, policy)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+addr+"/items", nil)
		require.NoError(t, err)
		r.Host = "b.example.com"
		r.Header.Set("Origin", app)
		r.Header.Set("X-Forwarded-Host", "a.example.com")
		response, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Empty(t, response.Header.Values("Access-Control-Allow-Origin"), framework)
	}
}

// The tenant in other places that the guide names: the path, and a header that a proxy
// adds.
func TestTenantsByPathAndProxy(t *testing.T) {
	t.Parallel()
	byPath := recipes.TenantByContext(nil)
	byPath.AllowOriginFunc = func(_ context.Context, r cors.Request, o cors.Origin) (bool, error) {
		return r.Path == "/a%2Fb/items" && o.String() == app, nil
	}
	addr := behind(t, compiled(t, byPath))
	assert.True(t, visit(t, addr, app, browser.Request{Method: "PUT", URL: "/a%2Fb/items"}).Allowed)
	assert.False(t, visit(t, addr, app, browser.Request{Method: "PUT", URL: "/a/b/items"}).Allowed)

	byHeader := recipes.TenantByContext(tenants)
	byHeader.VaryBy = []string{"X-Tenant"}
	policy := compiled(t, byHeader)
	assert.Empty(t, policy.Warnings())
	handler := corshttp.New(policy)(http.HandlerFunc(hello))
	addr = listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("X-Tenant", "a.example.com") // the proxy
		handler.ServeHTTP(w, r.WithContext(recipes.WithTenant(r.Context(), r.Header.Get("X-Tenant"))))
	}))
	assert.True(t, visit(t, addr, app, put).Allowed)
	assert.False(t, visit(t, addr, other, put).Allowed)
	assert.Equal(t, []string{"Origin, X-Tenant"}, ask(t, addr, "PUT", "/items", http.Header{"Origin": {app}}).Header.Values("Vary"))
}

// A preflight lacks some headers. A function that reads the tenant from one of these
// refuses every preflight.
func TestTenantsByHeader(t *testing.T) {
	t.Parallel()
	byHeader := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(recipes.WithTenant(r.Context(), r.Header.Get("X-Tenant"))))
		})
	}
	c := recipes.TenantByContext(tenants)
	c.AllowHeaders, c.VaryBy = append(c.AllowHeaders, "X-Tenant"), []string{"X-Tenant"}
	policy := compiled(t, c)
	addr := listen(t, byHeader(corshttp.New(policy)(http.HandlerFunc(hello))))
	tenant := []browser.Field{{Name: "X-Tenant", Value: "a.example.com"}}
	assert.Equal(t, browser.PreflightMissingAllowOriginHeader, visit(t, addr, app, browser.Request{Method: "PUT", URL: "/items", Header: tenant}).Code)
	warned := false
	for _, w := range policy.Warnings() {
		warned = warned || w.Field == "VaryBy[0]"
	}
	assert.True(t, warned, "%v", policy.Warnings())
}
