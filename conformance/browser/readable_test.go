package browser_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

func TestReadable(t *testing.T) {
	t.Parallel()
	const safelisted = "cache-control content-language content-length content-type expires last-modified pragma"
	response := []browser.Field{
		{"X-B", "1"}, {"x-a", "1"}, {"Set-Cookie", "a=b"}, {"Set-Cookie2", "a=b"}, {"X-A", "2"}, {"Authorization", "x"}, {"*", "star"},
	}
	for _, name := range slices.Backward(strings.Fields(safelisted)) {
		response = append(response, browser.Field{Name: strings.ToUpper(name), Value: "x"})
	}
	const all = "* authorization cache-control content-language content-length content-type expires last-modified pragma x-a x-b"
	for _, test := range []struct {
		name        string
		kind        browser.Type
		credentials browser.Credentials
		expose      []string
		want        string // names
	}{
		{"same origin: all but cookies", browser.Basic, browser.Include, nil, all},
		{"the safelist", browser.CORS, browser.SameOrigin, nil, safelisted},
		{"named, in any case, on several lines", browser.CORS, browser.Include, []string{"x-A,,", "", "set-cookie, AUTHORIZATION"}, "authorization " + safelisted + " x-a"},
		{"one bad element exposes nothing", browser.CORS, browser.Omit, []string{"x-a, x b"}, safelisted},
		{"a bad element and the wildcard", browser.CORS, browser.Omit, []string{"*", "x b"}, safelisted},
		{"wildcard", browser.CORS, browser.SameOrigin, []string{"*"}, all},
		{"wildcard among others", browser.CORS, browser.Omit, []string{"x-a, *"}, all},
		{"the wildcard is a name under include", browser.CORS, browser.Include, []string{"*"}, "* " + safelisted},
		{"x-* is no pattern", browser.CORS, browser.Omit, []string{"x-*"}, safelisted},
		{"opaque", browser.Opaque, browser.Omit, []string{"*"}, ""},
		{"opaqueredirect", browser.OpaqueRedirect, browser.Omit, []string{"*"}, ""},
	} {
		header := slices.Clone(response)
		want := strings.Fields(test.want)
		for _, line := range test.expose {
			header = append(header, browser.Field{Name: "access-control-expose-headers", Value: line})
		}
		if test.expose != nil && slices.Contains(want, "x-b") { // x-b is exposed too
			want = append(want, "access-control-expose-headers")
			slices.Sort(want)
		}
		var names []string
		for _, f := range browser.Readable(test.kind, test.credentials, header) {
			names = append(names, f.Name)
			if f.Name == "x-a" && f.Value != "1, 2" {
				t.Errorf("%s: x-a: %q", test.name, f.Value)
			}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: got %v, want %v", test.name, names, want)
		}
	}
}
