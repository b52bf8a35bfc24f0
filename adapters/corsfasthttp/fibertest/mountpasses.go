package fibertest

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	cors "github.com/crossgate/cors/core"
)

// middleware: a page can read an answer of middleware under a Mount as well as under New.
func middleware(t *testing.T, n New) {
	t.Helper()
	for _, status := range []int{401, 413, 429, 500, 503} {
		answers := func(app App) Handler {
			return func(c Ctx) error {
				if status == 500 {
					panic("deliberate")
				}
				return app.Error(status)
			}
		}
		for name, install := range map[string]func(app App){
			"for all":         func(app App) { app.Use("", answers(app)); app.Add("PUT", "/v1/items/:id", OK) },
			"below the group": func(app App) { app.Use("/v1", answers(app)); app.Add("PUT", "/v1/items/:id", OK) },
			"of the route":    func(app App) { app.Add("PUT", "/v1/items/:id", answers(app), OK) },
		} {
			for _, place := range []string{"group", "route"} {
				app := n(Config{})
				app.Recover()
				m := app.InstallMount(Policy("whole"))
				install(app)
				app.Add("PUT", "/x", OK)
				if place == "group" {
					Must(t, m.Group("/v1", Policy("group")))
				} else {
					Must(t, m.Route("PUT", "/v1/items/:id", Policy("route")))
				}
				Must(t, m.Check())
				h := app.Handler()
				for origin, want := range map[string]string{place: Origin(place), "whole": ""} {
					w := Ask(h, "PUT", "/v1/items/7", "Origin", Origin(origin))
					if Allowed(w) != want || w.StatusCode() != status || Lines(w, "Vary") != "Origin" {
						t.Errorf("%s, a %s's policy, %s: %d\n%s", name, place, origin, w.StatusCode(), &w.Header)
					}
				}
			}
		}
	}
	app := n(Config{})
	m := app.InstallMount(Policy("whole"))
	app.Add("GET", "/v1/late", Raw(corsfasthttptest.Late(t)))
	Must(t, m.Group("/v1", Policy("group")))
	if w := corsfasthttptest.Get(t, app.Serve(t), "/v1/late", Origin("group")); w.StatusCode != 408 || w.Header.Get("Access-Control-Allow-Origin") != Origin("group") {
		t.Errorf("a timeout: %d %v", w.StatusCode, w.Header)
	}
}

// changed: the decision is about the request as it arrived.
func changed(t *testing.T, n New) {
	t.Helper()
	seen := make(chan string, 8)
	type key struct{}
	asked := cors.MustCompile(cors.Config{AllowOriginFunc: func(ctx context.Context, r cors.Request, _ cors.Origin) (bool, error) {
		seen <- fmt.Sprint(r.Origin, " ", r.Host, " ", r.Path, " ", ctx.Value(key{}))
		return true, nil
	}})
	app := n(Config{})
	app.Use("", func(c Ctx) error {
		app.SetContext(c, context.WithValue(context.Background(), key{}, "outer"))
		return c.Next()
	})
	m := app.InstallMount(Policy("whole"))
	app.Add("PUT", "/v1/:id", func(c Ctx) error {
		h := &c.RequestCtx().Request.Header
		h.SetMethod("PATCH")
		h.Set("Origin", "https://other.example.com")
		h.Set("Sec-Fetch-Site", "none")
		c.RequestCtx().Request.SetRequestURI("http://upstream.internal/other/path")
		app.SetContext(c, context.Background())
		return OK(c)
	})
	Must(t, m.Group("/v1", asked), m.Check())
	w := Ask(app.Handler(), "PUT", "/v1/7", "Origin", "https://page.example")
	if Allowed(w) != "https://page.example" || len(seen) != 1 {
		t.Errorf("asked %d times, and answered\n%s", len(seen), &w.Header)
	}
	if got, want := <-seen, "https://page.example api.example /v1/7 outer"; got != want {
		t.Errorf("asked about %s, want %s", got, want)
	}
}

// nested: after a pass inside another one, the response has the headers of the last
// decision, and no header of an earlier one.
func nested(t *testing.T, n New) {
	t.Helper()
	outer := cors.MustCompile(cors.Config{AllowOrigins: []string{partner}, AllowCredentials: true, ExposeHeaders: []string{"x-outer"}})
	public := cors.MustCompile(cors.AllowAll())
	last := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://last.example"}})
	type install func(app App, d cors.Decider)
	plain := func(app App, d cors.Decider) { app.Install(d) }
	guard := func(app App, d cors.Decider) { app.Install(d, cors.Guard(cors.PolicyWins)) }
	handlers := func(app App, d cors.Decider) { app.Install(d, cors.Guard(cors.HandlerWins)) }
	mount := func(app App, d cors.Decider) { app.InstallMount(d) }
	kinds := map[string]install{"New": plain, "PolicyWins": guard, "HandlerWins": handlers, "Mount": mount}
	for outerName, outside := range kinds {
		for innerName, inside := range kinds {
			for _, d := range []cors.Decider{outer, public} {
				app := n(Config{})
				outside(app, d)
				inside(app, last)
				app.Add("GET", "/", OK)
				app.Add("GET", "/wipes", func(c Ctx) error { c.RequestCtx().Response.Reset(); return OK(c) })
				h := app.Handler()
				for _, path := range []string{"/", "/wipes"} {
					for _, origin := range []string{partner, "https://last.example"} {
						w := Ask(h, "GET", path, "Origin", origin)
						want := map[bool]string{true: "https://last.example"}[origin == "https://last.example"]
						if Allowed(w) != want || Lines(w, "Access-Control-Allow-Credentials")+Lines(w, "Access-Control-Expose-Headers") != "" {
							t.Errorf("%s in %s, GET %s from %s:\n%s", innerName, outerName, path, origin, &w.Header)
						}
					}
				}
			}
		}
	}
}

