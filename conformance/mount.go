package conformance

import (
	"embed"
	"errors"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// MountApp describes an application whose parts have policies of their own: an App
// whose adapter is installed as a Mount.
//
// The application is put together as a Start does it, and in each Spot there is
// middleware that does what a request's Twist says: from the outside the Outer, the
// recovery, the Outside spot, the Mount or both, the Inside spot, and the routes. The Mount's
// Check is not called, since some attachments are misspelt on purpose.
type MountApp struct {
	// App's Decider is the one of the application as a whole. If it is nil, serve the
	// same application without the adapter. The Path of a Route is a pattern in the
	// form of net/http's: "/users/{id}", "/files/{rest...}", and "/users/{$}" for the one
	// path "/users/". Those below SubRouter are to be registered in a router of their own
	// that is mounted there, or in a group.
	App

	// Attached is what is attached to the Mount, which App.Options are for.
	Attached []Attachment

	// Inner, if it is not nil, is the policy of a second Mount, to be installed inside the
	// first one on the same router. Nothing is attached to it.
	Inner cors.Decider

	// Below asks for another router of the framework around the whole, which hands all requests
	// on: to the Mount's router as to a handler, or as to a router that is mounted at "/". The
	// Below spot is in that router.
	Below bool

	// Files is a directory to be served below /static by what the framework has for that.
	Files string

	attached func(Attacher, func(pattern string) string) // called by Attach
}

// SubRouter is the prefix in a MountApp at which the framework's way to nest routers
// is to be used.
const SubRouter = "/v1/admin"

// Attachment is a policy at a place: that of a route if Method is not empty, or else a
// group's. A nil Decider switches CORS off there.
type Attachment struct {
	Method  string
	Pattern string
	Decider cors.Decider
}

// MountStart is Start for a MountApp.
type MountStart func(tb testing.TB, app MountApp) (addr string)

// Attacher is what every adapter's Mount is, as far as attaching goes.
type Attacher interface {
	Group(prefix string, d cors.Decider) error
	Route(method, pattern string, d cors.Decider) error
}

// Attach attaches app.Attached to m, with each pattern as the framework spells it.
func (app MountApp) Attach(tb testing.TB, m Attacher, spell func(pattern string) string) {
	tb.Helper()
	if app.attached != nil {
		app.attached(m, spell)
	}
	for _, a := range app.Attached {
		err := error(nil)
		if a.Method == "" {
			err = m.Group(spell(a.Pattern), a.Decider)
		} else {
			err = m.Route(a.Method, spell(a.Pattern), a.Decider)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

//go:embed testdata/mount/*.txt
var mountFiles embed.FS

// MountCases yields the cases of mounted policies, grouped by rule. They are checked
// with MountStart.For as their Start.
func MountCases() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		entries, _ := mountFiles.ReadDir("testdata/mount") // part of the program, and sorted
		for _, entry := range entries {
			file := path.Join("testdata/mount", entry.Name())
			text, _ := mountFiles.ReadFile(file)
			for _, c := range parseCases(file, string(text)) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// For returns the Start that serves the application of c, which MountCases yielded.
func (start MountStart) For(c Case) Start { return start.forCase(c, newMountPlan(nil)) }

func (start MountStart) forCase(c Case, plan *mountPlan) Start {
	var options []cors.Option
	if c.Rule() == "routemethods" {
		options = append(options, cors.RouteMethods())
	}
	return func(tb testing.TB, app App) string {
		tb.Helper()
		app.Routes, app.Options = plan.keep(mountRoutes()), slices.Concat(options, app.Options)
		return start(tb, MountApp{App: app, Attached: plan.keepAttached(attachments(cors.EnforceNone)), Files: files(tb)})
	}
}

// fileName is the name of the one file that an application serves.
const fileName = "hello.txt"

// files returns a directory that holds one file, of a fixed age.
func files(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	name := filepath.Join(dir, fileName)
	age := time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	if err := errors.Join(os.WriteFile(name, []byte("a file\n"), 0o600), os.Chtimes(name, age, age)); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// RunMount is Run for mounted policies: it checks the cases of MountCases, and scenarios in
// which requests are changed on their way, each a subtest.
//
// The scenarios know no literal answers, since routers differ in what a change on the way
// leads to. They hold on to the rule: a page reads a response only if the policy of the
// route that has served it allows the page, and where it is certain which one that is,
// it does read.
func RunMount(t *testing.T, start MountStart, opts ...Option) {
	t.Helper()
	plan := newMountPlan(opts)
	rigs := make(map[string]*Rig)
	for c := range MountCases() {
		rig := rigs[c.Rule()]
		if rig == nil {
			rig = NewRig(t, start.forCase(c, plan))
			rigs[c.Rule()] = rig
		}
		if err := rig.prepare(c); err != nil {
			t.Error(err)
			continue
		}
		plan.run(t, c.Name, func(t *testing.T) error { return rig.checkFor(t, c) })
	}
	for _, s := range mountScenarios() {
		plan.run(t, s.name, func(t *testing.T) error { return s.check(t, start, plan) })
	}
	plan.finish(t)
}

// Spelling returns patterns of a MountApp as a framework spells them that has names
// for parameters and wildcards: param for {id}, rest for {rest...}.
func Spelling(param, rest string) func(pattern string) string {
	return strings.NewReplacer("{id}", param, "{rest...}", rest, "{$}", "").Replace
}
