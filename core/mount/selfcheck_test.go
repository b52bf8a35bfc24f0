package mount_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// changing is a framework whose routes change. It counts how often it is asked for them.
type changing struct {
	mu    sync.Mutex
	all   []mount.Route
	asked atomic.Int32
	ask   func() // called when it is asked
}

func (c *changing) routes() ([]mount.Route, bool) {
	c.asked.Add(1)
	if c.ask != nil {
		c.ask()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all, true
}

func (c *changing) register(all ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, registered(all...)...)
}

// decide returns the Decision for a page of the named place, and whether it was final.
func decide(table *mount.Table, r cors.Request, x exchange) (d cors.Decision, final bool) {
	var p mount.Pass
	begun, final := p.Begin(table, r, &x)
	if final {
		return *begun, true
	}
	return *p.Commit(200), false
}

// TestUnattached: while an attachment has no route, no page may read through the Mount.
func TestUnattached(t *testing.T) {
	t.Parallel()
	for _, checked := range []bool{false, true} { // the caller may have ignored Check's error
		for _, enforce := range []bool{false, true} {
			framework := &changing{}
			framework.register("GET /x", "PUT /x")
			var tally cors.Tally
			app := named(t, "whole", "PUT")
			if enforce {
				app = enforcing(t, "whole")
			}
			table := mount.New(mount.Config{Package: "corsany", Routes: framework.routes}, app, []cors.Option{cors.Around(tally.Of)})
			must(t, table.Group("/amdin", named(t, "admin")))
			if checked && table.Check() == nil {
				t.Error("Check finds nothing")
			}
			for _, tt := range []struct {
				r      cors.Request
				status int
			}{
				{cors.Request{Method: "GET", Origin: page("whole")}, 0},
				{cors.Request{Method: "GET", Origin: page("other")}, map[bool]int{true: 403}[enforce]},
				{cors.Request{Method: "OPTIONS", Origin: page("whole"), RequestMethod: "PUT"}, 403},
				{cors.Request{Method: "GET"}, 0},
			} {
				x := served("GET", "/x")
				x.path, x.routes = "/x", map[string]string{"PUT": "/x"}
				d, final := decide(table, tt.r, x)
				if d.Reason() != cors.MountUnattached || d.Status() != tt.status || !final || d.Len() != 1 || header(&d, "Vary") != "Origin" {
					t.Errorf("%v: %v, status %d, %d headers, final %t", tt.r, d.Reason(), d.Status(), d.Len(), final)
				}
			}
			counted := uint64(0)
			for o, n := range tally.All() {
				if o.Reason == cors.MountUnattached {
					counted += n
				}
			}
			if counted != 4 {
				t.Errorf("%d decisions were counted, want 4", counted)
			}
		}
	}
}

// TestAttachedLater: if each attachment has a route, from the start or later, pages may
// read, and the router is not asked again.
func TestAttachedLater(t *testing.T) {
	t.Parallel()
	framework := &changing{}
	framework.register("GET /x")
	table := mount.New(mount.Config{Package: "corsany", Routes: framework.routes}, named(t, "whole"), nil)
	must(t, table.Group("/admin", named(t, "admin")))
	r := cors.Request{Method: "GET", Origin: page("whole")}
	if d, _ := decide(table, r, served("GET", "/x")); d.Reason() != cors.MountUnattached {
		t.Errorf("%v", d.Reason())
	}
	framework.register("GET /admin/x")
	must(t, table.Check())
	asked := framework.asked.Load()
	for range 100 {
		if d, _ := decide(table, r, served("GET", "/x")); d.Reason() != cors.Allowed {
			t.Errorf("%v", d.Reason())
		}
	}
	if n := framework.asked.Load(); n != asked {
		t.Errorf("the router was asked %d times more", n-asked)
	}
	must(t, table.Group("/late", named(t, "late")))
	if d, _ := decide(table, r, served("GET", "/x")); d.Reason() != cors.MountUnattached {
		t.Errorf("what is attached later is not checked: %v", d.Reason())
	}
}

