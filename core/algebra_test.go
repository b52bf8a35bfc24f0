package cors_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// strange is a wrapper that implements Decider and no optional interface.
type strange struct{ of cors.Decider }

func (s strange) Decide(ctx context.Context, r cors.Request) cors.Decision {
	return s.of.Decide(ctx, r)
}

// rest is a framework's request, for DecideTo. It counts how often it was read.
type rest struct {
	host, path, site string
	ctx              context.Context
	reads            int
}

func (r *rest) Context() context.Context { return r.ctx }

func (r *rest) Metadata() (host, path, fetchSite string) {
	r.reads++
	return r.host, r.path, r.site
}

// towers returns wrappers that must not change what d decides.
func towers(d cors.Decider) map[string]cors.Decider {
	ignore := func(cors.Request, cors.Decision) {}
	ignore3 := func(cors.Request, cors.Decision, cors.Decision) {}
	none := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://nobody.invalid"}})
	return map[string]cors.Decider{
		"observed":               cors.Observe(d, ignore),
		"shadowed":               cors.Shadow(d, none, ignore3),
		"counted":                new(cors.Tally).Of(d),
		"a stranger's":           strange{d},
		"all four":               cors.Observe(cors.Shadow(new(cors.Tally).Of(strange{d}), none, ignore3), ignore),
		"a counted stranger's":   new(cors.Tally).Of(strange{d}),
		"an observer that fails": cors.Observe(d, func(cors.Request, cors.Decision) { panic("observer") }),
		"a shadow that fails":    cors.Shadow(d, failing{}, ignore3),
		"a report that fails":    cors.Shadow(d, none, func(cors.Request, cors.Decision, cors.Decision) { panic("report") }),
	}
}

type failing struct{}

func (failing) Decide(context.Context, cors.Request) cors.Decision { panic("candidate") }

// TestWrappersChangeNothing compares the headers and the status of each tower with those of
// what it wraps, by DecideTo and after KeepMethods, as adapters use them.
func TestWrappersChangeNothing(t *testing.T) {
	discardLogs(t)
	key := struct{ string }{"tenant"}
	ctx := context.WithValue(t.Context(), key, app)
	deciders := map[string]cors.Decider{
		"listed":    compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT", "DELETE", "PATCH"}, VaryBy: []string{"X-A"}}),
		"any":       compile(t, cors.AllowAll()),
		"any names": compile(t, cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}}),
		"enforcing": compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll}),
		"asked": compile(t, cors.Config{AllowOriginFunc: func(ctx context.Context, r cors.Request, o cors.Origin) (bool, error) {
			if r.Path == "/fails" {
				return true, errors.New("no answer")
			}
			return ctx.Value(key) == o.String() && r.Host == "api.example.net", nil
		}}),
	}
	for name, d := range deciders {
		live := new(cors.Live)
		live.Store(d.(*cors.Policy))
		all := towers(d)
		all["live"] = live
		all["a counted live"] = new(cors.Tally).Of(live)
		for tower, wrapped := range all {
			for _, origin := range []string{"", app, evil, "null", "https://a.example/"} {
				for _, method := range []string{"GET", "POST", "OPTIONS"} {
					for _, requested := range []string{"", "PUT", "PURGE", "A B"} {
						for _, where := range []rest{{host: "api.example.net", path: "/x"}, {host: "app.example.com", path: "/fails", site: "same-origin"}, {path: "/", site: "cross-site"}} {
							where.ctx = ctx
							decide := func(d cors.Decider, keep bool) string {
								r, from, out := cors.Request{Method: method, Origin: origin, RequestMethod: requested}, where, cors.Decision{}
								cors.DecideTo(&out, d, &r, &from)
								if keep {
									out.KeepMethods(func(method string) bool { return method == "PUT" || method == "PURGE" })
								}
								return fmt.Sprint(wire(out), out.Err())
							}
							for _, keep := range []bool{false, true} {
								if got, want := decide(wrapped, keep), decide(d, keep); got != want {
									t.Fatalf("%s, %s: %s %q for %q at %+v, methods kept: %t\ngot\n%s\nwant\n%s", name, tower, method, origin, requested, where, keep, got, want)
								}
							}
						}
					}
				}
			}
		}
	}
}

