package corsgin_test

import (
	"testing"

	"github.com/crossgate/cors/adapters/corsgin"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
)

// A nil argument panics at start, and the message says what to write.
func TestNil(t *testing.T) {
	t.Parallel()
	policy := corshttptest.Policy("whole")
	corshttptest.Panics(t, map[string]func(){
		"corsgin.NewMount: the engine is nil; pass gin.New()": func() { corsgin.NewMount(nil, policy) },
	})
}