// TestItAsksAgain: without Check, the Mount asks the router again, but not for each
// request.
func TestItAsksAgain(t *testing.T) {
	t.Parallel()
	framework := &changing{}
	table := mount.New(mount.Config{Package: "corsany", Routes: framework.routes}, named(t, "whole"), nil)
	must(t, table.Group("/admin", named(t, "admin")))
	r := cors.Request{Method: "GET", Origin: page("whole")}
	const requests = 2000
	for range requests {
		decide(table, r, served("GET", "/x"))
	}
	if n := framework.asked.Load(); n < 1 || n > requests/4 {
		t.Errorf("the router was asked %d times by %d requests", n, requests)
	}
	framework.register("GET /admin/x")
	for d, _ := decide(table, r, served("GET", "/x")); d.Reason() != cors.Allowed; d, _ = decide(table, r, served("GET", "/x")) {
		if framework.asked.Load() > requests { // if it never asks, go test's timeout ends the loop
			t.Fatal("it does not see the route")
		}
	}
}

// TestColdStart: while the first request asks the router, other requests wait for the
// result.
func TestColdStart(t *testing.T) {
	t.Parallel()
	framework := &changing{}
	framework.register("GET /admin/x")
	begun := make(chan struct{})
	framework.ask = func() { <-begun }
	table := mount.New(mount.Config{Package: "corsany", Routes: framework.routes}, named(t, "whole"), nil)
	must(t, table.Group("/admin", named(t, "admin")))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if i == 0 {
				close(begun)
			}
			if d, _ := decide(table, cors.Request{Method: "GET", Origin: page("whole")}, served("GET", "/x")); d.Reason() != cors.Allowed {
				t.Errorf("%v", d.Reason())
			}
		})
	}
	wg.Wait()
	if n := framework.asked.Load(); n != 1 {
		t.Errorf("the router was asked %d times", n)
	}
}

// TestAPanickingListOfRoutes: if Config.Routes panics, no page may read through the Mount.
func TestAPanickingListOfRoutes(t *testing.T) {
	t.Parallel()
	table := mount.New(mount.Config{Package: "corsany", Routes: func() ([]mount.Route, bool) { panic("no list") }}, named(t, "whole"), nil)
	if d, _ := decide(table, cors.Request{Method: "GET", Origin: page("whole")}, served("GET", "/x")); d.Reason() != cors.MountUnattached {
		t.Errorf("%v", d.Reason())
	}
}

// TestTheLog: the Mount logs once a minute, at error level, what is wrong and what to
// write.
func TestTheLog(t *testing.T) { //nolint:paralleltest // slog has one default
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	for _, tt := range []struct {
		name   string
		routes func() ([]mount.Route, bool)
		prefix string
		reason cors.Reason
		want   string
	}{
		{"a misspelt group", routes(registered("GET /admin/x")...), "/amdin", cors.MountUnattached, `write \"/admin\"`},
		{"nobody can tell", unknown, "/amdin", cors.Allowed, "call Check at start"},
		{"all is well", routes(registered("GET /admin/x")...), "/admin", cors.Allowed, ""},
		{"nobody can tell, and nothing is attached", unknown, "", cors.Allowed, ""},
	} {
		log.Reset()
		table := mount.New(mount.Config{Package: "corsany", Routes: tt.routes}, named(t, "whole"), nil)
		if tt.prefix != "" {
			must(t, table.Group(tt.prefix, named(t, "admin")))
		}
		for range 50 {
			if d, _ := decide(table, cors.Request{Method: "GET", Origin: page("whole")}, served("GET", "/x")); d.Reason() != tt.reason {
				t.Errorf("%s: %v", tt.name, d.Reason())
			}
		}
		text := log.String()
		if lines := strings.Count(text, "\n"); lines != map[bool]int{true: 1}[tt.want != ""] || !strings.Contains(text, tt.want) || tt.want != "" && !strings.Contains(text, "level=ERROR") {
			t.Errorf("%s: %d lines:\n%s", tt.name, lines, text)
		}
	}
}

// TestServed: if the framework has chosen the route, Served returns its Scope, unless an
// attachment has no route.
func TestServed(t *testing.T) {
	t.Parallel()
	framework := &changing{}
	framework.register("GET /x")
	table := mount.New(mount.Config{Package: "corsany", Routes: framework.routes}, named(t, "whole"), nil)
	must(t, table.Group("/admin", named(t, "admin")))
	if table.Served("GET", "/x", nil) != nil {
		t.Error("a Scope decides, though a policy is attached to nothing")
	}
	framework.register("GET /admin/x")
	must(t, table.Check())
	for _, pattern := range []string{"/x", "/admin/x"} {
		if s := table.Served("GET", pattern, nil); s == nil || s != table.Scope("GET", pattern) {
			t.Errorf("%s: another Scope", pattern)
		}
	}
}