// asksOnce: each policy decides a request once, even if it is routed again.
func asksOnce(t *testing.T, n New, restart bool) {
	t.Helper()
	var asked []*atomic.Int64 // by place
	observe := func(d cors.Decider) cors.Decider {
		here := new(atomic.Int64)
		asked = append(asked, here)
		return cors.Observe(d, func(cors.Request, cors.Decision) { here.Add(1) })
	}
	app := n(Config{})
	m := app.InstallMount(Policy("whole"), cors.Around(observe))
	app.Use("", rewrite("/open", "/admin/x", restart))
	app.Add("GET", "/admin/x", secret)
	Must(t, m.Group("/admin", admin), m.Check())
	Ask(app.Handler(), "GET", "/open", "Origin", partner)
	for i, here := range asked {
		if n := here.Load(); n > 1 || n == 0 && i == len(asked)-1 {
			t.Errorf("routed again: %t: place %d of %d is asked %d times", restart, i, len(asked), n)
		}
	}
}

// enforcement: a policy that enforces refuses the request before the handler runs. If only
// the end shows which policy decides, no page may read.
func enforcement(t *testing.T, n New) {
	t.Helper()
	asksOnce(t, n, false)
	asksOnce(t, n, true)
	ran := false
	app := n(Config{})
	m := app.InstallMount(open)
	app.Add("GET", "/admin/x", func(c Ctx) error { ran = true; return secret(c) })
	app.Add("GET", "/free", OK)
	Must(t, m.Group("/admin", strict), m.Check())
	h := app.Handler()
	for _, tt := range []struct {
		target, origin string
		status         int
		runs           bool
	}{
		{"/admin/x", partner, 403, false},
		{"/ADMIN/x/", partner, 403, false},
		{"/admin/none", partner, 403, false},
		{"//admin/x", partner, 403, false},
		{"/admin/x", "https://admin.example", 200, true},
		{"/free", "https://stranger.example", 204, false},
		{"/none", "https://stranger.example", 404, false},
	} {
		ran = false
		w := Ask(h, "GET", tt.target, "Origin", tt.origin)
		if w.StatusCode() != tt.status || ran != tt.runs {
			t.Errorf("%s of %s: %d, and the handler ran: %t", tt.target, tt.origin, w.StatusCode(), ran)
		}
	}
	if w := Preflight(h, "PUT", "//admin/x", partner); w.StatusCode() == fiberForbidden {
		t.Error("an unserved preflight is refused")
	}
}

const fiberForbidden = 403

// guarded: a Mount guards responses, with the policy that decides.
func guarded(t *testing.T, n New) {
	t.Helper()
	app := n(Config{})
	m := app.InstallMount(Policy("whole"))
	for _, path := range []string{"/x", "/v1/x", "/v1/off"} {
		app.Add("GET", path, Raw(corsfasthttptest.Tamper))
	}
	app.Use("/used", Raw(corsfasthttptest.Tamper))
	Must(t, m.Group("/v1", Policy("group")), m.Route("GET", "/v1/off", nil), m.Check())
	h := app.Handler()
	for _, tt := range []struct{ target, origin, allowed, vary string }{
		{"/x", "whole", Origin("whole"), "Accept-Encoding Origin"},
		{"/used/x", "whole", Origin("whole"), "Accept-Encoding Origin"},
		{"//used/x", "whole", "", "Origin"},
		{"/v1/x", "group", Origin("group"), "Accept-Encoding Origin"},
		{"/v1/x", "whole", "", "Accept-Encoding Origin"},
		{"/v1/off", "group", "*", "Accept-Encoding"}, // no policy is in force
	} {
		w := Ask(h, "GET", tt.target, "Origin", Origin(tt.origin))
		if Allowed(w) != tt.allowed || Lines(w, "Vary") != tt.vary {
			t.Errorf("%s of %s:\n%s", tt.target, tt.origin, &w.Header)
		}
	}
}

// passed: a preflight that is passed on keeps its headers, even if the handler changes the
// request.
func passed(t *testing.T, n New) {
	t.Helper()
	policy := cors.MustCompile(cors.Config{
		AllowOrigins: []string{partner}, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}, PassPreflight: true,
	})
	app := n(Config{})
	app.InstallMount(policy)
	app.Add("PUT", "/x", OK)
	app.Add("OPTIONS", "/x", func(c Ctx) error {
		h := &c.RequestCtx().Request.Header
		h.Set("Access-Control-Request-Headers", "yyyyyyyyyy")
		h.Set("Origin", "https://other.example")
		return OK(c)
	})
	w := Ask(app.Handler(), "OPTIONS", "/x", "Origin", partner, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-onlyhere")
	if Allowed(w) != partner || !strings.Contains(Lines(w, "Access-Control-Allow-Headers"), "x-onlyhere") {
		t.Errorf("the answer to a preflight that is passed on:\n%s", &w.Header)
	}
}
