package corschi_test

import (
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// A nil argument panics at start, and the message says what to write.
func TestNil(t *testing.T) {
	t.Parallel()
	policy := corshttptest.Policy("whole")
	corshttptest.Panics(t, map[string]func(){
		"corschi.NewMount: the router is nil; pass chi.NewRouter()":                                                    func() { corschi.NewMount((*chi.Mux)(nil), policy) },
		"corschi.New: the handler inside is nil; pass the application's handler, or http.DefaultServeMux":              func() { corschi.New(policy)(nil) },
		"corschi.Mount.Middleware: the handler inside is nil; pass the application's handler, or http.DefaultServeMux": func() { corschi.NewMount(chi.NewRouter(), policy).Middleware()(nil) },
	})
}
