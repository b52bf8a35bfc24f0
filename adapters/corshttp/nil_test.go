package corshttp_test

import (
	"net/http"
	"testing"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// A nil argument panics at start, and the message says what to write.
func TestNil(t *testing.T) {
	t.Parallel()
	policy := corshttptest.Policy("whole")
	corshttptest.Panics(t, map[string]func(){
		"corshttp.NewMount: the ServeMux is nil; pass http.NewServeMux(), or http.DefaultServeMux":                      func() { corshttp.NewMount(nil, policy) },
		"corshttp.New: the handler inside is nil; pass the application's handler, or http.DefaultServeMux":              func() { corshttp.New(policy)((*http.ServeMux)(nil)) },
		"corshttp.Mount.Middleware: the handler inside is nil; pass the application's handler, or http.DefaultServeMux": func() { corshttp.NewMount(http.NewServeMux(), policy).Middleware()(http.HandlerFunc(nil)) },
	})
}
