package mount_test

import (
	"errors"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/mount"
)

// tableOfOneRoute returns a Table of a framework that has one route, "GET /admin/x".
func tableOfOneRoute() *mount.Table {
	return mount.New(mount.Config{Package: "corsmine", Routes: func() ([]mount.Route, bool) {
		return []mount.Route{{Method: "GET", Pattern: "/admin/x"}}, true
	}}, cors.MustCompile(cors.AllowAll()), nil)
}

// TestCheckRemembersWhatWasRefused: if the caller ignores an error of Group or Route, Check
// returns it, until the caller attaches what the error says.
func TestCheckRemembersWhatWasRefused(t *testing.T) {
	t.Parallel()
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://admin.example"}})
	for _, tt := range []struct {
		name           string
		refused, right func(*mount.Table) error
	}{
		{"a wildcard", func(m *mount.Table) error { return m.Group("/admin/*", policy) }, func(m *mount.Table) error { return m.Group("/admin", policy) }},
		{"no slash", func(m *mount.Table) error { return m.Group("admin", policy) }, func(m *mount.Table) error { return m.Group("/admin", policy) }},
		{"a method in lower case", func(m *mount.Table) error { return m.Route("get", "/admin/x", policy) }, func(m *mount.Table) error { return m.Route("GET", "/admin/x", policy) }},
		{"no repair", func(m *mount.Table) error { return m.Group("/", policy) }, nil},
	} {
		m := tableOfOneRoute()
		err := tt.refused(m)
		if err == nil {
			t.Fatalf("%s: no error", tt.name)
		}
		if got := m.Check(); !errors.Is(got, err) {
			t.Errorf("%s: Check says %v, want %v", tt.name, got, err)
		}
		var p mount.Pass
		if d, _ := p.Begin(m, cors.Request{Method: "GET", Origin: "https://other.example"}, oneRoute{}); d.Reason() != cors.MountUnattached {
			t.Errorf("%s: a request is decided with %v", tt.name, d.Reason())
		}
		if tt.right == nil {
			continue
		}
		if err := errors.Join(tt.right(m), m.Check()); err != nil {
			t.Errorf("%s: repaired, and then %v", tt.name, err)
		}
	}
}

// TestRepairOfAnotherKind: a policy on a route does not repair a mistake about a group, even
// if its pattern is what the group's error says to write.
func TestRepairOfAnotherKind(t *testing.T) {
	t.Parallel()
	m := tableOfOneRoute()
	refused := m.Group("admin", nil) // write "/admin"
	if err := m.Route("", "/admin", nil); err != nil {
		t.Fatal(err)
	}
	if got := m.Check(); !errors.Is(got, refused) {
		t.Errorf("Check says %v, want %v", got, refused)
	}
}

// TestMistakesWhileServing: after a Check without errors, a refused attachment does not
// close the Mount.
func TestMistakesWhileServing(t *testing.T) {
	t.Parallel()
	m := tableOfOneRoute()
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if err := m.Group("/admin/*", nil); err == nil {
		t.Error("no error")
	}
	if err := m.Check(); err != nil {
		t.Errorf("it is kept: %v", err)
	}
}

// oneRoute is a request that "GET /admin/x" serves.
type oneRoute struct{ cors.MetadataSource }

func (oneRoute) Path() string      { return "/admin/x" }
func (oneRoute) Ask(string) string { return "/admin/x" }
func (oneRoute) Hit() (method, pattern string, known mount.Known) {
	return "GET", "/admin/x", mount.Served
}
