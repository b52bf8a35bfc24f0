package corshttp_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// TestNestedPasses: if several layers are around one handler, the innermost one decides.
// The response has its headers, each with its own value. If no page may read through a
// Mount, no page may read through a Mount inside it either.
func TestNestedPasses(t *testing.T) {
	t.Parallel()
	const own, other = "https://own.example", "https://other.example"
	policyOf := func(origin string, credentials bool) *cors.Policy {
		return cors.MustCompile(cors.Config{AllowOrigins: []string{origin}, AllowCredentials: credentials, ExposeHeaders: []string{"x-" + origin[8:11]}})
	}
	layers := map[string]func(p *cors.Policy, next http.Handler, broken bool) http.Handler{
		"New": func(p *cors.Policy, next http.Handler, _ bool) http.Handler { return corshttp.New(p)(next) },
		"a guarded New": func(p *cors.Policy, next http.Handler, _ bool) http.Handler {
			return corshttp.New(p, cors.Guard(cors.PolicyWins))(next)
		},
		"a Mount": func(p *cors.Policy, next http.Handler, broken bool) http.Handler {
			mux := http.NewServeMux()
			m := corshttp.NewMount(mux, p)
			m.Handle("/", next)
			if broken {
				if err := m.Group("/nowhere", p); err != nil {
					t.Fatal(err)
				}
			}
			return m.Middleware()(mux)
		},
	}
	for outer, wrapOuter := range layers {
		for inner, wrapInner := range layers {
			for _, credentials := range []bool{false, true} {
				for _, broken := range []bool{false, outer == "a Mount"} {
					write := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello\n")) })
					h := wrapOuter(policyOf(other, !credentials), wrapInner(policyOf(own, credentials), write, false), broken)
					r, w := httptest.NewRequest(http.MethodGet, "/x", nil), httptest.NewRecorder()
					r.Header.Set("Origin", own)
					h.ServeHTTP(w, r)
					want := http.Header{"Access-Control-Allow-Origin": {own}, "Access-Control-Expose-Headers": {"x-own"}}
					if credentials {
						want["Access-Control-Allow-Credentials"] = []string{"true"}
					}
					if broken {
						want = http.Header{}
					}
					got := w.Result().Header
					for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Allow-Credentials"} {
						if !slices.Equal(got[name], want[name]) {
							t.Errorf("%s in %s, credentials %t, broken %t: %s is %q, want %q", inner, outer, credentials, broken, name, got[name], want[name])
						}
					}
					if vary := slices.Compact(slices.Clone(got["Vary"])); !slices.Equal(vary, []string{"Origin"}) {
						t.Errorf("%s in %s, credentials %t, broken %t: Vary is %q", inner, outer, credentials, broken, got["Vary"])
					}
				}
			}
		}
	}
}
