package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// mountScenario is a way to use a Mount. Its outcome depends on the framework, except for
// the rule that must always hold.
type mountScenario struct {
	name  string
	check func(tb testing.TB, start MountStart, plan *mountPlan) error
}

// visit is a request that is sent once for the page of each owner.
type visit struct {
	method, path string
	twists       []Field
	// owner may read the response if no route has served the request.
	owner string
	// also may read it too. It is set if both ways to say which route serves are right.
	also string
	// closes says that the Mount may let no page read, because it cannot be certain.
	closes bool
	// late says that a handler may run before the Mount knows that its policy refuses.
	late bool
}

// twisted returns a copy of the visit with one more Twist.
func (v visit) twisted(spot Spot, value string) visit {
	v.twists = append(slices.Clone(v.twists), Field{spot.Field(), value})
	return v
}

func get(path, owner string) visit { return visit{method: "GET", path: path, owner: owner} }

// mountScenarios returns all scenarios.
func mountScenarios() []mountScenario {
	item, v1, user := get("/items/7", ownerApp), get("/v1/items/7", ownerV1), get("/v1/admin/users/7", ownerAdmin)
	public, nowhere := get("/v1/admin/public/7", anybody), get("/v1/admin/nothing", ownerAdmin)
	own := visit{method: "PUT", path: "/v1/admin/users/7", owner: ownerSingle}
	post := visit{method: "POST", path: "/v1/admin/users/7", owner: ownerAdmin}
	late := func(v visit) visit { v.late = true; return v }
	hints := func(v visit) visit { v.twists = append(slices.Clone(v.twists), Field{hintsField, "yes"}); return v }
	closes := func(v visit) visit { v.closes, v.late = true, true; return v }
	all := []mountScenario{
		visits("nothing is changed", item, v1, user, own, public, get(SubRouter+"/", ownerAdmin), get("/v1/admin/public/internal/jobs", nobody)),
		visits("a HEAD", visit{method: "HEAD", path: "/items/7", owner: ownerApp}, visit{method: "HEAD", path: "/v1/admin/users/7", owner: ownerAdmin},
			visit{method: "HEAD", path: "/v1/admin/nothing", owner: ownerAdmin}),
		visits("requests without a route", get("/nothing", ownerApp), get("/v1/nothing", ownerV1), nowhere, post, visit{method: "PATCH", path: "/v1/items/7", owner: ownerV1}),

		// Each leads to a 404, a redirect, or a route: that depends on the router.
		visits("ambiguous paths", closes(get("/v1/admin//users/7", ownerAdmin)), closes(get("//v1/admin/users/7", ownerAdmin)),
			closes(get("/v1/%61dmin/users/7", nobody)), closes(get("/V1/admin/users/7", nobody)), closes(get("/v1/admin/../items/7", ownerV1)),
			closes(get("/v1/./admin/users/7", ownerAdmin)), closes(get("/v1/admin%2fusers/7", ownerAdmin)), closes(get("/v1/admin/users/7/", ownerAdmin)),
			closes(get("/items/", ownerApp)), closes(get(SubRouter, ownerAdmin))),

		visits("a path is changed outside", item.twisted(Outside, "path /v1/admin/users/7"), user.twisted(Outside, "path /items/7"),
			item.twisted(Outside, "copy, path /v1/admin/users/7"), get("/v1/admin/nothing", ownerV1).twisted(Outside, "path /v1/items/7")),
		visits("a method is changed outside", closes(post.twisted(Outside, "method PUT")), closes(user.twisted(Outside, "method PUT")), closes(own.twisted(Outside, "method GET")),
			closes(user.twisted(Outside, "copy, method PUT")), closes(own.twisted(Outside, "copy, method GET"))),
		visits("a method is changed outside, and the page of the route reads", user.twisted(Outside, "method PUT"), own.twisted(Outside, "method GET")),
		visits("a path is changed inside", late(item.twisted(Inside, "path /v1/admin/users/7")), late(user.twisted(Inside, "path /items/7")),
			late(user.twisted(Inside, "path /v1/items/7")), late(public.twisted(Inside, "path /v1/admin/users/7")), closes(nowhere.twisted(Inside, "path /items/7"))),
		visits("a path is changed inside, in a copy", late(item.twisted(Inside, "copy, path /v1/admin/users/7")), late(user.twisted(Inside, "copy, path /items/7"))),
		visits("a path is changed inside to one without a route", closes(item.twisted(Inside, "path /v1/admin/nothing"))),
		visits("a method is changed inside", late(user.twisted(Inside, "method PUT")), late(own.twisted(Inside, "method GET")), late(user.twisted(Inside, "copy, method PUT"))),
		visits("a path is changed in the sub-router", late(user.twisted(Sub, "path /v1/admin/public/7")), late(public.twisted(Sub, "path /v1/admin/users/7")),
			late(public.twisted(Sub, "copy, path /v1/admin/users/7"))),
		visits("a method is changed in the sub-router", late(user.twisted(Sub, "method PUT")), late(own.twisted(Sub, "method GET"))),
		visits("a request is copied", item.twisted(Outside, "copy"), item.twisted(Inside, "copy"), user.twisted(Inside, "copy"), user.twisted(Sub, "copy"),
			user.twisted(Outside, "copy").twisted(Inside, "copy").twisted(Sub, "copy"), own.twisted(Inside, "copy"), v1.twisted(Inside, "copy")),
		visits("a writer hides the one inside it", item.twisted(Outside, "opaque"), user.twisted(Inside, "opaque"), user.twisted(Sub, "opaque"),
			user.twisted(Outside, "opaque, copy").twisted(Inside, "opaque, copy").twisted(Sub, "opaque, copy")),
		visits("a request is routed again", late(get("/again", ownerApp)), late(get("/again-public", ownerApp)), late(get("/v1/again", ownerV1))),
		visits("a request is routed again behind a writer that hides the one inside it", closes(get("/again", ownerApp).twisted(Inside, "opaque")), closes(get("/v1/again", ownerV1).twisted(Inside, "opaque"))),
		visits("a request is routed again to a path without a route", closes(visit{method: "GET", path: "/v1/again-nowhere", owner: ownerV1, also: ownerAdmin})),

		visits("content without a route", closes(nowhere.twisted(Inside, "status 200")), closes(get("/nothing", ownerApp).twisted(Inside, "status 200")),
			closes(get("//v1/admin/nothing", nobody).twisted(Inside, "status 200")), closes(get("/v1/%61dmin/nothing", nobody).twisted(Inside, "status 200"))),
		visits("middleware answers", user.twisted(Inside, "status 401"), nowhere.twisted(Inside, "status 401"), own.twisted(Sub, "status 403"), v1.twisted(Inside, "status 503"),
			user.twisted(Inside, "copy, opaque, status 401")),
		visits("middleware panics", user.twisted(Inside, "panic"), v1.twisted(Inside, "copy, panic")),

		visits("headers are set outside", item.twisted(Outside, "sets"), user.twisted(Outside, "sets"), nowhere.twisted(Outside, "sets"),
			get("/v1/admin/public/internal/jobs", nobody).twisted(Outside, "sets"), late(item.twisted(Outside, "sets").twisted(Inside, "path /v1/admin/users/7"))),
		visits("headers are set inside", item.twisted(Inside, "sets"), user.twisted(Inside, "sets"), user.twisted(Sub, "sets"), nowhere.twisted(Inside, "sets"),
			closes(nowhere.twisted(Inside, "sets, status 200")), closes(get("//nothing", nobody).twisted(Inside, "sets")), user.twisted(Inside, "sets, status 401")),

		visits("middleware reads the first value of each field", item.twisted(Outside, "reads"), user.twisted(Outside, "reads"), user.twisted(Inside, "reads"), user.twisted(Sub, "reads"),
			nowhere.twisted(Outside, "reads"), late(get("/again", ownerApp).twisted(Outside, "reads").twisted(Inside, "reads")), late(get("/v1/again", ownerV1).twisted(Outside, "reads"))),

		visits("a 103 comes first", hints(get("/v1/hints", ownerV1)), hints(late(item.twisted(Inside, "path /v1/hints"))), hints(item.twisted(Outside, "path /v1/hints"))),

		below("a Mount below another router", item, v1, user, own, public, nowhere, post, get("/nothing", ownerApp), visit{method: "HEAD", path: "/v1/admin/users/7", owner: ownerAdmin},
			late(item.twisted(Inside, "path /v1/admin/users/7")), late(user.twisted(Inside, "copy, path /items/7")), item.twisted(Below, "copy, path /v1/admin/users/7"),
			late(get("/again", ownerApp)), closes(nowhere.twisted(Inside, "status 200")), user.twisted(Inside, "status 401"), item.twisted(Below, "sets"), user.twisted(Below, "opaque, sets"),
			item.twisted(Below, "reads"), user.twisted(Below, "reads").twisted(Inside, "reads"), nowhere.twisted(Below, "reads"), late(get("/again", ownerApp).twisted(Below, "reads"))),
		{"a policy attached to an unknown route or group closes the Mount", checkMisspelt},
		{"a policy attached while serving applies to later requests", checkLate},
		{"each scope decides once", checkOnce},
		{"the inner of two Mounts decides", checkTwo},
	}
	return append(all, coldStarts()...)
}

