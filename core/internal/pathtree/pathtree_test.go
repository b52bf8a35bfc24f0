package pathtree_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/core/internal/pathtree"
)

// treeOf returns a tree whose values are its keys, and in which ":" begins a parameter.
func treeOf(keys ...string) *pathtree.Tree[string] {
	t := &pathtree.Tree[string]{Wild: func(segment string) bool { return strings.HasPrefix(segment, ":") }}
	for _, key := range keys {
		t.Insert(key, key)
	}
	return t
}

func TestMatch(t *testing.T) {
	t.Parallel()
	const nothing, unsound = "", "unsound"
	plain := []string{"/api/", "/api/admin/", "/page", "/both", "/both/"}
	for _, tt := range []struct {
		keys []string
		path string
		want string
	}{
		{plain, "/", nothing},
		{plain, "/api", "/api/"},
		{plain, "/api/", "/api/"},
		{plain, "/api/x/y", "/api/"},
		{plain, "/api/admin/x", "/api/admin/"},
		{plain, "/apix", nothing},
		{plain, "/page", "/page"},
		{plain, "/page/", "/page"},
		{plain, "/page/x", nothing},
		{plain, "/both", "/both"},
		{plain, "/both/", "/both/"},
		{plain, "/api/%C3%A9", "/api/"},
		{append(plain, "/"), "/other", "/"},

		{plain, "", unsound},
		{plain, "api", unsound},
		{plain, "*", unsound},
		{plain, "//api", unsound},
		{plain, "/api//x", unsound},
		{plain, "/other/deep//x", unsound},
		{plain, "/api/./x", unsound},
		{plain, "/api/..", unsound},
		{plain, "/API/x", unsound},
		{plain, "/api/Admin", unsound},
		{plain, "/api/%61dmin", unsound},
		{plain, "/api%2fadmin", unsound},
		{plain, "/x%5cy", unsound},
		{plain, `/x\y`, unsound},
		{plain, `/api\admin`, unsound},
		{plain, "/x%0a", unsound},
		{plain, "/x%25", unsound},
		{plain, "/x%", unsound},
		{plain, "/x%zz", unsound},

		{[]string{"/api/", "/API/"}, "/api/x", unsound},
		{[]string{"/api/", "/API/"}, "/API/x", unsound},
		{[]string{"/api/", "/API/", "/Api/"}, "/aPI", unsound},
		{[]string{"/api/", "/API/"}, "/other", nothing},

		{[]string{"/t/:id/"}, "/t/7/x", "/t/:id/"},
		{[]string{"/t/:id/"}, "/t", nothing},
		{[]string{"/t/:id/keys/"}, "/t/7/keys/1", "/t/:id/keys/"},
		{[]string{"/t/:id/keys/"}, "/t/7/other", nothing},
		{[]string{"/t/", "/t/:id/keys/"}, "/t/7/keys/1", "/t/:id/keys/"},
		{[]string{"/t/a/", "/t/:id/keys/"}, "/t/a/x", "/t/a/"},
		{[]string{"/t/a/", "/t/:id/keys/"}, "/t/a/keys", unsound},
		{[]string{"/t/a/", "/t/:id/"}, "/t/a/x", unsound},
		{[]string{"/t/a/keys/", "/t/:id/keys/"}, "/t/a/keys/x", unsound},
		{[]string{"/t/a/keys/", "/t/:id/keys/"}, "/t/b/keys/x", "/t/:id/keys/"},
		{[]string{"/:a/:b/", "/:a/b/"}, "/x/c", "/:a/:b/"},
		{[]string{"/:a/:b/", "/:a/b/"}, "/x/b", unsound},
	} {
		value, sound := treeOf(tt.keys...).Match(tt.path)
		got := nothing
		switch {
		case !sound:
			got = unsound
		case value != nil:
			got = *value
		}
		if got != tt.want {
			t.Errorf("%q in %q: %q, want %q", tt.path, tt.keys, got, tt.want)
		}
	}
}

func TestInsert(t *testing.T) {
	t.Parallel()
	tree := treeOf()
	for _, tt := range []struct{ key, replaced, other string }{
		{"/a/", "", ""},
		{"/a/", "/a/", ""},
		{"/a", "", ""},
		{"/:x/b/", "", ""},
		{"/:y/b/", "/:x/b/", ""},
		{"/A/", "", "a"},
		{"/A/x", "", ""},
		{"/a/X", "", ""},
		{"/a/x", "", "X"},
	} {
		replaced, other := tree.Insert(tt.key, tt.key)
		if got := ""; replaced != nil && *replaced != tt.replaced || replaced == nil && tt.replaced != "" || other != tt.other {
			t.Errorf("%q: replaced %v, other spelling %q; want %q and %q%s", tt.key, replaced, other, tt.replaced, tt.other, got)
		}
	}
}

// TestLongPaths checks that the cost depends only on the path's length, even if many keys
// match.
func TestLongPaths(t *testing.T) {
	t.Parallel()
	var keys []string
	for n := range 12 {
		for _, last := range []string{"a", ":x"} {
			keys = append(keys, strings.Repeat("/a", n)+"/"+last+"/", strings.Repeat("/:x", n)+"/"+last+"/")
		}
	}
	tree := treeOf(keys...)
	if _, sound := tree.Match(strings.Repeat("/a", 100_000)); sound {
		t.Error("several keys match, and one is chosen")
	}
	if value, sound := tree.Match(strings.Repeat("/b", 100_000)); !sound || *value != strings.Repeat("/:x", 12)+"/" {
		t.Errorf("%v", value)
	}
}

// TestMatchAllocates checks that Match allocates nothing.
func TestMatchAllocates(t *testing.T) {
	tree := treeOf("/api/", "/t/:id/keys/", "/t/a/")
	for _, path := range []string{"/api/x/y", "/t/7/keys/x", "/t/a/b", "/none"} {
		if n := testing.AllocsPerRun(100, func() { tree.Match(path) }); n != 0 {
			t.Errorf("%s: %v allocations", path, n)
		}
	}
}

// TestInsertFindsOtherCase: of several segments that differ only in case, Insert names the
// first one.
func TestInsertFindsOtherCase(t *testing.T) {
	t.Parallel()
	tree := new(pathtree.Tree[string])
	for _, tt := range []struct{ key, other string }{
		{"/API/v1", ""}, {"/other/", ""}, {"/Api/v1", "API"}, {"/Api/v2", ""}, {"/api/", "API"}, {"/API/V1", "v1"}, {"/OTHER", "other"},
	} {
		if _, other := tree.Insert(tt.key, tt.key); other != tt.other {
			t.Errorf("%s: %q, want %q", tt.key, other, tt.other)
		}
	}
}