// TestMetadataOfThePolicyInForce: if the policy is replaced between NeedsMetadata and the
// decision, the decision still has the metadata.
func TestMetadataOfThePolicyInForce(t *testing.T) {
	t.Parallel()
	live := new(cors.Live)
	live.Store(compile(t, cors.Config{AllowOrigins: []string{app}}))
	enforcing := compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll})
	d := swapping{live, func() { live.Store(enforcing) }}
	r, from, out := cors.Request{Method: "POST", Origin: evil}, &rest{host: "api.example.net", site: "same-origin", ctx: t.Context()}, cors.Decision{}
	cors.DecideTo(&out, d, &r, from)
	if out.Status() != 0 || from.reads != 1 {
		t.Errorf("a same-origin request gets %d; metadata read %d times", out.Status(), from.reads)
	}
	r, from, out = cors.Request{Method: "GET", Origin: app}, &rest{ctx: t.Context()}, cors.Decision{}
	live.Store(compile(t, cors.Config{AllowOrigins: []string{app}}))
	cors.DecideTo(&out, live, &r, from)
	if out.Reason() != cors.Allowed || from.reads != 0 {
		t.Errorf("%v; metadata that no policy needs read %d times", out.Reason(), from.reads)
	}
}

// TestMetadataIsReadWhereItIsNeeded: reading metadata costs time, so no decision reads
// metadata that it does not use, and none reads it twice.
func TestMetadataIsReadWhereItIsNeeded(t *testing.T) {
	t.Parallel()
	unsafe := compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceUnsafe})
	asked := compile(t, cors.Config{
		AllowOrigins: []string{app}, Enforce: cors.EnforceAll,
		AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, nil },
	})
	for name, tt := range map[string]struct {
		policy *cors.Policy
		r      cors.Request
		reads  int
	}{
		"a safe method":                       {unsafe, get(evil), 0},
		"an unsafe method, allowed":           {unsafe, cors.Request{Method: "POST", Origin: app}, 0},
		"an unsafe method, not allowed":       {unsafe, cors.Request{Method: "POST", Origin: evil}, 1},
		"a safe method without an Origin":     {unsafe, cors.Request{Method: "GET"}, 0},
		"an unsafe method without an Origin":  {unsafe, cors.Request{Method: "POST"}, 1},
		"a preflight":                         {unsafe, ask(evil, "PUT", ""), 0},
		"a function that is not asked":        {asked, get(app), 0},
		"a function that is asked, enforcing": {asked, get(evil), 1},
		"a function that a preflight asks":    {asked, ask(evil, "PUT", ""), 1},
	} {
		live := new(cors.Live)
		live.Store(tt.policy)
		for wrapped, d := range map[string]cors.Decider{"as it is": tt.policy, "live": live, "counted": new(cors.Tally).Of(tt.policy)} {
			r, from, out := tt.r, &rest{host: "api.example.net", site: "cross-site", ctx: t.Context()}, cors.Decision{}
			cors.DecideTo(&out, d, &r, from)
			if from.reads != tt.reads {
				t.Errorf("%s, %s: metadata read %d times, want %d", name, wrapped, from.reads, tt.reads)
			}
		}
	}
}

// swapping swaps the policy before each decision.
type swapping struct {
	of   cors.Decider
	swap func()
}

func (s swapping) NeedsMetadata() bool { return cors.NeedsMetadata(s.of) }

func (s swapping) Decide(ctx context.Context, r cors.Request) cors.Decision {
	s.swap()
	return s.of.Decide(ctx, r)
}

// TestObserversMayKeepLateMetadata: the copy of a Request contains metadata that was not
// read yet.
func TestObserversMayKeepLateMetadata(t *testing.T) {
	t.Parallel()
	var kept cors.Request
	inner := cors.Observe(compile(t, cors.Config{AllowOrigins: []string{app}}), func(r cors.Request, _ cors.Decision) { kept = r })
	r, from, out := cors.Request{Method: "GET", Origin: app}, &rest{host: "h", path: "/p", site: "none", ctx: t.Context()}, cors.Decision{}
	cors.DecideTo(&out, swapping{modest{inner}, func() {}}, &r, from)
	if kept.Host != "h" || kept.Path != "/p" || kept.FetchSite != "none" {
		t.Errorf("kept %+v", kept)
	}
}

