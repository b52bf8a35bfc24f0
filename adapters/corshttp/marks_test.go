package corshttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// A route that is served without its Mount leaves nothing in the header for one, since no
// pass can be around the writer of a server. Middleware that reads the first value of each
// field would panic.
func TestMountMarksNoResponseOfAServer(t *testing.T) {
	t.Parallel()
	for _, version := range []int{1, 2} {
		mux, m := newMount()
		m.HandleFunc("GET /open", update)
		corshttptest.Must(t, m.Check())
		if got := corshttptest.DecidedBy(t, m, http.MethodGet, "/open"); got != "whole" {
			t.Fatalf("through the Mount: decided by %q", got)
		}
		var hidden, seen bool
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hidden {
				w = struct{ http.ResponseWriter }{w}
			} else {
				w = unwrapping{w}
			}
			mux.ServeHTTP(w, r)
			seen = false
			for _, values := range w.Header() {
				seen = seen || len(values) == 0
			}
		}))
		server.EnableHTTP2 = version == 2
		server.StartTLS()
		t.Cleanup(server.Close)
		for _, hidden = range []bool{false, true} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/open", nil)
			corshttptest.Must(t, err)
			w, err := server.Client().Do(r)
			corshttptest.Must(t, err)
			corshttptest.Must(t, w.Body.Close())
			if w.ProtoMajor != version || seen != hidden {
				t.Errorf("HTTP/%d, a writer hides: %t; a field without a value: %t", w.ProtoMajor, hidden, seen)
			}
		}
	}
}
