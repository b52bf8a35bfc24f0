package fibertest

import (
	"sync"
	"testing"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// Mounts runs the tests of a Mount.
func Mounts(t *testing.T, n New) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, New){
		"patterns":                      patterns,
		"patterns of a strict app":      strictPatterns,
		"constraints":                   constraints,
		"what is attached later":        attachedLater,
		"attachments while serving":     attachedWhileServing,
		"the route that serves decides": serves,
		"unserved paths and methods":    unserved,
		"content without a route":       content,
		"misspelt attachments":          misspelt,
		"methods of other routes":       otherMethods,
		"answers of middleware":         middleware,
		"a request that changes":        changed,
		"passes inside passes":          nested,
		"enforcement":                   enforcement,
		"nothing attached":              nothing,
		"the guard":                     guarded,
		"a guard for handlers":          handlerWins,
		"CORS off inside":               offInside,
		"a change on the way":           changedOnTheWay,
		"a preflight that is passed on": passed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, n)
		})
	}
}

// DecidedBy returns the name of the policy that decides about a request, of whole, group
// and route, or "". For a method other than GET and HEAD it sends the preflight. If no
// route serves the preflight, it adds a question mark, because then only the status of the
// answer counts.
func DecidedBy(app fasthttp.RequestHandler, method, target string) string {
	for _, name := range []string{"whole", "group", "route"} {
		if method == "GET" || method == "HEAD" {
			if Allowed(Ask(app, method, target, "Origin", Origin(name))) != "" {
				return name
			}
			continue
		}
		w := Preflight(app, method, target, Origin(name))
		switch granted := Lines(w, "Access-Control-Allow-Methods"); {
		case Allowed(w) == "" && granted == "":
		case granted == "" && w.StatusCode() >= 300:
			return name + "?"
		default:
			return name
		}
	}
	return ""
}

type decided struct{ method, target, want string }

func decides(t *testing.T, app fasthttp.RequestHandler, table []decided) {
	t.Helper()
	for _, tt := range table {
		if got := DecidedBy(app, tt.method, tt.target); got != tt.want {
			t.Errorf("%s %s: decided by %q, want %q", tt.method, tt.target, got, tt.want)
		}
	}
}

// patternApp returns an app with nested groups and apps. sub is the spelling of the group
// that the mounted app is in.
func patternApp(t *testing.T, n New, c Config, sub string) fasthttp.RequestHandler {
	t.Helper()
	app := n(c)
	m := app.InstallMount(Policy("whole"))
	Must(t,
		m.Group("/V1", Policy("group")),
		m.Route("PUT", "/V1/Own/:ID", Policy("route")),
		m.Group(sub, Policy("group")),
		m.Route("PUT", "/Sub/deep/x", Policy("route")),
		m.Group("/static", Policy("group")),
	)
	app.Use("/used", OK)
	app.Use("/static", Next)
	app.Static("/static", t.TempDir())
	v1 := app.Group("/V1")
	v1.Add("PUT", "/items/:id", OK)
	v1.Add("PUT", "/Own/:ID", OK)
	v1.Add("", "/all", OK)
	below := app.Mount("/Sub", c)
	deep := below.Mount("/deep", c)
	below.Add("PUT", "/", OK)
	deep.Add("PUT", "/x", OK)
	app.Add("PUT", "/v1x", OK)
	Must(t, m.Check())
	return app.Handler()
}

func patterns(t *testing.T, n New) {
	t.Helper()
	decides(t, patternApp(t, n, Config{}, "/sub"), []decided{
		{"PUT", "/v1/items/7", "group"},
		{"PUT", "/V1/ITEMS/7/", "group"},
		{"PUT", "/v1/items/7/x", "group?"},
		{"PUT", "/v1/own/7", "route"},
		{"PATCH", "/v1/all", "group"},
		{"FROB", "/v1/all", "group"}, // its handler answers OPTIONS too
		{"PUT", "/sub", "group"},
		{"PUT", "/sub/", "group"},
		{"PUT", "/sub/deep/x", "route"},
		{"PUT", "/SUB/deep/x/", "route"},
		{"PUT", "/sub/none", "group?"},
		{"PUT", "/v1x", "whole"},
		{"GET", "/used", "whole"},
		{"GET", "/static/x", "group"},
		{"HEAD", "/static/x", "group"},
		{"GET", "/v1/none", "group"},
		{"GET", "/none", "whole"},
		{"PUT", "/V1//items/7", ""},
	})
}

