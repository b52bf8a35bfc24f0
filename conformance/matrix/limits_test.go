package matrix_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v3"
	"github.com/labstack/echo/v4"
	echov5 "github.com/labstack/echo/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corsecho"
	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corsfiberv3"
	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp"
)

// TestWhatAMountCannotSee runs a test for each row of that table in docs/groups.md. If
// one fails, the framework now shows more, and the row can be removed.
func TestWhatAMountCannotSee(t *testing.T) {
	t.Parallel()
	tests, rows := limits(), groupsTable(t, "What a Mount cannot see")
	assert.Len(t, rows, len(tests))
	for _, row := range rows {
		name := row[0] + ": " + row[1]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, tests, name, "the row has no test")
			tests[name](t)
		})
	}
}

// readable returns the origins that may read what h answers.
func readable(h http.Handler, method, path string, origins ...string) (allowed string) {
	for _, origin := range origins {
		r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
		r.Header.Set("Origin", origin)
		if method == http.MethodOptions {
			r.Header.Set("Access-Control-Request-Method", http.MethodPut)
		}
		h.ServeHTTP(w, r)
		allowed += w.Header().Get("Access-Control-Allow-Origin")
	}
	return allowed
}

func says(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello\n")) }

func limits() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"all: install two Mounts on one router": func(t *testing.T) {
			mux := http.NewServeMux()
			outer, inner := corshttp.NewMount(mux, policy), corshttp.NewMount(mux, adminPolicy)
			inner.HandleFunc("PUT /x", says)
			inner.HandleFunc("GET /x", says)
			h := outer.Middleware()(inner.Middleware()(mux))
			assert.Equal(t, admin, readable(h, "GET", "/x", page, admin))
			assert.Equal(t, page, readable(h, "OPTIONS", "/x", page, admin))
		},
		"gin: change `c.Request.Method` in middleware before the Mount": func(t *testing.T) {
			r := gin.New()
			m := corsgin.NewMount(r, policy)
			r.Use(func(c *gin.Context) { c.Request.Method = http.MethodPut }, m.Middleware())
			r.GET("/x", gin.WrapF(says))
			r.PUT("/x", gin.WrapF(says))
			require.NoError(t, m.Route("PUT", "/x", adminPolicy))
			require.NoError(t, m.Check())
			assert.Equal(t, admin, readable(r, "GET", "/x", page, admin))
			override := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.Method = http.MethodGet
					next.ServeHTTP(w, r)
				})
			}
			plain := gin.New()
			m = corsgin.NewMount(plain, policy)
			plain.Use(m.Middleware())
			plain.GET("/x", gin.WrapF(says))
			plain.POST("/x", gin.WrapF(says))
			require.NoError(t, m.Route("POST", "/x", adminPolicy))
			assert.Equal(t, page, readable(override(plain), "POST", "/x", page, admin))
		},
		"gin, echo: change the path in Use before the Mount": func(t *testing.T) {
			replaced := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.URL.Path = "/admin/x"
					next.ServeHTTP(w, r)
				})
			}
			engineBehind := func(before ...gin.HandlerFunc) *gin.Engine {
				r := gin.New()
				m := corsgin.NewMount(r, policy)
				r.Use(append(before, m.Middleware())...)
				r.PUT("/x", gin.WrapF(says))
				r.PUT("/admin/x", gin.WrapF(says))
				require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
				return r
			}
			inUse := engineBehind(func(c *gin.Context) { c.Request.URL.Path = "/admin/x" })
			engine := engineBehind()
			echoBehind := func(in func(*echo.Echo) func(...echo.MiddlewareFunc)) http.Handler {
				e := echo.New()
				m := corsecho.NewMount(e, policy)
				in(e)(echo.WrapMiddleware(replaced))
				e.Use(m.Middleware())
				e.PUT("/x", echo.WrapHandler(http.HandlerFunc(says)))
				e.PUT("/admin/x", echo.WrapHandler(http.HandlerFunc(says)))
				require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
				return e
			}
			echoV5Behind := func(in func(*echov5.Echo) func(...echov5.MiddlewareFunc)) http.Handler {
				e := echov5.New()
				m := corsechov5.NewMount(e, policy)
				in(e)(echov5.WrapMiddleware(replaced))
				e.Use(m.Middleware())
				e.PUT("/x", echov5.WrapHandler(http.HandlerFunc(says)))
				e.PUT("/admin/x", echov5.WrapHandler(http.HandlerFunc(says)))
				require.NoError(t, errors.Join(m.Group("/admin", adminPolicy), m.Check()))
				return e
			}
			use := func(e *echo.Echo) func(...echo.MiddlewareFunc) { return e.Use }
			pre := func(e *echo.Echo) func(...echo.MiddlewareFunc) { return e.Pre }
			useV5 := func(e *echov5.Echo) func(...echov5.MiddlewareFunc) { return e.Use }
			preV5 := func(e *echov5.Echo) func(...echov5.MiddlewareFunc) { return e.Pre }
			for _, h := range []http.Handler{inUse, echoBehind(use), echoV5Behind(useV5)} {
				assert.Equal(t, page, readable(h, "PUT", "/x", page, admin))
				assert.Equal(t, admin, readable(h, "OPTIONS", "/x", page, admin))
			}
			for _, h := range []http.Handler{replaced(engine), echoBehind(pre), echoV5Behind(preV5)} {
				assert.Equal(t, admin, readable(h, "PUT", "/x", page, admin))
				assert.Equal(t, admin, readable(h, "OPTIONS", "/x", page, admin))
			}
		},
		"echo v4: call `c.SetPath(\"/admin/x\")` in Use before the Mount": func(t *testing.T) {
			for before, want := range map[bool]string{true: admin, false: page} {
				e := echo.New()
				m := corsecho.NewMount(e, policy)
				e.GET("/x", echo.WrapHandler(http.HandlerFunc(says)))
				e.GET("/admin/x", echo.WrapHandler(http.HandlerFunc(says)))
				require.NoError(t, m.Group("/admin", adminPolicy))
				set := func(next echo.HandlerFunc) echo.HandlerFunc {
					return func(c echo.Context) error {
						if before {
							c.SetPath("/admin/x")
						}
						return next(c)
					}
				}
				e.Use(set, m.Middleware())
				require.NoError(t, m.Check())
				assert.Equal(t, want, readable(e, "GET", "/x", page, admin))
			}
		},
		"echo v4: route again to the same pattern, by another method: `e.Router().Find(\"PUT\", \"/x\", c)`": func(t *testing.T) {
			for again, want := range map[string]string{"Find": page, "ServeHTTP": admin} {
				e := echo.New()
				m := corsecho.NewMount(e, policy)
				require.NoError(t, m.Route("PUT", "/x", adminPolicy))
				e.Use(m.Middleware())
				e.PUT("/x", echo.WrapHandler(http.HandlerFunc(says)))
				e.GET("/x", func(c echo.Context) error {
					if again == "Find" {
						e.Router().Find("PUT", "/x", c)
						return c.Handler()(c)
					}
					again := c.Request().Clone(c.Request().Context())
					again.Method = http.MethodPut
					e.ServeHTTP(c.Response(), again)
					return nil
				})
				require.NoError(t, m.Check())
				assert.Equal(t, want, readable(e, "GET", "/x", page, admin), again)
			}
		},
		"fiber: register a route while the application serves": func(t *testing.T) {
			app := fiber.New()
			m := corsfiberv3.NewMount(app, policy)
			app.Use(m.Middleware())
			app.Get("/admin/x", func(c fiber.Ctx) error { return c.SendString("x") })
			require.NoError(t, m.Group("/admin", adminPolicy))
			require.NoError(t, m.Check())
			ask := func() (status int, allowed string) {
				r := httptest.NewRequest(http.MethodGet, "/admin/late", nil)
				r.Header.Set("Origin", admin)
				got, err := app.Test(r)
				require.NoError(t, err)
				require.NoError(t, got.Body.Close())
				return got.StatusCode, got.Header.Get("Access-Control-Allow-Origin")
			}
			status, allowed := ask()
			assert.Equal(t, http.StatusNotFound, status)
			assert.Equal(t, admin, allowed)
			app.Get("/admin/late", func(c fiber.Ctx) error { return c.SendString("late") })
			app.RebuildTree()
			assert.Eventually(t, func() bool {
				status, allowed := ask()
				return status == http.StatusOK && allowed == admin
			}, 10*time.Second, 10*time.Millisecond)
		},
		"net/http: route again with a request of another context, and a writer without Unwrap that has a header of its own": func(t *testing.T) {
			for of, want := range map[string]string{"another": page, "shared header": "", "own": admin} {
				mux := http.NewServeMux()
				m := corshttp.NewMount(mux, policy)
				m.HandleFunc("GET /admin/x", says)
				m.HandleFunc("GET /x", func(w http.ResponseWriter, r *http.Request) {
					request, apart := r.Clone(context.Background()), httptest.NewRecorder()
					if of == "own" {
						request = r.Clone(r.Context())
					}
					request.URL.Path = "/admin/x"
					if of != "another" {
						mux.ServeHTTP(struct{ http.ResponseWriter }{w}, request)
						return
					}
					mux.ServeHTTP(apart, request)
					_, _ = apart.Body.WriteTo(w)
				})
				require.NoError(t, m.Group("/admin", adminPolicy))
				require.NoError(t, m.Check())
				assert.Equal(t, want, readable(m.Middleware()(mux), "GET", "/x", page, admin), of)
			}
		},
	}
}
