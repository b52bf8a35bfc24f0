package corsfasthttptest

import (
	"fmt"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// Misuse checks that arguments that make no sense panic at start with the name of caller,
// and that a nil *cors.Policy does not. construct makes the middleware. If mount is true,
// it makes a Mount, which has all options.
func Misuse(t *testing.T, caller string, mount bool, construct func(d cors.Decider, opts ...cors.Option)) {
	t.Helper()
	var off *cors.Policy
	guard := cors.Guard(cors.PolicyWins)
	var tally cors.Tally
	for name, tt := range map[string]struct {
		d     cors.Decider
		opts  []cors.Option
		valid bool
	}{
		"nil":               {nil, nil, false},
		"a nil *Policy":     {off, nil, true},
		"a nil *Live":       {(*cors.Live)(nil), nil, false},
		"a nil *Routes":     {(*cors.Routes)(nil), nil, false},
		"an empty Live":     {new(cors.Live), nil, true},
		"a Guard":           {off, []cors.Option{guard}, true},
		"two Guards":        {off, []cors.Option{guard, guard}, false},
		"RouteMethods":      {off, []cors.Option{cors.RouteMethods()}, mount},
		"Around":            {off, []cors.Option{cors.Around(tally.Of)}, mount},
		"no option":         {off, []cors.Option{{}}, false},
		"Around that loses": {off, []cors.Option{cors.Around(func(cors.Decider) cors.Decider { return nil })}, false},
	} {
		said := panics(func() { construct(tt.d, tt.opts...) })
		if tt.valid != (said == "") || said != "" && !strings.HasPrefix(said, caller) {
			t.Errorf("%s with %s: panics with %q, want a panic: %t", caller, name, said, !tt.valid)
		}
	}
}

// Panics checks that f panics with the text.
func Panics(t *testing.T, want string, f func()) {
	t.Helper()
	if got := panics(f); got != want {
		t.Errorf("the panic is %q, want %q", got, want)
	}
}

// panics returns the value that f panics with, or "".
func panics(f func()) (said string) {
	defer func() {
		if v := recover(); v != nil {
			said = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}