// modest is a wrapper that says that it needs no metadata.
type modest struct{ cors.Decider }

func (modest) NeedsMetadata() bool { return false }

func TestKeepMethods(t *testing.T) {
	t.Parallel()
	listed := compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT", "DELETE", "HEAD"}, AllowHeaders: []string{"x-a"}})
	anyMethod := compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"*"}})
	withCookies := compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"*"}, AllowCredentials: true})
	for _, tt := range []struct {
		name   string
		d      cors.Decider
		method string
		keep   []string // what each call of KeepMethods keeps, separated by spaces
		want   string
	}{
		{"some of a list", listed, "PUT", []string{"PUT PATCH"}, "PUT"},
		{"HEAD if it is listed", listed, "PUT", []string{"HEAD PUT"}, "HEAD, PUT"},
		{"none", listed, "PUT", []string{""}, ""},
		{"again", listed, "PUT", []string{"PUT DELETE", "DELETE HEAD"}, "DELETE"},
		{"again, none", listed, "PUT", []string{"PUT", "DELETE"}, ""},
		{"of *, the common ones", anyMethod, "PUT", []string{"GET HEAD PUT DELETE LINK"}, "DELETE, PUT"},
		{"of *, what is asked for", anyMethod, "PURGE", []string{"PUT PURGE"}, "PURGE, PUT"},
		{"of * with credentials", withCookies, "PURGE", []string{"PUT PURGE"}, "PURGE, PUT"},
		{"of * with credentials, again", withCookies, "PURGE", []string{"PUT PURGE", "PURGE"}, "PURGE"},
		{"a method that no policy allows", withCookies, "TRACE", []string{"PUT TRACE"}, ""},
	} {
		d := tt.d.Decide(t.Context(), ask(app, tt.method, ""))
		before := wire(tt.d.Decide(t.Context(), ask(app, "PUT", "")))
		for _, keep := range tt.keep {
			d.KeepMethods(func(method string) bool { return slices.Contains(strings.Fields(keep), method) })
		}
		got := ""
		for name, value := range d.Headers() {
			if name == "Access-Control-Allow-Methods" {
				got = value
			}
		}
		if got != tt.want {
			t.Errorf("%s: kept %q, want %q", tt.name, got, tt.want)
		}
		if after := wire(tt.d.Decide(t.Context(), ask(app, "PUT", ""))); after != before {
			t.Errorf("%s: the policy now decides\n%s\nwant\n%s", tt.name, after, before)
		}
	}
	for _, r := range []cors.Request{{Method: "GET"}, get(app), get(evil), ask(evil, "PUT", "")} {
		d := listed.Decide(t.Context(), r)
		d.KeepMethods(func(string) bool { t.Error("asked"); return false })
		if wire(d) != wire(listed.Decide(t.Context(), r)) {
			t.Errorf("%+v: changed to\n%s", r, wire(d))
		}
	}
}

func TestVaryByOrigin(t *testing.T) {
	t.Parallel()
	public := compile(t, cors.Config{AllowOrigins: []string{"*"}, AllowMethods: []string{"PUT"}, VaryBy: []string{"X-A"}, AllowOriginFunc: nil})
	for _, tt := range []struct {
		d    cors.Decider
		r    cors.Request
		want string
	}{
		{public, get(app), "actual allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin, X-A"},
		{compile(t, cors.Config{AllowOrigins: []string{"*"}}), cors.Request{Method: "GET"}, "not-cors allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin"},
		{public, ask(app, "PUT", ""), "preflight allowed 204\nAccess-Control-Allow-Methods: PUT\nAccess-Control-Allow-Origin: *\nVary: Origin, X-A"},
		{compile(t, cors.Config{AllowOrigins: []string{app}}), get(evil), "actual origin-not-allowed 0\nVary: Origin"},
		{(*cors.Policy)(nil), get(app), "actual no-policy 0\nVary: Origin"},
	} {
		d := tt.d.Decide(t.Context(), tt.r)
		before := wire(d)
		d.VaryByOrigin()
		d.VaryByOrigin()
		if wire(d) != tt.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", tt.r, wire(d), tt.want)
		}
		if again := tt.d.Decide(t.Context(), tt.r); wire(again) != before {
			t.Errorf("%+v: the policy now decides\n%s", tt.r, wire(again))
		}
	}
}

