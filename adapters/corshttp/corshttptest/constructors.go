package corshttptest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// Constructors checks which arguments the adapter's New and NewMount accept, and for which
// they panic at start. adapter is its name, such as "corsgin".
func Constructors(t *testing.T, adapter string, newApp New) {
	t.Helper()
	policy := Policy("whole")
	constructors := map[string]func(d cors.Decider, opts ...cors.Option){
		"New":      func(d cors.Decider, opts ...cors.Option) { newApp().Install(d, opts...) },
		"NewMount": func(d cors.Decider, opts ...cors.Option) { newApp().InstallMount(d, opts...) },
	}
	guard, handlers := cors.Guard(cors.PolicyWins), cors.Guard(cors.HandlerWins)
	for _, tt := range []struct {
		name    string
		decider cors.Decider
		opts    []cors.Option
		panics  map[string]bool // by constructor
	}{
		{"nil", nil, nil, both},
		{"a nil *Live", (*cors.Live)(nil), nil, both},
		{"a nil *Routes", (*cors.Routes)(nil), nil, both},
		{"a nil *Policy", (*cors.Policy)(nil), nil, neither},
		{"a Live without a policy", new0[cors.Live](), nil, neither},
		{"a policy", policy, nil, neither},
		{"Guard", policy, []cors.Option{guard}, neither},
		{"Guard twice", policy, []cors.Option{guard, handlers}, both},
		{"the zero Option", policy, []cors.Option{{}}, both},
		{"RouteMethods", policy, []cors.Option{cors.RouteMethods()}, newAlone},
		{"Around", policy, []cors.Option{cors.Around(func(d cors.Decider) cors.Decider { return d })}, newAlone},
		{"all options", policy, []cors.Option{handlers, cors.RouteMethods(), cors.Around(func(d cors.Decider) cors.Decider { return d })}, newAlone},
		{"Around that returns nil", policy, []cors.Option{cors.Around(func(cors.Decider) cors.Decider { return nil })}, both},
	} {
		for name, construct := range constructors {
			text := panicOf(func() { construct(tt.decider, tt.opts...) })
			if panics := text != ""; panics != tt.panics[name] {
				t.Errorf("%s with %s: panic %q, want one: %t", name, tt.name, text, tt.panics[name])
			} else if panics && !strings.HasPrefix(text, adapter+"."+name+":") {
				t.Errorf("%s with %s: the panic %q does not name %s.%s", name, tt.name, text, adapter, name)
			}
		}
	}
	switchesOff(t, newApp)
}

var both, neither, newAlone = map[string]bool{"New": true, "NewMount": true}, map[string]bool{}, map[string]bool{"New": true}

func new0[T any]() *T { return new(T) }

// Panics checks that each call panics with the text.
func Panics(t *testing.T, calls map[string]func()) {
	t.Helper()
	for want, call := range calls {
		if got := panicOf(call); got != want {
			t.Errorf("panic: %s, want %s", got, want)
		}
	}
}

func panicOf(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

// switchesOff checks the documented way to switch CORS off.
func switchesOff(t *testing.T, newApp New) {
	t.Helper()
	var policy *cors.Policy // nil: no CORS
	for name, install := range map[string]func(App){
		"New":      func(app App) { app.Install(policy) },
		"guarded":  func(app App) { app.Install(policy, cors.Guard(cors.PolicyWins)) },
		"NewMount": func(app App) { app.InstallMount(policy) },
	} {
		app := newApp()
		install(app)
		app.Handle(http.MethodGet, "/", Named("hello"))
		for _, method := range []string{"GET", "preflight PUT", "POST"} {
			w := Ask(app, "whole", method, "/")
			for field := range w.Header {
				if strings.HasPrefix(field, "Access-Control-") || field == "Vary" {
					t.Errorf("%s, CORS switched off: the response to %s has %s", name, method, field)
				}
			}
			if method == "GET" && w.StatusCode != http.StatusOK {
				t.Errorf("%s, CORS switched off: status %d", name, w.StatusCode)
			}
		}
	}
}
