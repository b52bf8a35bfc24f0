package fibertest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// DifferentialFlags registers -differential and -differential.seed, and returns a function
// that runs Differential with their values. Call it in the package of a test: programs that
// import this package have a flag with the same name.
func DifferentialFlags() func(t *testing.T, n New) {
	requests := flag.Int("differential", 20_000, "how many random requests TestDifferential sends")
	seed := flag.Uint64("differential.seed", 1, "for other apps and requests")
	return func(t *testing.T, n New) {
		t.Helper()
		Differential(t, n, *seed, *requests)
	}
}

// Differential sends random requests to random apps. It compares what a page can read with
// what the handlers report: the headers are those of the policy of the handler that ran
// last, or there are none. Apps have nested groups, mounted apps, static files, rewriters
// before and after the Mount that continue or route again, routes that call Next, handlers
// that fail and panic, and all settings of the router.
func Differential(t *testing.T, n New, seed uint64, requests int) {
	t.Helper()
	const each = 200
	var total result
	for i := range uint64((requests + each - 1) / each) {
		app := newRandomApp(n, rand.New(rand.NewPCG(seed, i)))
		for range each {
			total.add(t, app.ask(), fmt.Sprintf("seed %d, app %d", seed, i))
		}
		if t.Failed() {
			break
		}
	}
	t.Logf("%+v", total)
	if total.Readable*20 < total.Requests || total.NeedlesslyClosed*100 > total.Readable {
		t.Errorf("too little is readable for this to test anything: %+v", total)
	}
}

// result counts responses.
type result struct{ Requests, Served, Readable, Refused, Wrong, NeedlesslyClosed int }

func (r *result) add(t *testing.T, got outcome, where string) {
	t.Helper()
	r.Requests++
	if got.owner != "" {
		r.Served++
	}
	switch {
	case got.refused:
		r.Refused++
		if got.allowed != "" {
			t.Errorf("%s: %s is refused, and readable", where, got)
		}
	case got.ran && got.enforces && got.origin != got.owner && !got.late:
		r.Wrong++
		t.Errorf("%s: %s ran, and the policy refuses", where, got)
	case got.allowed == "" && got.owner == got.origin && !got.uncertain:
		r.NeedlesslyClosed++
	case got.allowed == "":
	case got.allowed != got.owner:
		r.Wrong++
		t.Errorf("%s: %s is readable by %q", where, got, got.allowed)
	default:
		r.Readable++
	}
}

// places are the prefixes with an attached policy, each with its own origin.
var places = []string{"", "/a", "/a/b", "/b", "/x/a"}

// placeOf returns the innermost place that contains a pattern.
func placeOf(pattern string) (place string) {
	for _, p := range places {
		if (pattern == p || strings.HasPrefix(pattern, p+"/")) && len(p) > len(place) {
			place = p
		}
	}
	return place
}

func originOf(place string) string { return Origin("at" + strings.ReplaceAll(place, "/", "-")) }

// randomApp is an app whose handlers report which of them ran.
type randomApp struct {
	*rand.Rand
	app       App
	handler   fasthttp.RequestHandler
	enforces  map[string]bool // by place
	rewritten []string        // paths that middleware changes

	caseSensitive bool
	headIsGet     bool              // fiber v3 registers a HEAD for each GET
	perRoute      map[string]string // patterns with their own policy, and its name
}

