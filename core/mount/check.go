package mount

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/internal/contain"
)

// Route is a registered route as the framework's router tells of it.
type Route struct {
	Method  string // "" for all
	Pattern string

	// Opaque says that Pattern is a prefix, below which there may be routes that the router
	// does not tell of. What is attached below it counts as attached to a route.
	Opaque bool
}

// check is what a Table knows of its own checking.
type check struct {
	mu       sync.Mutex
	log      contain.Reporter
	panics   contain.Reporter // of the router
	reported atomic.Bool      // that nothing can be checked
}

// verdict says whether all that a state holds is attached to a route.
type verdict struct {
	fine   atomic.Bool
	failed atomic.Bool
	next   atomic.Int64 // when to ask again, in nanoseconds since the epoch
}

// Check reports each attachment that no registered route belongs to, with the nearest
// pattern as the repair, as *cors.ConfigErrors that errors.Join has joined. The Code is
// "mount-unattached", and "mount-unchecked" where the framework cannot tell what is
// registered. Call it at start, when all routes are registered.
func (t *Table) Check() error {
	t.check.mu.Lock()
	defer t.check.mu.Unlock()
	s := t.current.Load()
	routes, known, err := t.routes()
	switch {
	case err != nil:
	case !known:
		return &cors.ConfigError{Field: "Check", Code: "mount-unchecked",
			Hint: "no route is registered through the Mount, so nothing can be checked; register the routes by its Handle and HandleFunc"}
	default:
		err = s.judge(routes)
	}
	s.verdict.failed.Store(err != nil)
	return err
}

// attached reports whether all that s holds is attached to a route. That costs a load,
// unless Check was not called or has found something. Then it asks the router: of a new
// state at once, and again in 1 % of the time at most.
func (t *Table) attached(s *state) bool { return s.verdict.fine.Load() || t.selfCheck(s) }

func (t *Table) selfCheck(s *state) bool {
	v := &s.verdict
	if !v.failed.Load() {
		t.check.mu.Lock() // nobody may read before this is known
	} else if time.Now().UnixNano() < v.next.Load() || !t.check.mu.TryLock() {
		return false
	}
	defer t.check.mu.Unlock()
	began := time.Now()
	if v.fine.Load() || v.failed.Load() && began.UnixNano() < v.next.Load() {
		return v.fine.Load()
	}
	routes, known, err := t.routes()
	switch {
	case err != nil:
	case !known:
		if !t.check.reported.Swap(true) && len(s.attachments) > 0 {
			t.check.log.Report(t.config.Package+": nobody knows whether the attached policies have a route", errUnchecked)
		}
		v.fine.Store(true)
		return true
	default:
		err = s.judge(routes)
	}
	if err == nil {
		return true
	}
	v.failed.Store(true)
	ended := time.Now()
	v.next.Store(ended.Add(99 * ended.Sub(began)).UnixNano())
	t.check.log.Report(t.config.Package+": a policy is attached where no route is registered, so no page reads through this Mount", err)
	return false
}

var errUnchecked = errors.New("no route is registered through the Mount; register the routes by its Handle and HandleFunc, and call Check at start")

// routes asks the adapter for the registered routes.
func (t *Table) routes() (routes []Route, known bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the router panicked when it was asked for its routes: %s", contain.Text(v))
		}
	}()
	routes, known = t.config.Routes()
	return routes, known, nil
}

// judge reports each attachment that none of the routes belongs to.
func (s *state) judge(routes []Route) error {
	var errs []error
	for _, a := range s.attachments {
		if a.refused != nil {
			errs = append(errs, a.refused)
		} else if !slices.ContainsFunc(routes, a.covers) {
			errs = append(errs, a.nowhere(routes))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	s.learn(routes)
	s.verdict.fine.Store(true)
	return nil
}

// covers reports whether the Scope of a may decide for the route.
func (a attachment) covers(r Route) bool {
	switch {
	case r.Opaque && within(a.pattern, strings.TrimRight(r.Pattern, "/*")):
		return true
	case a.field == "Group":
		return within(r.Pattern, a.pattern)
	default:
		return a.pattern == r.Pattern && a.serves(r.Method)
	}
}

// serves reports whether a route that is registered for method answers a's.
func (a attachment) serves(method string) bool {
	return a.method == "" || method == "" || a.method == method || a.method == "HEAD" && method == "GET"
}