// TestFirst: pages of a partner may send cookies, and all others read a public answer.
func TestFirst(t *testing.T) {
	t.Parallel()
	fails := compile(t, cors.Config{AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
		return false, map[string]error{"https://late.example": errors.New("late")}[o.String()]
	}})
	partner := compile(t, cors.Config{AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"PUT"}})
	public := compile(t, cors.Config{AllowOrigins: []string{"*"}})
	closed := compile(t, cors.Config{AllowOrigins: []string{"https://c.example"}, Enforce: cors.EnforceAll})
	for _, tt := range []struct {
		d    cors.Decider
		r    cors.Request
		want string
	}{
		{cors.First(partner, public), get(app), "actual allowed 0\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Origin: " + app + "\nVary: Origin"},
		{cors.First(partner, public), get(evil), "actual allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin"},
		{cors.First(partner, public), get("null"), "actual allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin"},
		{cors.First(partner, public), cors.Request{Method: "GET"}, "not-cors allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin"},
		{cors.First(partner, public), ask(app, "DELETE", ""), "preflight method-not-allowed 204\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Methods: PUT\nAccess-Control-Allow-Origin: " + app + "\nVary: Origin"},
		{cors.First(partner, public), ask(evil, "DELETE", ""), "preflight method-not-allowed 204\nAccess-Control-Allow-Origin: *\nVary: Origin"},
		{cors.First(fails, public), get("https://late.example"), "actual origin-check-failed 0\nVary: Origin"},
		{cors.First((*cors.Policy)(nil), public), get(app), "actual allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin"},
		{cors.First(closed, partner), get(app), "actual allowed 0\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Origin: " + app + "\nVary: Origin"},
		{cors.First(partner, closed), get(evil), "actual origin-not-allowed 403\nVary: Origin"},
		{cors.First(public), get(evil), "actual allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin"},
	} {
		if got := wire(tt.d.Decide(t.Context(), tt.r)); got != tt.want {
			t.Errorf("%+v: got\n%s\nwant\n%s", tt.r, got, tt.want)
		}
	}
}