func newRandomApp(n New, r *rand.Rand) *randomApp {
	a := &randomApp{Rand: r, enforces: make(map[string]bool), perRoute: make(map[string]string)}
	c := Config{StrictRouting: a.once(2), CaseSensitive: a.once(2), UnescapePath: a.once(2)}
	a.app, a.caseSensitive = n(c), c.CaseSensitive
	a.app.Recover()
	if a.once(3) {
		a.rewriter(a.app)
	}
	m := a.app.InstallMount(a.policy(""), a.options()...)
	for range a.IntN(3) {
		a.rewriter(a.app)
	}
	if a.once(4) {
		a.middleware(a.app, "")
	}
	for _, p := range places {
		a.add(a.app, "", p+"/z")
	}
	a.fill(a.app, "", 0)
	if a.once(2) {
		prefix := a.pick("", "", "", "/a/u", "/b/u", "/u")
		a.app.Use(prefix, a.serves(func(c Ctx) string { return "use " + c.Path() }))
	}
	for _, p := range places[1:] {
		if err := m.Group(p, a.policy(p)); err != nil {
			panic(err)
		}
	}
	if a.once(2) {
		pattern := "/b/z"
		a.perRoute[pattern] = "route"
		if err := m.Route("GET", pattern, Policy("route")); err != nil {
			panic(err)
		}
	}
	if err := m.Check(); err != nil {
		panic(err) // every place has a route
	}
	a.handler = a.app.Handler()
	plain := n(Config{})
	plain.Add("GET", "/", OK)
	a.headIsGet = Ask(plain.Handler(), "HEAD", "/").StatusCode() == fasthttp.StatusNoContent
	return a
}

// once returns true once in n times.
func (a *randomApp) once(n int) bool { return a.IntN(n) == 0 }

func (a *randomApp) pick(of ...string) string { return of[a.IntN(len(of))] }

func (a *randomApp) options() []cors.Option {
	if a.once(2) {
		return []cors.Option{cors.Guard(cors.HandlerWins)}
	}
	return nil
}

func (a *randomApp) policy(place string) *cors.Policy {
	config := cors.Config{AllowOrigins: []string{originOf(place)}, AllowMethods: []string{"PUT"}}
	if place != "" && a.once(4) {
		config.Enforce = cors.EnforceAll
		a.enforces[place] = true
	}
	return cors.MustCompile(config)
}

// rewriter registers middleware that replaces one path by another, once.
func (a *randomApp) rewriter(in Router) {
	from := "/" + a.pick("a", "b", "c", "x") + "/" + a.pick("a", "b", "c", "z")
	to := "/" + a.pick("a", "b", "x") + "/" + a.pick("a", "b", "z", "none")
	if a.once(4) {
		to += "/" + a.pick("a", "z")
	}
	a.rewritten = append(a.rewritten, from)
	in.Use("", rewrite(from, to, a.once(2)))
}

// middleware registers middleware that answers some requests itself.
func (a *randomApp) middleware(in Router, prefix string) {
	status := []int{200, 401, 503}[a.IntN(3)]
	in.Use(prefix, func(c Ctx) error {
		if c.RequestCtx().Request.Header.Peek("Stop") == nil {
			return c.Next()
		}
		says(c, "use "+c.Path())
		c.RequestCtx().SetStatusCode(status)
		return nil
	})
}

// says records in the response which handler has served it.
func says(c Ctx, who string) {
	c.RequestCtx().Response.Header.Set("Served", who)
	c.RequestCtx().Response.Header.Add("Ran", who)
}

func (a *randomApp) serves(who func(Ctx) string) Handler {
	return func(c Ctx) error {
		says(c, who(c))
		return nil
	}
}

// add registers a route. It may fail, panic or call the next handler.
func (a *randomApp) add(in Router, at, path string) {
	pattern := at + path
	method := a.pick("GET", "GET", "PUT")
	if strings.HasSuffix(pattern, "/z") {
		method = "GET"
	}
	does := a.IntN(12)
	in.Add(method, path, func(c Ctx) error {
		says(c, "route "+pattern)
		switch does {
		case 0:
			return a.app.Error(418)
		case 1:
			return c.Next()
		case 2:
			panic("deliberate")
		default:
			return nil
		}
	})
}

// fill registers random routes, groups and mounted apps.
func (a *randomApp) fill(in Router, at string, depth int) {
	if a.once(4) && at != "" {
		a.middleware(in, "")
	}
	for range 4 {
		path := "/" + a.pick("a", "b", "c", "x", ":id", "*")
		if a.once(3) && path != "/*" {
			path += "/" + a.pick("a", "b", ":x")
		}
		a.add(in, at, path)
	}
	if depth == 2 {
		return
	}
	prefix := "/" + a.pick("a", "b", "x")
	if depth == 0 && a.once(2) {
		a.fill(in.Mount(prefix, Config{}), at+prefix, 2)
		return
	}
	a.fill(in.Group(prefix), at+prefix, depth+1)
}