// coldStarts are applications that have just started and get one of several requests
// first. What was requested first must not matter later.
func coldStarts() (all []mountScenario) {
	usual := []visit{get("/items/7", ownerApp), get("/v1/items/7", ownerV1), get("/v1/admin/users/7", ownerAdmin), get(SubRouter+"/", ownerAdmin), get("/v1/admin/nothing", ownerAdmin)}
	for _, path := range []string{"/items", "/items/7", "/v1/items/7", "/v1/options", "/v1/admin", "/v1/admin/users/7", "/v1/files/a", "/static", "/v1", ""} {
		for _, slash := range []string{"", "/"} {
			if path+slash == "" {
				continue
			}
			for _, method := range []string{"GET", "PUT", "DELETE", "HEAD", "OPTIONS"} {
				first := visit{method: method, path: path + slash, owner: nobody, closes: true}
				all = append(all, mountScenario{fmt.Sprintf("cold start: %s %s", method, path+slash), func(tb testing.TB, start MountStart, plan *mountPlan) error {
					app := startScenario(tb, start, plan, scenarioApp{})
					if _, err := app.ask(first, ownerApp); err != nil {
						return err
					}
					return app.visitAll(usual)
				}})
			}
		}
	}
	return all
}

// visits is a scenario that sends each request to an application, and to the same
// application with enforced policies.
func visits(name string, all ...visit) mountScenario {
	return mountScenario{name, func(tb testing.TB, start MountStart, plan *mountPlan) error {
		for _, enforce := range []cors.Enforcement{cors.EnforceNone, cors.EnforceAll} {
			if err := startScenario(tb, start, plan, scenarioApp{enforce: enforce}).visitAll(all); err != nil {
				return err
			}
		}
		return nil
	}}
}

