package fibertest

import (
	"context"
	"testing"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// handlerWins: with HandlerWins a Mount keeps a handler's own CORS headers, but where no page
// may read, it keeps none.
func handlerWins(t *testing.T, n New) {
	t.Helper()
	const own = "https://own.example"
	app := n(Config{})
	m := app.InstallMount(Policy("whole"), cors.Guard(cors.HandlerWins))
	sets := Raw(func(c *fasthttp.RequestCtx) { c.Response.Header.Set("Access-Control-Allow-Origin", own) })
	app.Add("GET", "/x", sets)
	app.Use("/used", sets)
	Must(t, m.Check())
	h := app.Handler()
	for target, want := range map[string]string{"/x": own, "/used/x": own, "//used/x": ""} {
		if w := Ask(h, "GET", target, "Origin", Origin("whole")); Allowed(w) != want {
			t.Errorf("GET %s:\n%s", target, &w.Header)
		}
	}
	Must(t, m.Group("/no-such-route", nil))
	if w := Ask(h, "GET", "/x", "Origin", Origin("whole")); Allowed(w) != "" {
		t.Errorf("with a policy that has no route:\n%s", &w.Header)
	}
}

// offInside: where a Mount switches CORS off, a New around it with a Guard sends nothing.
func offInside(t *testing.T, n New) {
	t.Helper()
	app := n(Config{})
	app.Install(Policy("outer"), cors.Guard(cors.PolicyWins))
	m := app.InstallMount(Policy("whole"))
	app.Add("GET", "/internal/x", OK)
	Must(t, m.Group("/internal", nil), m.Check())
	if w := Ask(app.Handler(), "GET", "/internal/x", "Origin", Origin("outer")); Allowed(w) != "" {
		t.Errorf("where CORS is off:\n%s", &w.Header)
	}
}

// changedOnTheWay: a policy that only the route that has served needs is asked about the
// request as it came in.
func changedOnTheWay(t *testing.T, n New) {
	t.Helper()
	asked := cors.MustCompile(cors.Config{AllowOriginFunc: func(_ context.Context, r cors.Request, _ cors.Origin) (bool, error) {
		return r.Host == "api.example" && r.FetchSite == "same-site", nil
	}})
	app := n(Config{})
	m := app.InstallMount(Policy("whole"))
	app.Use("", func(c Ctx) error {
		c.Path("/admin/x")
		c.RequestCtx().Request.Header.SetHost("inner.example")
		c.RequestCtx().Request.Header.Set("Sec-Fetch-Site", "none")
		return c.Next()
	})
	app.Add("GET", "/admin/x", OK)
	app.Add("GET", "/open", OK)
	Must(t, m.Group("/admin", asked), m.Check())
	const page = "https://page.example"
	if w := Ask(app.Handler(), "GET", "/open", "Origin", page, "Sec-Fetch-Site", "same-site"); Allowed(w) != page {
		t.Errorf("asked about a request that has been changed:\n%s", &w.Header)
	}
}
