package corsechov5_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsechov5"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// A nil argument panics at start, and the message says what to write.
func TestNil(t *testing.T) {
	t.Parallel()
	policy := corshttptest.Policy("whole")
	corshttptest.Panics(t, map[string]func(){
		"corsechov5.NewMount: the Echo is nil; pass echo.New()": func() { corsechov5.NewMount(nil, policy) },
	})
}
