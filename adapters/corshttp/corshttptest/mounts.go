package corshttptest

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// Mounts checks a Mount with any router. spell writes {id} as the framework does.
func Mounts(t *testing.T, newApp New, spell func(pattern string) string) {
	t.Helper()
	t.Run("attached later", func(t *testing.T) { t.Parallel(); attachedLater(t, newApp, spell) })
	t.Run("attached while serving", func(t *testing.T) { t.Parallel(); attachedWhileServing(t, newApp) })
	t.Run("RouteMethods asks for each path", func(t *testing.T) { t.Parallel(); routeMethods(t, newApp, spell) })
	t.Run("two Mounts", func(t *testing.T) { t.Parallel(); twoMounts(t, newApp) })
	t.Run("withheld", func(t *testing.T) { t.Parallel(); withheld(t, newApp) })
	t.Run("served again", func(t *testing.T) { t.Parallel(); servedAgain(t, newApp) })
	t.Run("the application's headers", func(t *testing.T) { t.Parallel(); setOutside(t, newApp) })
}

// attachedLater attaches and registers in any order. While an attachment has no route, no
// page may read.
func attachedLater(t *testing.T, newApp New, spell func(string) string) {
	t.Helper()
	app := newApp()
	m := app.InstallMount(Policy("whole"))
	app.Handle("GET", spell("/other/{any}"), Named("other"))
	app.Handle("PUT", spell("/v1/{any}"), Named("any"))
	Decides(t, app, map[string]string{"preflight PUT /v1/items": "whole", "PUT /v1/items": "whole", "GET /v1/items": "whole"})
	Must(t, m.Group("/v1", Policy("group")))
	Decides(t, app, map[string]string{"preflight PUT /v1/items": "group", "PUT /v1/items": "group", "GET /v1/items": "group", "GET /other/7": "whole"})
	Must(t, m.Route("PUT", spell("/v1/{any}"), Policy("route")), m.Check())
	Decides(t, app, map[string]string{"preflight PUT /v1/items": "route", "PUT /v1/items": "route", "GET /v1/items": "group"})
	Must(t, m.Route("PUT", "/v2/items", Policy("route")))
	if err := m.Check(); err == nil || !strings.Contains(err.Error(), "/v2/items") {
		t.Errorf("Check says %v of a route that is not registered", err)
	}
	Decides(t, app, map[string]string{"preflight PUT /v1/items": "", "PUT /v1/items": "", "GET /other/7": ""})
}

// attachedWhileServing is for the race detector.
func attachedWhileServing(t *testing.T, newApp New) {
	t.Helper()
	app := newApp()
	m := app.InstallMount(Policy("whole"), cors.RouteMethods())
	for _, route := range []string{"PUT /v1/items", "GET /v1/items", "PUT /v2/items"} {
		method, pattern, _ := strings.Cut(route, " ")
		app.Handle(method, pattern, Named(pattern))
	}
	Must(t, m.Check())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				Decides(t, app, map[string]string{"preflight PUT /v1/items": "whole", "GET /v1/items": "whole", "GET /v1/none": "whole"})
			}
		})
	}
	Must(t, m.Group("/v2", Policy("group")))
	wg.Wait()
	Decides(t, app, map[string]string{"preflight PUT /v2/items": "group", "PUT /v2/items": "group"})
}

// routeMethods: the answer lists no method that only another path of the same pattern has.
func routeMethods(t *testing.T, newApp New, spell func(string) string) {
	t.Helper()
	app := newApp()
	m := app.InstallMount(Policy("whole"), cors.RouteMethods())
	app.Handle("GET", spell("/users/{id}"), Named("user"))
	app.Handle("PUT", spell("/users/{id}"), Named("user"))
	app.Handle("PUT", "/users/root", Named("root"))
	Must(t, m.Route("PUT", "/users/root", Policy("route")), m.Check())
	lists := func(target, requested string) string {
		return Ask(app, "whole", "preflight "+requested, target).Header.Get("Access-Control-Allow-Methods")
	}
	for range 2 {
		if got := lists("/users/1", "PUT"); got != "PUT" {
			t.Errorf("the methods of /users/1 are %q, want PUT", got)
		}
		if got := lists("/users/root", "GET"); strings.Contains(got, "PUT") {
			t.Errorf("the methods of /users/root, where PUT is another route's, are %q", got)
		}
	}
	if w := Ask(app, "route", "preflight PUT", "/users/root"); !reads(t, w, "route") || w.Header.Get("Access-Control-Allow-Methods") != "PUT" {
		t.Errorf("PUT of /users/root: %v", w.Header)
	}
}

