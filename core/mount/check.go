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

// Route is a registered route, as the framework's router reports it.
type Route struct {
	Method  string // "" for all
	Pattern string

	// Opaque says that Pattern is a prefix and that the router may have routes below it
	// which it does not list. An attachment below the prefix then counts as attached to a
	// route.
	Opaque bool
}

// check is the state of a Table's checks.
type check struct {
	mu       sync.Mutex
	log      contain.Reporter
	panics   contain.Reporter // of the router
	reported atomic.Bool      // it was logged that nothing can be checked
}

// verdict says whether every attachment of a state belongs to a route.
type verdict struct {
	fine   atomic.Bool
	failed atomic.Bool
	next   atomic.Int64 // when to check again, in nanoseconds since the epoch
}

// Check reports each attachment without a registered route. Call it at start, when all
// routes are registered. The error joins *cors.ConfigErrors (see cors.ConfigErrors) with the
// Code "mount-unattached"; their Repair is the nearest registered pattern. If the framework
// cannot list its routes, the Code is "mount-unchecked".
func (t *Table) Check() error {
	t.check.mu.Lock()
	defer t.check.mu.Unlock()
	s := t.current()
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

// attached reports whether every attachment of s belongs to a route. After a Check without
// errors, it costs one load. Otherwise it asks the router: for a new state at once, and
// then again, but in at most 1 % of the time.
func (t *Table) attached(s *state) bool { return s.verdict.fine.Load() || t.selfCheck(s) }

func (t *Table) selfCheck(s *state) bool {
	v := &s.verdict
	if !v.failed.Load() {
		t.check.mu.Lock() // no page may read before the result is known
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
			t.check.log.Report(t.config.Package+": cannot check whether the attached policies have a route", errUnchecked)
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
	t.check.log.Report(t.config.Package+": a policy is attached where no route is registered, so no page may read through this Mount", err)
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

// judge reports each attachment without a route.
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

// covers reports whether the policy of a may decide for the route.
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

// serves reports whether a route registered for method answers requests with a's method.
func (a attachment) serves(method string) bool {
	return a.method == "" || method == "" || a.method == method || a.method == "HEAD" && method == "GET"
}