// below is visits for an application that is below another router.
func below(name string, all ...visit) mountScenario {
	for i := range all {
		if !slices.ContainsFunc(all[i].twists, func(f Field) bool { return f.Name == Below.Field() }) {
			all[i] = all[i].twisted(Below, "there") // proves that there is a router around the application
		}
	}
	return mountScenario{name, func(tb testing.TB, start MountStart, plan *mountPlan) error {
		for _, enforce := range []cors.Enforcement{cors.EnforceNone, cors.EnforceAll} {
			if err := startScenario(tb, start, plan, scenarioApp{enforce: enforce, below: true}).visitAll(all); err != nil {
				return err
			}
		}
		return nil
	}}
}

// checkMisspelt attaches a policy where there is no route.
func checkMisspelt(tb testing.TB, start MountStart, plan *mountPlan) error {
	for _, a := range []Attachment{
		{Pattern: "/v1/adimn", Decider: cors.MustCompile(cors.AllowAll())},
		{Method: "PUT", Pattern: "/items/special/{id}", Decider: nil},
		{Method: "PROPFIND", Pattern: "/items", Decider: nil},
	} {
		app := startScenario(tb, start, plan, scenarioApp{more: []Attachment{a}})
		for _, v := range []visit{get("/items/7", ownerApp), get("/v1/admin/users/7", ownerAdmin), get("/v1/admin/public/7", ownerApp), get("/nothing", ownerApp)} {
			if err := app.closedTo(v); err != nil {
				return fmt.Errorf("%s %s is attached to nothing: %w", a.Method, a.Pattern, err)
			}
		}
	}
	return nil
}

