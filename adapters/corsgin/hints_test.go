package corsgin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	cors "github.com/crossgate/cors/core"
)

// gin takes a 1xx for the final head. The final head is guarded too, whatever sends it.
func TestGuardAfterInformational(t *testing.T) {
	t.Parallel()
	installs := map[string]func(*gin.Engine) gin.HandlerFunc{
		"New": func(*gin.Engine) gin.HandlerFunc {
			return corsgin.New(corshttptest.Policy("whole"), cors.Guard(cors.PolicyWins))
		},
		"NewMount": func(e *gin.Engine) gin.HandlerFunc {
			return corsgin.NewMount(e, corshttptest.Policy("whole")).Middleware()
		},
	}
	ends := map[string]gin.HandlerFunc{
		"String":          func(c *gin.Context) { c.String(http.StatusOK, "hello") },
		"Write":           func(c *gin.Context) { _, _ = c.Writer.Write([]byte("hello")) },
		"WriteString":     func(c *gin.Context) { _, _ = io.WriteString(c.Writer, "hello") },
		"Flush":           func(c *gin.Context) { c.Writer.Flush() },
		"nothing":         func(*gin.Context) {},
		"Status":          func(c *gin.Context) { c.Status(http.StatusNoContent) },
		"WriteHeaderNow":  func(c *gin.Context) { c.Writer.WriteHeaderNow() },
		"the same twice":  func(c *gin.Context) { c.Writer.WriteHeader(http.StatusEarlyHints); c.Writer.WriteHeaderNow() },
		"AbortWithStatus": func(c *gin.Context) { c.AbortWithStatus(http.StatusTeapot) },
	}
	for name, install := range installs {
		for end, handler := range ends {
			for _, now := range []bool{true, false} { // gin may send a 1xx later, with the first write
				e := gin.New()
				e.Use(install(e))
				e.GET("/x", func(c *gin.Context) {
					c.Header("Link", "</app.css>; rel=preload")
					c.Writer.WriteHeader(http.StatusEarlyHints)
					if now {
						c.Writer.WriteHeaderNow()
					}
					c.Header("Access-Control-Allow-Origin", "*")
					handler(c)
				})
				t.Run(name+", "+end, func(t *testing.T) {
					t.Parallel()
					server := httptest.NewServer(e)
					defer server.Close()
					for _, page := range []string{"whole", "other"} {
						r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/x", nil)
						if err != nil {
							t.Fatal(err)
						}
						r.Header.Set("Origin", corshttptest.Origin(page))
						w, err := server.Client().Do(r)
						if err != nil {
							t.Fatal(err)
						}
						_ = w.Body.Close()
						var want []string
						if page == "whole" {
							want = []string{corshttptest.Origin(page)}
						}
						if got := w.Header.Values("Access-Control-Allow-Origin"); !slices.Equal(got, want) {
							t.Errorf("a page of %s: Access-Control-Allow-Origin %q, want %q", page, got, want)
						}
						if vary := strings.Join(w.Header.Values("Vary"), ", "); vary != "Origin" {
							t.Errorf("a page of %s: Vary %q", page, vary)
						}
					}
				})
			}
		}
	}
}

// If a handler passes the request to the engine again, the last route decides, and no
// header is doubled.
func TestMountServesAgain(t *testing.T) {
	t.Parallel()
	e := gin.New()
	m := corsgin.NewMount(e, corshttptest.Policy("whole"))
	e.Use(m.Middleware())
	e.GET("/admin/x", func(c *gin.Context) { c.String(http.StatusOK, "hello") })
	e.GET("/again", func(c *gin.Context) {
		c.Request.URL.Path = "/admin/x"
		e.ServeHTTP(c.Writer, c.Request)
	})
	corshttptest.Must(t, m.Group("/admin", corshttptest.Policy("group")), m.Check())
	corshttptest.Decides(t, e, map[string]string{"GET /again": "group"})
	w := corshttptest.Ask(e, "group", http.MethodGet, "/again")
	if vary := slices.Compact(w.Header.Values("Vary")); !slices.Equal(vary, []string{"Origin"}) {
		t.Errorf("Vary %q", vary)
	}
}
