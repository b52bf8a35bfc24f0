package corsfasthttptest

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

const pageOrigin = "https://app.example.com"

var pagePolicy = cors.MustCompile(cors.Config{AllowOrigins: []string{pageOrigin}, AllowCredentials: true, ExposeHeaders: []string{"x-own"}})

// GuardTrailers checks that with a guard no header of the policy becomes a trailer, since
// browsers do not read trailers. Other trailers stay.
func GuardTrailers(t *testing.T, start StartHandler) {
	t.Helper()
	upstream := Upstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "Vary, Access-Control-Allow-Origin, X-Sum")
		_, _ = io.WriteString(w, "hello\n")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Vary", "Accept-Encoding")
		w.Header().Set("X-Sum", "1")
	})
	stream := func(w *bufio.Writer) { _, _ = w.WriteString("hello\n") }
	for name, handler := range map[string]fasthttp.RequestHandler{
		"an upstream's trailers": func(c *fasthttp.RequestCtx) {
			fetch(c, upstream)
			c.SetBodyStreamWriter(stream)
		},
		"a handler's trailers": func(c *fasthttp.RequestCtx) {
			_ = c.Response.Header.SetTrailer("Vary, X-Sum, Access-Control-Allow-Origin, Access-Control-Allow-Credentials")
			c.Response.Header.Set("X-Sum", "1")
			c.SetBodyStreamWriter(stream)
		},
		"trailers in lower case": func(c *fasthttp.RequestCtx) {
			c.Response.Header.DisableNormalizing()
			_ = c.Response.Header.SetTrailer("vary, X-Sum, access-control-allow-origin")
			c.Response.Header.Set("access-control-allow-origin", "*")
			c.Response.Header.Set("vary", "Accept-Encoding")
			c.Response.Header.Set("X-Sum", "1")
			c.Response.Header.EnableNormalizing()
			c.SetBodyStreamWriter(stream)
		},
	} {
		for _, mode := range []cors.GuardMode{cors.PolicyWins, cors.HandlerWins} {
			t.Run(name+", "+mode.String(), func(t *testing.T) {
				t.Parallel()
				w := Get(t, start(t, pagePolicy, handler, cors.Guard(mode)), "/", pageOrigin)
				for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Vary", "X-Sum"} {
					if trailer := w.Trailer[name]; (len(trailer) > 0) != (name == "X-Sum") {
						t.Errorf("the trailer %s has the values %q", name, trailer)
					}
				}
				origins := w.Header["Access-Control-Allow-Origin"]
				if len(origins) != 1 || mode == cors.PolicyWins && origins[0] != pageOrigin {
					t.Errorf("the head has Access-Control-Allow-Origin %q", origins)
				}
				if names := strings.Split(strings.ReplaceAll(strings.Join(w.Header["Vary"], ","), " ", ""), ","); !slices.Contains(names, "Origin") {
					t.Errorf("the head has Vary %q", names)
				}
			})
		}
	}
}
