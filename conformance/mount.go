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

// MountApp describes an application whose parts have their own policies: an App whose
// adapter is installed as a Mount.
//
// Install everything as for a Start, and add a middleware at each Spot that does what the
// request's Twist says. The order from the outside is: Outer, the recovery middleware,
// the Outside spot, the Mount (or both Mounts), the Inside spot, and the routes. Do not
// call the Mount's Check, because some attachments are misspelt on purpose.
type MountApp struct {
	// App's Decider is the policy of the whole application. If it is nil, serve the same
	// application without the adapter. The Path of a Route is a pattern in the syntax of
	// net/http: "/users/{id}", "/files/{rest...}", and "/users/{$}" for exactly the path
	// "/users/". Register the routes below SubRouter in a router of its own that is mounted
	// there, or in a group.
	App

	// Attached is what Attach attaches to the Mount. App.Options are the options of the
	// Mount.
	Attached []Attachment

	// Inner, if it is not nil, is the policy of a second Mount. Install that Mount inside
	// the first one on the same router. Nothing is attached to it.
	Inner cors.Decider

	// Below asks for another router of the framework around everything. It passes all
	// requests to the Mount's router, as to a handler or as to a router that is mounted at
	// "/". The Below spot is in that outer router.
	Below bool

	// Files is a directory to serve below /static by the framework's own means.
	Files string

	attached func(Attacher, func(pattern string) string) // called by Attach
}

// SubRouter is a prefix in a MountApp. Use the framework's way to nest routers there.
const SubRouter = "/v1/admin"

// Attachment is a policy for a route, or for a group if Method is empty. A nil Decider
// switches CORS off there.
type Attachment struct {
	Method  string
	Pattern string
	Decider cors.Decider
}

// MountStart is Start for a MountApp.
type MountStart func(tb testing.TB, app MountApp) (addr string)

// Attacher is the part of every adapter's Mount that attaches policies.
type Attacher interface {
	Group(prefix string, d cors.Decider) error
	Route(method, pattern string, d cors.Decider) error
}

// Attach attaches app.Attached to m. spell translates each pattern into the framework's
// syntax.
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

// MountCases yields the cases of mounted policies, grouped by rule. Check them with
// MountStart.For as their Start.
func MountCases() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		entries, _ := mountFiles.ReadDir("testdata/mount") // embedded in the program, and sorted
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

// For returns the Start that serves the application of c, which must come from
// MountCases.
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

// fileName is the name of the only file that an application serves.
const fileName = "hello.txt"

// files returns a directory that holds one file with a fixed modification time.
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

// RunMount is Run for mounted policies. Each subtest is a case of MountCases, or a
// scenario in which requests are changed on their way.
//
// The scenarios have no literal answers, because routers react differently to such a
// change. They check this rule: a page reads a response only if the policy of the route
// that served it allows the page; and if it is certain which route that is, the page does
// read it.
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

// Spelling returns a function that translates patterns of a MountApp for a framework that
// names its parameters and wildcards: param replaces {id}, and rest replaces {rest...}.
func Spelling(param, rest string) func(pattern string) string {
	return strings.NewReplacer("{id}", param, "{rest...}", rest, "{$}", "").Replace
}
