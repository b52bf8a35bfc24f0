package fibertest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

func wantError(t *testing.T, err error, text string) {
	t.Helper()
	var problem *cors.ConfigError
	if !errors.As(err, &problem) || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want one with %s", err, text)
	}
}

// The page of a partner may read responses that the app's policy decides, and none that the
// policy of /admin decides.
var (
	partner = "https://partner.example"
	open    = cors.MustCompile(cors.Config{AllowOrigins: []string{partner}, AllowCredentials: true, AllowMethods: []string{"PUT"}})
	admin   = cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example"}, AllowMethods: []string{"PUT"}})
	strict  = cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example"}, Enforce: cors.EnforceAll})
)

// secret answers with text that a partner's page must not read.
func secret(c Ctx) error {
	c.RequestCtx().SetBodyString("secret")
	return nil
}

// rewrite returns middleware that changes one path to another, once, and then routes again
// or continues.
func rewrite(from, to string, restart bool) Handler {
	return func(c Ctx) error {
		if c.Path() != from || c.RequestCtx().UserValue("rewritten") != nil {
			return c.Next()
		}
		c.RequestCtx().SetUserValue("rewritten", true)
		c.Path(to)
		if restart {
			return c.RestartRouting()
		}
		return c.Next()
	}
}

// reads returns the status of a GET, and the part of the response that the partner's page
// can read.
func reads(app fasthttp.RequestHandler, target string) (status int, body string) {
	w := Ask(app, "GET", target, "Origin", partner)
	if origin := Allowed(w); origin != partner && origin != "*" {
		return w.StatusCode(), ""
	}
	return w.StatusCode(), string(w.Body())
}

// serves: the policy of the route that serves decides, even if middleware changes the path.
func serves(t *testing.T, n New) {
	t.Helper()
	for name, install := range map[string]func(app App, m func()){
		"rewritten before the Mount":                   func(app App, m func()) { app.Use("", rewrite("/open", "/admin/x", false)); m() },
		"rewritten after the Mount":                    func(app App, m func()) { m(); app.Use("", rewrite("/open", "/admin/x", false)) },
		"rewritten after the Mount, and routed again":  func(app App, m func()) { m(); app.Use("", rewrite("/open", "/admin/x", true)) },
		"rewritten before the Mount, and routed again": func(app App, m func()) { app.Use("", rewrite("/open", "/admin/x", true)); m() },
		"rewritten by a route": func(app App, m func()) {
			m()
			app.Add("GET", "/open", rewrite("/open", "/admin/x", true))
		},
		"rewritten by a route, which goes on": func(app App, m func()) {
			m()
			app.Add("GET", "/open", rewrite("/open", "/admin/x", false))
		},
		"in upper case": func(app App, m func()) { m(); app.Use("", rewrite("/open", "/ADMIN/x/", true)) },
		"with an error": func(app App, m func()) {
			m()
			app.Use("", func(c Ctx) error {
				asked := c.Path() + ""
				err := rewrite("/open", "/admin/x", true)(c)
				if strings.HasPrefix(asked, "/open") {
					return errors.Join(err, app.Error(418))
				}
				return err
			})
		},
	} {
		for _, policy := range []*cors.Policy{admin, strict} {
			for _, guard := range []cors.GuardMode{cors.PolicyWins, cors.HandlerWins} {
				app := n(Config{})
				var m Mount
				install(app, func() { m = app.InstallMount(open, cors.Guard(guard)) })
				app.Add("GET", "/admin/x", secret)
				app.Add("GET", "/free", secret)
				Must(t, m.Group("/admin", policy), m.Check())
				h := app.Handler()
				if status, body := reads(h, "/open"); strings.Contains(body, "secret") {
					t.Errorf("%s, %s: the partner reads %q of a %d", name, guard, body, status)
				}
				w := Ask(h, "GET", "/open", "Origin", "https://admin.example")
				if policy == admin && strings.Contains(string(w.Body()), "secret") && Allowed(w) != "https://admin.example" {
					t.Errorf("%s, %s: the admin's page cannot read the %d\n%s", name, guard, w.StatusCode(), &w.Header)
				}
				if _, body := reads(h, "/free"); body != "secret" {
					t.Errorf("%s, %s: the partner cannot read the app's", name, guard)
				}
			}
		}
	}
}

// unserved: pages can read a 404 and a 405, and the answers to preflights for them, as
// under New. The policy of the path's group decides.
func unserved(t *testing.T, n New) {
	t.Helper()
	app := n(Config{})
	m := app.InstallMount(Policy("whole"))
	app.Add("PUT", "/items/:id", OK)
	app.Add("PUT", "/v1/items/:id", OK)
	Must(t, m.Group("/v1", Policy("group")), m.Check())
	h := app.Handler()
	for _, tt := range []struct {
		target, origin string
		status         int
	}{
		{"/none", "whole", 404}, {"/items/7", "whole", 405},
		{"/v1/none", "group", 404}, {"/v1/items/7", "group", 405}, {"/V1/none/", "group", 404},
	} {
		for _, method := range []string{"GET", "OPTIONS"} {
			fields := []string{"Origin", Origin(tt.origin)}
			if method == "OPTIONS" {
				fields = append(fields, "Access-Control-Request-Method", "DELETE", "Access-Control-Request-Headers", "x")
			}
			w := Ask(h, method, tt.target, fields...)
			if w.StatusCode() != tt.status || Allowed(w) != Origin(tt.origin) || Lines(w, "Vary") != "Origin" {
				t.Errorf("%s %s: %d\n%s", method, tt.target, w.StatusCode(), &w.Header)
			}
			for _, name := range []string{"Methods", "Headers"} {
				if got := Lines(w, "Access-Control-Allow-"+name); got != "" {
					t.Errorf("%s %s: Access-Control-Allow-%s: %s", method, tt.target, name, got)
				}
			}
		}
	}
}

