package corschi_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// The names that passes use to tell each other something in the header are never sent,
// however outer middleware copies the header.
func TestMountOnTheWire(t *testing.T) {
	t.Parallel()
	for name, copied := range map[string]func(to, from http.Header){
		"by key": func(to, from http.Header) { maps.Copy(to, from) },
		"cloned": func(to, from http.Header) { maps.Copy(to, from.Clone()) },
		"by Get": func(to, from http.Header) {
			for field := range from {
				to.Set(field, from.Get(field))
			}
		},
	} {
		sub, root := chi.NewRouter(), chi.NewRouter()
		m := corschi.NewMount(sub, corshttptest.Policy("whole"))
		root.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				recorded := httptest.NewRecorder()
				next.ServeHTTP(recorded, r)
				copied(w.Header(), recorded.Header())
			})
		})
		sub.Use(m.Middleware())
		sub.Get("/x", update)
		root.Mount("/sub", sub)
		for _, version := range []int{1, 2} {
			s := httptest.NewUnstartedServer(root)
			s.EnableHTTP2 = version == 2
			s.StartTLS()
			t.Cleanup(s.Close)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/sub/x", nil)
			corshttptest.Must(t, err)
			r.Header.Set("Origin", corshttptest.Origin("whole"))
			w, err := s.Client().Do(r)
			corshttptest.Must(t, err)
			corshttptest.Must(t, w.Body.Close())
			if w.ProtoMajor != version || w.Header.Get("Access-Control-Allow-Origin") != corshttptest.Origin("whole") || w.Header.Get("Vary") != "Origin" {
				t.Errorf("%s, HTTP/%d: %v", name, w.ProtoMajor, w.Header)
			}
			for field := range w.Header {
				if strings.Contains(strings.ToLower(field), "crossgate") {
					t.Errorf("%s, HTTP/%d: the response has %q", name, w.ProtoMajor, field)
				}
			}
		}
	}
}
