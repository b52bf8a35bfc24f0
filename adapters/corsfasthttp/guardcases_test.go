package corsfasthttp_test

import (
	"slices"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

// start serves handler behind New. It is a corsfasthttptest.StartHandler.
func start(tb testing.TB, d cors.Decider, handler fasthttp.RequestHandler, opts ...cors.Option) string {
	tb.Helper()
	return corsfasthttptest.ServeHandler(tb, corsfasthttp.New(d, opts...)(handler))
}

func TestGuardCases(t *testing.T) {
	t.Parallel()
	corsfasthttptest.GuardCases(t, start)
	corsfasthttptest.GuardTrailers(t, start)
}

// TestGuardOfPreflight: CORS headers that outer middleware has set are not in the answer to
// a preflight, in any spelling.
func TestGuardOfPreflight(t *testing.T) {
	t.Parallel()
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	for _, mode := range []cors.GuardMode{cors.PolicyWins, cors.HandlerWins} {
		handler := corsfasthttp.New(policy, cors.Guard(mode))(func(*fasthttp.RequestCtx) { t.Error("the handler runs") })
		for _, origin := range []string{"https://app.example.com", "https://other.example"} {
			var c fasthttp.RequestCtx
			c.Request.Header.SetMethod(fasthttp.MethodOptions)
			c.Request.Header.Set("Origin", origin)
			c.Request.Header.Set("Access-Control-Request-Method", "PUT")
			c.Response.Header.DisableNormalizing()
			c.Response.Header.Set("access-control-allow-origin", "*")
			c.Response.Header.Set("Access-Control-Allow-Credentials", "true")
			c.Response.Header.Set("Access-Control-Expose-Headers", "x-outside")
			handler(&c)
			var got, want []string
			for key, value := range c.Response.Header.All() {
				if name := string(key); name != "Content-Type" {
					got = append(got, name+": "+string(value))
				}
			}
			d := policy.Decide(t.Context(), cors.Request{Method: fasthttp.MethodOptions, Origin: origin, RequestMethod: "PUT"})
			for name, value := range d.Headers() {
				want = append(want, name+": "+value)
			}
			if !slices.Equal(got, want) {
				t.Errorf("mode %d, %s: got %q, want %q", mode, origin, got, want)
			}
		}
	}
}