// content: a response of a handler of Use has the policy of the path's group, and no policy
// if the path can be read in two ways.
func content(t *testing.T, n New) {
	t.Helper()
	folder := t.TempDir()
	Must(t, os.MkdirAll(filepath.Join(folder, "internal"), 0o700), os.WriteFile(filepath.Join(folder, "internal", "s.txt"), []byte("secret"), 0o600))
	for name, install := range map[string]func(app App){
		"a handler of Use": func(app App) { app.Use("", secret) },
		"a handler of Use, behind a rewrite": func(app App) {
			app.Use("", rewrite("/open", "/internal/s.txt", false))
			app.Use("/", secret)
		},
		"a handler of Use with a prefix": func(app App) { app.Use("/internal", secret) },
		"files":                          func(app App) { app.Static("/internal", filepath.Join(folder, "internal")) },
	} {
		app := n(Config{})
		m := app.InstallMount(open)
		app.Add("GET", "/internal/jobs", OK)
		install(app)
		Must(t, m.Group("/internal", nil), m.Check())
		h := app.Handler()
		for _, target := range []string{"/internal/s.txt", "//internal/s.txt", "/%69nternal/s.txt", "/INTERNAL/s.txt", "/internal/../internal/s.txt", "/internal//s.txt", "/open"} {
			if target == "/open" && !strings.HasSuffix(name, "rewrite") {
				continue // the app's policy decides
			}
			if status, body := reads(h, target); strings.Contains(body, "secret") {
				t.Errorf("%s: %s is readable (%d)", name, target, status)
			}
		}
	}
	app := n(Config{})
	m := app.InstallMount(open)
	app.Add("GET", "/internal/jobs", OK)
	app.Use("", secret)
	Must(t, m.Group("/internal", admin), m.Check())
	if _, body := reads(app.Handler(), "/page"); body != "secret" {
		t.Error("what Use serves outside all groups has the app's policy")
	}
}

// misspelt: Check reports policies without a route. While there are any, no page may read.
func misspelt(t *testing.T, n New) {
	t.Helper()
	for _, tt := range []struct {
		attach func(m Mount) error
		want   string
	}{
		{func(m Mount) error { return m.Group("/amdin", strict) }, `write "/admin"`},
		{func(m Mount) error { return m.Group("/admin/*", strict) }, `write "/admin"`},
		{func(m Mount) error { return m.Group("/internals", nil) }, `write "/internal"`},
		{func(m Mount) error { return m.Group("admin", nil) }, `write "/admin"`},
		{func(m Mount) error { return m.Route("get", "/admin/:id", strict) }, `write "GET"`},
		{func(m Mount) error { return m.Route("GET", "/admin/:user", strict) }, `write "GET /admin/:id"`},
		{func(m Mount) error { return m.Route("GET", "/admin/{id}", strict) }, `write "GET /admin/:id"`},
		{func(m Mount) error { return m.Route("PUT", "/admin/:id", strict) }, `write "GET /admin/:id"`},
	} {
		app := n(Config{})
		m := app.InstallMount(open)
		app.Add("GET", "/admin/:id", secret)
		app.Add("GET", "/internal/x", secret)
		app.Add("GET", "/free", secret)
		err := tt.attach(m)
		if err == nil {
			h := app.Handler()
			for _, target := range []string{"/admin/x", "/internal/x", "/free"} {
				if _, body := reads(h, target); body != "" {
					t.Errorf("%s: %s is readable", tt.want, target)
				}
			}
			if w := Preflight(h, "PUT", "/free", partner); Allowed(w) != "" || w.StatusCode() != fasthttp.StatusForbidden {
				t.Errorf("%s: the preflight is answered with\n%s", tt.want, &w.Header)
			}
			err = m.Check()
		}
		wantError(t, err, tt.want)
	}
}

// otherMethods: RouteMethods lists no method that only another path of the same pattern
// has.
func otherMethods(t *testing.T, n New) {
	t.Helper()
	app := n(Config{})
	m := app.InstallMount(Policy("whole"), cors.RouteMethods())
	app.Add("PUT", "/users/root", OK)
	app.Add("GET", "/users/:id", OK)
	app.Add("PUT", "/users/:id", OK)
	Must(t, m.Route("PUT", "/users/root", strict), m.Check())
	h := app.Handler()
	for _, tt := range [][3]string{{"PUT", "/users/1", "PUT"}, {"GET", "/users/root", ""}, {"PUT", "/users/1", "PUT"}} {
		if got := Lines(Preflight(h, tt[0], tt[1], Origin("whole")), "Access-Control-Allow-Methods"); got != tt[2] {
			t.Errorf("%s %s: methods %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}
