package contain_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/crossgate/cors/core/internal/contain"
)

// recursive is an error whose text panics with itself.
type recursive struct{}

func (recursive) Error() string { panic(recursive{}) }

type panics struct{}

func (panics) String() string { panic("no text") }

func TestText(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"down": errors.New("down"), "no map": "no map", "<nil>": (*fs.PathError)(nil), "%!v(PANIC=String method: no text)": panics{},
		"a value of type contain_test.recursive, whose text cannot be read": recursive{},
	} {
		if got := contain.Text(v); got != want {
			t.Errorf("the text is %q, want %q", got, want)
		}
	}
}

// A callback may panic with any value, and Text does not panic.
func TestPanicOfAnyValue(t *testing.T) {
	t.Parallel()
	for _, v := range []any{"a text", (*fs.PathError)(nil), panics{}, recursive{}} {
		func() {
			var r contain.Reporter
			defer r.Panic("a callback panicked (this line is expected)")
			panic(v)
		}()
	}
}