// TestFirstAndRoutes: a First can contain Routes, and Routes can contain Firsts. Routes of
// Firsts send no CORS headers for a path without a policy. A First of Routes asks its later
// members about such a path.
func TestFirstAndRoutes(t *testing.T) {
	t.Parallel()
	partner := compile(t, cors.Config{AllowOrigins: []string{app}, AllowCredentials: true})
	public := compile(t, cors.AllowAll())
	closed := compile(t, cors.Config{AllowOrigins: []string{"https://c.example"}, Enforce: cors.EnforceAll})
	routes := func(keys map[string]cors.Decider) *cors.Routes {
		r, err := cors.NewRoutes(keys)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	outside := routes(map[string]cors.Decider{"/": cors.First(partner, public), "/admin/": cors.First(partner, closed), "/off/": nil})
	inside := cors.First(routes(map[string]cors.Decider{"/": partner, "/admin/": closed, "/off/": nil}), public)
	const (
		own    = "actual allowed 0\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Origin: " + app + "\nVary: Origin"
		anyone = "actual allowed 0\nAccess-Control-Allow-Origin: *\nVary: Origin"
		nobody = "actual no-policy 0"
	)
	for _, tt := range []struct{ path, origin, outside, inside string }{
		{"/items", app, own, own},
		{"/items", evil, anyone, anyone},
		{"/admin/users", app, own, anyone},
		{"/admin/users", evil, "actual origin-not-allowed 403\nVary: Origin", anyone},
		{"/off/x", app, nobody, anyone},
		{"//admin/users", app, nobody, anyone}, // routers read it in two ways
		{"", app, nobody, anyone},
	} {
		r := cors.Request{Method: "GET", Origin: tt.origin, Path: tt.path}
		if got := wire(outside.Decide(t.Context(), r)); got != tt.outside {
			t.Errorf("Routes of Firsts, %s from %s: got\n%s\nwant\n%s", tt.path, tt.origin, got, tt.outside)
		}
		if got := wire(inside.Decide(t.Context(), r)); got != tt.inside {
			t.Errorf("First of Routes, %s from %s: got\n%s\nwant\n%s", tt.path, tt.origin, got, tt.inside)
		}
	}
	for name, d := range map[string]cors.Decider{"Routes of Firsts": outside, "First of Routes": inside} {
		if !cors.NeedsMetadata(d) || !cors.MayRefuse(t.Context(), d, get(evil)) {
			t.Errorf("%s: needs metadata: %t, may refuse: %t", name, cors.NeedsMetadata(d), cors.MayRefuse(t.Context(), d, get(evil)))
		}
	}

	// These Routes do not allow any origin for every path, so later members decide about
	// some paths.
	for name, keys := range map[string]map[string]cors.Decider{
		"a part":            {"/public/": public},
		"all but a part":    {"/": public, "/admin/": partner},
		"all but one off":   {"/": public, "/off/": nil},
		"all but one empty": {"/": public, "/off/": (*cors.Policy)(nil)},
	} {
		d := cors.First(routes(keys), partner)
		for _, path := range []string{"/x", "/admin/x", "/off/x"} {
			if got := wire(d.Decide(t.Context(), cors.Request{Method: "GET", Origin: app, Path: path})); got != own && got != anyone {
				t.Errorf("%s: %s: %s", name, path, got)
			}
		}
	}
	if got := wire(cors.First(partner, routes(map[string]cors.Decider{"/": public})).Decide(t.Context(), get(evil))); got != "actual no-policy 0\nVary: Origin" {
		t.Errorf("Routes as the last, without a path: %s", got)
	}
}

// TestMistakesAtStart: arguments that make no sense panic at start, and the message says
// what to write.
func TestMistakesAtStart(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{AllowOrigins: []string{app}})
	public := compile(t, cors.AllowAll())
	live := new(cors.Live)
	live.Store(public)
	var noLive *cors.Live
	var noRoutes *cors.Routes
	everywhere, err := cors.NewRoutes(map[string]cors.Decider{"/": cors.First(p, public), "/assets/": live})
	if err != nil {
		t.Fatal(err)
	}
	ignore := func(cors.Request, cors.Decision) {}
	ignore3 := func(cors.Request, cors.Decision, cors.Decision) {}
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"Observe nil", func() { cors.Observe(nil, ignore) }, "cors.Observe: the Decider is nil; to switch CORS off, pass (*cors.Policy)(nil)"},
		{"Observe nil Live", func() { cors.Observe(noLive, ignore) }, "nil *cors.Live"},
		{"Observe nil report", func() { cors.Observe(p, nil) }, "the report is nil"},
		{"Shadow nil", func() { cors.Shadow(nil, p, ignore3) }, "the Decider is nil"},
		{"Shadow nil candidate", func() { cors.Shadow(p, nil, ignore3) }, "the Decider is nil"},
		{"Shadow nil Routes", func() { cors.Shadow(p, noRoutes, ignore3) }, "nil *cors.Routes"},
		{"Shadow nil report", func() { cors.Shadow(p, p, nil) }, "the report is nil"},
		{"Tally nil", func() { new(cors.Tally).Of(nil) }, "the Decider is nil"},
		{"First of none", func() { cors.First() }, "at least one"},
		{"First nil", func() { cors.First(p, nil) }, "the Decider is nil"},
		{"First any", func() { cors.First(public, p) }, "Decider 1 allows any origin"},
		{"First any, wrapped", func() { cors.First(p, new(cors.Tally).Of(cors.Observe(cors.Shadow(live, p, ignore3), ignore)), p) }, "Decider 2 allows any origin"},
		{"First any, nested", func() { cors.First(cors.First(p, public), p) }, "Decider 1 allows any origin"},
		{"First nil Routes", func() { cors.First(noRoutes, p) }, "cors.First: the Decider is a nil *cors.Routes; to switch CORS off, pass (*cors.Policy)(nil)"},
		{"First any, on all paths", func() { cors.First(p, everywhere, p) }, "cors.First: Decider 2 allows any origin, so those after it never decide; pass it last"},
		{"First any, on all paths, nested", func() { cors.First(cors.Observe(cors.First(p, everywhere), ignore), p) }, "Decider 1 allows any origin"},
		{"Guard of no mode", func() { cors.Guard(0) }, "cors.PolicyWins or cors.HandlerWins"},
		{"Guard of another mode", func() { cors.Guard(7) }, "no mode 7"},
		{"Around nil", func() { cors.Around(nil) }, "the function is nil"},
		{"RouteMethods in New", func() { cors.NewSettings("x.New", []cors.Option{cors.RouteMethods()}) }, "x.New: cors.RouteMethods has no effect here; give it to NewMount"},
		{"Around in New", func() { cors.NewSettings("x.New", []cors.Option{cors.Around(new(cors.Tally).Of)}) }, "cors.Around has no effect here"},
		{"a zero Option", func() { cors.NewSettings("x.New", []cors.Option{{}}) }, "zero value"},
		{"Guard twice", func() {
			cors.MountSettings("x", []cors.Option{cors.Guard(cors.PolicyWins), cors.Guard(cors.HandlerWins)})
		}, "given twice"},
		{"Around gives nil", func() {
			cors.MountSettings("x.NewMount", []cors.Option{cors.Around(func(cors.Decider) cors.Decider { return nil })}).Wrap("x.NewMount", p)
		}, "x.NewMount: cors.Around: the Decider is nil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, tt.want) {
					t.Errorf("panics with %q, want …%s…", got, tt.want)
				}
			}()
			tt.do()
			t.Error("no panic")
		})
	}
	_, err = cors.NewRoutes(map[string]cors.Decider{"/a": noLive, "/b": noRoutes, "/c": (*cors.Policy)(nil)})
	if got := fmt.Sprint(err); !strings.Contains(got, `Routes["/a"]`) || !strings.Contains(got, `Routes["/b"]`) || strings.Contains(got, `"/c"`) {
		t.Errorf("NewRoutes: %s", got)
	}
	for _, d := range []cors.Decider{(*cors.Policy)(nil), cors.Observe((*cors.Policy)(nil), ignore), new(cors.Tally).Of((*cors.Policy)(nil)), new(cors.Live)} {
		if got := wire(d.Decide(t.Context(), get(app))); got != "actual no-policy 0" {
			t.Errorf("%T: %s", d, got)
		}
	}
}