// twoMounts: Mounts of two applications in one process do not affect each other.
func twoMounts(t *testing.T, newApp New) {
	t.Helper()
	for _, name := range []string{"group", "route"} {
		app := newApp()
		Must(t, app.InstallMount(Policy("whole")).Group("/v1", Policy(name)))
		app.Handle("PUT", "/v1/items", Named("items"))
		app.Handle("PUT", "/items", Named("items"))
		Decides(t, app, map[string]string{"preflight PUT /v1/items": name, "PUT /v1/items": name, "PUT /items": "whole", "GET /v1/none": name})
	}
}

// withheld: if no page may read, CORS headers of a handler are removed too.
func withheld(t *testing.T, newApp New) {
	t.Helper()
	app := newApp()
	m := app.InstallMount(Policy("whole"), cors.Guard(cors.HandlerWins))
	app.Handle("GET", "/", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") })
	for _, want := range []string{"*", ""} {
		if got := Ask(app, "whole", "GET", "/").Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("Access-Control-Allow-Origin %q, want %q", got, want)
		}
		if want == "*" {
			Must(t, m.Group("/nowhere", Policy("group")))
		}
	}
}

// servedAgain: a handler passes another request with its response to the application. The
// last route decides, even if the head is sent later.
func servedAgain(t *testing.T, newApp New) {
	t.Helper()
	for name, opts := range map[string][]cors.Option{"PolicyWins": nil, "HandlerWins": {cors.Guard(cors.HandlerWins)}} {
		app := newApp()
		m := app.InstallMount(Policy("whole"), opts...)
		again := func(to string, touch func(http.Header)) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				touch(w.Header())
				r = r.Clone(context.Background()) // the router keeps its own data in the context of the first request
				r.URL.Path, r.URL.RawPath = to, ""
				app.ServeHTTP(w, r)
			}
		}
		for path, handler := range map[string]http.HandlerFunc{
			"/admin/x": Named("x"), "/open": Named("open"), "/admin/empty": func(http.ResponseWriter, *http.Request) {},
			"/old-none": again("/admin/none", func(http.Header) {}), "/admin/old": again("/open", func(http.Header) {}),
		} {
			app.Handle("GET", path, handler)
		}
		want := map[string]string{"GET /old-none": "group", "GET /admin/old": "whole"}
		for what, touch := range touches {
			for _, to := range []string{"/admin/x", "/admin/empty"} {
				app.Handle("GET", "/"+what+to, again(to, touch))
				want["GET /"+what+to] = "group"
			}
		}
		Must(t, m.Group("/admin", Policy("group")), m.Check())
		t.Run(name, func(t *testing.T) {
			Decides(t, app, want)
			Decides(t, Delayed(app), want)
		})
	}
}

// touches are changes that handlers make to a header before they write. Some assume that
// each field has a value.
var touches = map[string]func(http.Header){
	"leave":  func(http.Header) {},
	"clear":  func(h http.Header) { clear(h) },
	"delete": func(h http.Header) { h.Del("Vary") },
	"set":    func(h http.Header) { clear(h); h.Set("X-Own", "1") },
	"read": func(h http.Header) {
		for _, lines := range h {
			_ = lines[0]
		}
	},
}

// setOutside: CORS headers that were set outside are removed. Vary stays.
func setOutside(t *testing.T, newApp New) {
	t.Helper()
	app := newApp()
	m := app.InstallMount(Policy("whole"))
	app.Handle("GET", "/", Named("hello"))
	app.Handle("GET", "/off", Named("hello"))
	Must(t, m.Group("/off", nil), m.Check())
	outside := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Cookie")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header()["access-control-allow-credentials"] = []string{"true"}
		app.ServeHTTP(w, r)
	})
	Decides(t, outside, map[string]string{"GET /": "whole", "GET /off": "", "GET /none": "whole", "preflight GET /": "whole"})
	if got := strings.Join(Ask(outside, "whole", "GET", "/").Header["Vary"], ","); got != "Cookie,Origin" {
		t.Errorf("Vary: %s", got)
	}
}