// strictPatterns: in an app with CaseSensitive and StrictRouting, patterns differ by case
// and by a final slash.
func strictPatterns(t *testing.T, n New) {
	t.Helper()
	app := patternApp(t, n, Config{CaseSensitive: true, StrictRouting: true, UnescapePath: true}, "/Sub")
	decides(t, app, []decided{
		{"PUT", "/V1/items/7", "group"},
		{"PUT", "/V1/items/a%252Fb", "group"},
		{"PUT", "/V1/%69tems/7", "group"},
		{"PUT", "/v1/items/7", ""}, // some routers would read this as a path of the group
		{"PUT", "/V1/items/7/", "group?"},
		{"PUT", "/V1/Own/7", "route"},
		{"PUT", "/Sub/deep/x", "route"},
		{"PUT", "/sub/deep/x", ""},
		{"PUT", "/other", "whole?"},
	})
	strict := n(Config{CaseSensitive: true})
	m := strict.InstallMount(Policy("whole"))
	strict.Add("GET", "/Sub", OK)
	Must(t, m.Group("/sub", Policy("group")))
	wantError(t, m.Check(), `write "/Sub"`)
}

// constraints: fiber compares constraints with the path as sent, even if it ignores case
// elsewhere in the pattern.
func constraints(t *testing.T, n New) {
	t.Helper()
	for _, sensitive := range []bool{false, true} {
		app := n(Config{CaseSensitive: sensitive})
		m := app.InstallMount(Policy("whole"))
		served := ""
		for _, pattern := range []string{"/v1/:id<regex(^[a-z]+$)>", "/v1/:day<datetime(2006-01-02T15)>", "/v1/:id", "/:first<regex(^[a-z]+$)>/x", "/:first/x"} {
			app.Add("PUT", pattern, func(c Ctx) error {
				served = pattern
				return OK(c)
			})
		}
		routes := map[string]string{"/v1/:id<regex(^[a-z]+$)>": "group", "/v1/:day<datetime(2006-01-02T15)>": "group", "/v1/:id": "route", "/:first<regex(^[a-z]+$)>/x": "group", "/:first/x": "route"}
		for pattern, name := range routes {
			Must(t, m.Route("PUT", pattern, Policy(name)))
		}
		Must(t, m.Check())
		h := app.Handler()
		for _, path := range []string{"/v1/abc", "/v1/ABC", "/v1/aBc/", "/v1/2026-11-29T10", "/v1/2026-11-29t10", "/v1/", "/abc/x", "/Abc/x/", "/A/X"} {
			served = ""
			Ask(h, "PUT", path)
			want := routes[served]
			if served == "" {
				want = "whole?"
			}
			decides(t, h, []decided{{"PUT", path, want}})
			for _, page := range []string{"group", "route"} {
				if w := Ask(h, "PUT", path, "Origin", Origin(page)); (Allowed(w) != "") != (page == want) {
					t.Errorf("PUT %s from the page of %s, served by %q:\n%s", path, page, served, &w.Header)
				}
			}
		}
	}
}

// attachedLater: if a policy is attached before its route exists, no page may read until
// the route is registered.
func attachedLater(t *testing.T, n New) {
	t.Helper()
	app := n(Config{})
	m := app.InstallMount(Policy("whole"))
	h := app.Handler()
	decides(t, h, []decided{{"PUT", "/v1/items", "whole?"}})
	app.Add("PUT", "/v1/items", OK)
	decides(t, h, []decided{{"PUT", "/v1/items", "whole"}})
	Must(t, m.Group("/v1", Policy("group")), m.Check())
	decides(t, h, []decided{{"PUT", "/v1/items", "group"}})
	Must(t, m.Route("PUT", "/v1/:any", Policy("route")))
	decides(t, h, []decided{{"PUT", "/v1/items", ""}, {"GET", "/none", ""}})
	app.Add("PUT", "/v1/:any", OK)
	Must(t, m.Check())
	decides(t, h, []decided{{"PUT", "/v1/items", "group"}, {"PUT", "/v1/other", "route"}})
}

func attachedWhileServing(t *testing.T, n New) {
	t.Helper()
	app := n(Config{})
	m := app.InstallMount(Policy("whole"), cors.RouteMethods())
	app.Add("PUT", "/v1/items", OK)
	app.Add("GET", "/v1/items", OK)
	app.Add("PUT", "/v2/items", OK)
	h := app.Handler()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				if got := Lines(Preflight(h, "PUT", "/v1/items", Origin("whole")), "Access-Control-Allow-Methods"); got != "PUT" {
					t.Errorf("allowed methods %q", got)
				}
				if got := Allowed(Ask(h, "GET", "/v1/items", "Origin", Origin("whole"))); got != Origin("whole") {
					t.Errorf("allowed origin %q", got)
				}
			}
		})
	}
	Must(t, m.Group("/v2", Policy("group")))
	wg.Wait()
	decides(t, h, []decided{{"PUT", "/v2/items", "group"}})
}

// nothing: a Mount without attached policies decides like New.
func nothing(t *testing.T, n New) {
	t.Helper()
	app := n(Config{})
	m := app.InstallMount(Policy("whole"))
	app.Add("PUT", "/x", OK)
	Must(t, m.Check())
	decides(t, app.Handler(), []decided{{"PUT", "/x", "whole"}, {"GET", "/x", "whole"}, {"GET", "/none", "whole"}, {"GET", "//none", ""}})
}