// NewSettings collects the options. The first Around is the innermost.
func TestSettingsOfOptions(t *testing.T) {
	t.Parallel()
	var order []string
	around := func(name string) cors.Option {
		return cors.Around(func(d cors.Decider) cors.Decider {
			return cors.Observe(d, func(cors.Request, cors.Decision) { order = append(order, name) })
		})
	}
	s := cors.MountSettings("x", []cors.Option{around("inner"), cors.Guard(cors.HandlerWins), cors.RouteMethods(), around("outer")})
	s.Wrap("x", compile(t, cors.Config{AllowOrigins: []string{app}})).Decide(t.Context(), get(app))
	if s.Guard != cors.HandlerWins || !s.RouteMethods || !slices.Equal(order, []string{"inner", "outer"}) {
		t.Errorf("got %+v, %v", s, order)
	}
	if s := cors.NewSettings("x", nil); s.Guard != 0 || s.RouteMethods {
		t.Errorf("of none: %+v", s)
	}
}

// TestCallbackErrorsAreSeen: the error of a callback is in the Decision, and once in the
// log.
func TestCallbackErrorsAreSeen(t *testing.T) {
	log := captureLogs(t)
	p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowOriginFunc: func(_ context.Context, r cors.Request, _ cors.Origin) (bool, error) {
		if r.Path == "/panic" {
			panic("boom")
		}
		return true, errors.New("database away")
	}})
	for path, want := range map[string]string{"/": "database away", "/panic": "AllowOriginFunc panicked: boom"} {
		for range 3 {
			d := p.Decide(t.Context(), cors.Request{Method: "GET", Origin: evil, Path: path})
			if d.Reason() != cors.OriginCheckFailed || d.Err() == nil || d.Err().Error() != want || !errors.Is(d.Clone().Err(), d.Err()) {
				t.Errorf("%s: %v, error %v", path, d.Reason(), d.Err())
			}
		}
	}
	if d := p.Decide(t.Context(), get(app)); d.Err() != nil {
		t.Errorf("allowed, with the error %v", d.Err())
	}
	for range 3 {
		cors.Observe(p, func(cors.Request, cors.Decision) { panic("observer") }).Decide(t.Context(), get(app))
	}
	text := log.String()
	if strings.Count(text, "AllowOriginFunc failed") != 1 || strings.Count(text, "an observer panicked") != 3 || !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "stack=") {
		t.Errorf("the log says\n%s", text)
	}
}

