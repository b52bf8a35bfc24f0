package corsechov5_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// What is nil is found at start, and the panic says what to write.
func TestNil(t *testing.T) {
	t.Parallel()
	policy := corshttptest.Policy("whole")
	corshttptest.Panics(t, map[string]func(){
		"corsechov5.NewMount: the Echo is nil; pass echo.New()": func() { corsechov5.NewMount(nil, policy) },
	})
}