// outcome is a request and its response.
type outcome struct {
	method, target, served string
	status                 int
	origin, owner, allowed string // of the page, of the page that may read, and of the page that can
	ran, refused           bool
	enforces               bool // the policy of the handler that served enforces
	late                   bool // the handler may have run before its policy was known
	uncertain              bool // it is not certain which handler served, so perhaps no page may read
}

// String describes the request.
func (o outcome) String() string {
	return fmt.Sprintf("%s %s of %s, %d, served by %q, for %q", o.method, o.target, o.origin, o.status, o.served, o.owner)
}

// ask sends one random request.
func (a *randomApp) ask() outcome {
	var path strings.Builder
	for range 1 + a.IntN(3) {
		path.WriteString("/" + a.pick("a", "b", "c", "x", "z", "u", "7", "none"))
	}
	o := outcome{method: a.pick("GET", "GET", "PUT", "HEAD"), target: path.String(), origin: originOf(places[a.IntN(len(places))])}
	if len(a.rewritten) > 0 && a.once(4) {
		o.target = a.pick(a.rewritten...)
	}
	switch a.IntN(12) {
	case 0:
		o.target = "/" + o.target
	case 1:
		o.target += "/"
	case 2:
		o.target = strings.ToUpper(o.target)
	case 3:
		o.target = strings.Replace(o.target, "a", "%61", 1)
	}
	if len(a.perRoute) > 0 && a.once(8) {
		o.target, o.origin = "/b/z", a.pick(Origin("route"), originOf("/b"))
	}
	fields := []string{"Origin", o.origin}
	if a.once(8) {
		fields = append(fields, "Stop", "yes")
	}
	a.judge(&o, Ask(a.handler, o.method, o.target, fields...))
	if len(fields) > 2 && strings.HasPrefix(o.served, "use ") && o.status >= 300 {
		if !a.keptFrom(&o, o.method) && o.method == "HEAD" && a.headIsGet {
			a.keptFrom(&o, "GET") // a GET route may be registered before that for HEAD
		}
	}
	return o
}

// keptFrom handles a request that middleware has answered. Its owner is that of the first
// route that would have run.
func (a *randomApp) keptFrom(o *outcome, method string) bool {
	w := Ask(a.handler, method, o.target, "Origin", o.origin)
	for _, ran := range w.Header.PeekAll("Ran") {
		who, pattern, _ := strings.Cut(string(ran), " ")
		if owner, _ := a.ownerOf(o.method, pattern); who == "route" && (len(a.rewritten) == 0 || o.allowed == owner) {
			o.owner = owner
			return true
		}
	}
	return false
}

// ownerOf returns the page that may read the response of the pattern's route, and whether
// its policy enforces.
func (a *randomApp) ownerOf(method, pattern string) (owner string, enforces bool) {
	if name := a.perRoute[pattern]; name != "" && method != "PUT" {
		return Origin(name), false
	}
	place := placeOf(pattern)
	return originOf(place), a.enforces[place]
}

// judge compares the response with what the handlers have recorded.
func (a *randomApp) judge(o *outcome, w *fasthttp.Response) {
	o.status, o.served, o.allowed = w.StatusCode(), string(w.Header.Peek("Served")), Allowed(w)
	who, where, served := strings.Cut(o.served, " ")
	o.ran = who == "route"
	o.refused = o.status == 403
	o.late = len(a.rewritten) > 0 || len(w.Header.PeekAll("Ran")) > 1 // a route that calls Next runs before the last one
	switch {
	case who == "route":
		o.owner, o.enforces = a.ownerOf(o.method, where)
	case served: // by a handler of Use, for the path at that time
		if !a.caseSensitive {
			where = strings.ToLower(where)
		}
		o.owner = originOf(placeOf(strings.TrimRight(where, "/")))
		o.uncertain = true
	default:
		o.owner, o.uncertain = o.allowed, true // a 404 or 405 does not show which path was routed
	}
}