// lockedBuffer is a log that several goroutines may write to.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// captureLogs makes slog.Default write to the buffer that it returns. The test must not
// be parallel.
func captureLogs(t *testing.T) *lockedBuffer {
	t.Helper()
	b, old := new(lockedBuffer), slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(b, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	return b
}

func discardLogs(t *testing.T) { t.Helper(); captureLogs(t) }

func TestTally(t *testing.T) { // not parallel: it counts allocations
	var tally cors.Tally
	p := compile(t, cors.Config{AllowOrigins: []string{app}})
	d := cors.First(tally.Of(p)) // a wrapper of the counted Decider still counts
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, r := range []cors.Request{get(app), get(app), get(evil), get("no origin"), ask(app, "PUT", ""), {Method: "GET"}} {
				d.Decide(t.Context(), r)
			}
		})
	}
	wg.Wait()
	got := make(map[string]uint64)
	all := 0
	for o, n := range tally.All() {
		all++
		if n > 0 {
			got[o.Kind.String()+" "+o.Reason.String()] = n
		}
	}
	want := map[string]uint64{"actual allowed": 8, "actual origin-not-allowed": 4, "actual origin-malformed": 4, "preflight method-not-allowed": 4, "not-cors allowed": 4}
	if fmt.Sprint(got) != fmt.Sprint(want) || all != 36 {
		t.Errorf("counted %v in %d outcomes, want %v", got, all, want)
	}
	for range tally.All() {
		break
	}
	if n := testing.AllocsPerRun(100, func() { d.Decide(t.Context(), get(evil)) }); n != 0 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}

// TestPanickingDecidersAreContained: if a Decider panics, every kind of request is refused,
// and the log says why.
func TestPanickingDecidersAreContained(t *testing.T) {
	log := captureLogs(t)
	routes, err := cors.NewRoutes(map[string]cors.Decider{"/": failing{}})
	if err != nil {
		t.Fatal(err)
	}
	tally := new(cors.Tally)
	for name, d := range map[string]cors.Decider{
		"a stranger's": failing{}, "counted": tally.Of(failing{}), "by path": routes, "first": cors.First(failing{}, failing{}),
	} {
		for _, r := range []cors.Request{get(app), ask(app, "PUT", ""), {Method: "GET"}} {
			out := cors.Decision{}
			cors.DecideTo(&out, d, &r, &rest{path: "/", ctx: t.Context()})
			if out.Status() != 500 || out.Reason() != cors.OriginCheckFailed || out.Err() == nil || strings.Contains(wire(out), "Access-Control") {
				t.Errorf("%s, %+v: %v, error %v", name, r, wire(out), out.Err())
			}
		}
	}
	for outcome, n := range tally.All() {
		if want := outcome.Reason == cors.OriginCheckFailed; want != (n == 1) {
			t.Errorf("counted %v %d times", outcome, n)
		}
	}
	if text := log.String(); strings.Count(text, "a Decider panicked, so the request is refused") != 1 {
		t.Errorf("the log says\n%s", text)
	}
}