// closedTo returns an error if the page can read, or if its preflight is allowed.
func (app *scenarioApp) closedTo(v visit) error {
	preflight := v
	preflight.method = "OPTIONS"
	preflight.twists = []Field{{"Access-Control-Request-Method", "PUT"}}
	for _, v := range []visit{v, preflight} {
		r, err := app.ask(v, v.owner)
		if err == nil && r.Lines("Access-Control-Allow-Origin") != nil {
			err = fmt.Errorf("%s %s: a page reads:\n%s", v.method, v.path, quoted(r.Head))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkLate attaches policies while the application serves.
func checkLate(tb testing.TB, start MountStart, plan *mountPlan) error {
	app := startScenario(tb, start, plan, scenarioApp{})
	item := get("/items/7", ownerApp)
	if err := app.visitAll([]visit{item}); err != nil {
		return err
	}
	late := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://late.example"}})
	if err := app.mount.Group(app.spell("/items"), late); err != nil {
		return err
	}
	for page, reads := range map[string]bool{"https://late.example": true, ownerApp: false} {
		r, err := app.ask(item, page)
		if err != nil {
			return err
		}
		if got := slices.Equal(r.Lines("Access-Control-Allow-Origin"), []string{page}); got != reads {
			return fmt.Errorf("after the policy of the group was attached, a page of %s reads: %t, want %t:\n%s", page, got, reads, quoted(r.Head))
		}
	}
	if err := app.mount.Group(app.spell("/nowhere"), late); err != nil {
		return err
	}
	return app.closedTo(visit{method: "GET", path: "/items/7", owner: "https://late.example"})
}

// checkOnce counts decisions.
func checkOnce(tb testing.TB, start MountStart, plan *mountPlan) error {
	var tally cors.Tally
	app := startScenario(tb, start, plan, scenarioApp{options: []cors.Option{cors.Around(tally.Of)}})
	var asked uint64
	for _, v := range []visit{get("/items/7", ownerApp), get("/v1/admin/users/7", ownerAdmin), get("/nothing", ownerApp),
		{method: "OPTIONS", path: "/v1/items/7", twists: []Field{{"Access-Control-Request-Method", "PUT"}}}} {
		for range 5 {
			if _, err := app.ask(v, ownerApp); err != nil {
				return err
			}
			asked++
		}
		var counted uint64
		for _, n := range tally.All() {
			counted += n
		}
		if counted != asked {
			return fmt.Errorf("after %d requests, the last of them %s %s, %d decisions were counted", asked, v.method, v.path, counted)
		}
	}
	return nil
}

// checkTwo installs a Mount inside another.
func checkTwo(tb testing.TB, start MountStart, plan *mountPlan) error {
	const inner = "https://inner.example"
	app := startScenario(tb, start, plan, scenarioApp{inner: cors.MustCompile(cors.Config{AllowOrigins: []string{inner}, AllowCredentials: true})})
	for _, path := range []string{"/items/7", "/v1/items/7", "/v1/admin/public/7", "/v1/admin/nothing"} {
		for _, page := range []string{inner, ownerApp, ownerV1, ownerAdmin} {
			r, err := app.ask(get(path, ownerApp), page)
			if err != nil {
				return err
			}
			origins, vary := r.Lines("Access-Control-Allow-Origin"), strings.Join(r.Lines("Vary"), ", ")
			if reads := slices.Equal(origins, []string{page}); reads != (page == inner) || !reads && origins != nil || !strings.Contains(vary, "Origin") {
				return fmt.Errorf("%s, by a page of %s: it reads %t, and Vary is %q:\n%s", path, page, reads, vary, quoted(r.Head))
			}
		}
	}
	return nil
}

// scenarioApp is an application that is visited.
type scenarioApp struct {
	enforce cors.Enforcement
	inner   cors.Decider
	below   bool
	more    []Attachment
	options []cors.Option

	addr  string
	mount Attacher
	spell func(pattern string) string
}

// startScenario serves the application.
func startScenario(tb testing.TB, start MountStart, plan *mountPlan, app scenarioApp) *scenarioApp {
	tb.Helper()
	whole := cors.MustCompile(cors.Config{AllowOrigins: []string{ownerApp}, AllowMethods: []string{"PUT"}, Enforce: app.enforce})
	app.addr = start(tb, MountApp{
		App:      App{Decider: whole, Routes: plan.keep(scenarioRoutes()), Options: app.options},
		Attached: append(plan.keepAttached(attachments(app.enforce)), app.more...),
		Files:    files(tb),
		Inner:    app.inner,
		Below:    app.below,
		attached: func(m Attacher, spell func(string) string) { app.mount, app.spell = m, spell },
	})
	return &app
}

// ask sends one request from a page.
func (app *scenarioApp) ask(v visit, page string) (Response, error) {
	conn, err := dial(app.addr)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = conn.Close() }() // nothing is left to be sent
	lines := []string{v.method + " " + v.path, "Origin: " + page}
	for _, t := range v.twists {
		lines = append(lines, t.String())
	}
	return conn.exchange(request(lines, "", true), true)
}

func (app *scenarioApp) visitAll(all []visit) error {
	for _, v := range all {
		for _, page := range []string{ownerApp, ownerV1, ownerAdmin, ownerSingle} {
			r, err := app.ask(v, page)
			if err == nil {
				err = app.judge(v, page, r)
			}
			if err != nil {
				return fmt.Errorf("%s %s %v, from a page of %s, enforcing %v: %w\n%s", v.method, v.path, v.twists, page, app.enforce, err, quoted(r.Head))
			}
		}
	}
	return nil
}

// judge checks the response to v against the rule.
func (app *scenarioApp) judge(v visit, page string, r Response) error {
	owner, ran := v.owner, ""
	if handlers := r.Lines(ranField); handlers != nil {
		ran = handlers[len(handlers)-1]
	}
	if ran != "" && ran != byMiddleware {
		var err error
		if owner, err = ownerOf(ran); err != nil {
			return err
		}
	}
	mine := owner == page || owner == anybody || v.also == page
	lines := r.Lines("Access-Control-Allow-Origin")
	for _, f := range r.Hints {
		if strings.EqualFold(f.Name, "Access-Control-Allow-Origin") && !mine {
			return fmt.Errorf("the 103 has %s, but only %q may read", f, owner)
		}
	}
	// If a handler routes the request again, it has run before the policy of the next route
	// refuses.
	again := strings.HasPrefix(ran, "GET /again") || strings.HasPrefix(ran, "GET /v1/again")
	refused := app.enforce != cors.EnforceNone && r.Status == 403 && (ran == "" || again)
	switch {
	case len(lines) > 1:
		return fmt.Errorf("the response has %d Access-Control-Allow-Origin lines", len(lines))
	case len(lines) == 1 && !mine && (lines[0] == page || lines[0] == "*"):
		return fmt.Errorf("the page can read the response, but the policy of %q allows only %q", ran, owner)
	case len(lines) == 1 && lines[0] != page && lines[0] != "*":
		return fmt.Errorf("Access-Control-Allow-Origin is %q", lines[0])
	case len(lines) == 0 && mine && !v.closes && !refused:
		return fmt.Errorf("the page cannot read the response, although it is certain that the policy of %q allows it", ran)
	case refused && mine && !v.closes && !v.late && !v.changed():
		return fmt.Errorf("the page is refused, although the policy of the route allows it")
	case app.enforce != cors.EnforceNone && ran != "" && !mine && owner != nobody && !v.late:
		return fmt.Errorf("%q has run, although its policy refuses the request", ran)
	}
	if !refused && !again {
		return v.twistsWereMade(r)
	}
	return nil
}

// changed reports whether middleware changes which route serves the request.
func (v visit) changed() bool {
	return slices.ContainsFunc(v.twists, func(f Field) bool {
		t := ParseTwist(f.Value)
		return t.Path != "" || t.Method != ""
	})
}

// twistsWereMade returns an error if a spot has no middleware.
func (v visit) twistsWereMade(r Response) error {
	for _, t := range v.twists {
		spot, isTwist := strings.CutPrefix(t.Name, Spot("").Field())
		if isTwist && !slices.Contains(r.Lines(TwistedField), spot) {
			return fmt.Errorf("no middleware at the spot %s has run: see MountApp", spot)
		}
	}
	return nil
}
