package corshttptest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// requests is how many requests the differential tests send: some thousands in CI, a
// million by hand.
var requests = flag.Int("differential", 6000, "how many requests a differential test sends")

// Random makes the random choices of a differential test. The same seed gives the same
// application.
type Random struct {
	*rand.Rand
	served string // the pattern of the handler that ran last
}

// Pick returns one of the list.
func (r *Random) Pick(list ...string) string { return list[r.IntN(len(list))] }

// Chance returns true once in n times.
func (r *Random) Chance(n int) bool { return r.IntN(n) == 0 }

// Serves returns a handler that records its pattern, as the whole application names it. ""
// means that it does not belong to a route.
func (r *Random) Serves(method, pattern string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		r.served = method + " " + pattern
		_, _ = fmt.Fprint(w, pattern)
	}
}

// Path returns a path that may match a route of Pattern, in one of several spellings.
func (r *Random) Path() string {
	if r.Chance(2) {
		return r.Pick("", "", "/x", "/c") + r.Pick(groups...) + r.Pick("/z", "/z", "/a", "/x", "/7", "/b/7", "//z", "/z/", "", "/z.json")
	}
	var b strings.Builder
	for range 1 + r.IntN(4) {
		b.WriteString(r.Pick("/", "/", "/", "/", "//", "/./") + r.Pick("a", "b", "c", "x", "7", "z", "d.json"))
	}
	return b.String() + r.Pick("", "", "", "/", ".json")
}

// Method returns a method.
func (r *Random) Method() string { return r.Pick("GET", "GET", "PUT", "POST", "HEAD") }

// groups are the prefixes with a policy, each with its own origin.
var groups = []string{"/a", "/a/b", "/a/b/c", "/b", "/x/a"}

// methodRoute is a route with a policy for one method.
const methodRoute = "/b/z"

// pageOf returns the name of the page that may read the route's response.
func pageOf(method, pattern string) string {
	if pattern == methodRoute && method == "PUT" {
		return "put"
	}
	page := "whole"
	for _, g := range groups {
		if pattern == g || strings.HasPrefix(pattern, g+"/") {
			page = "group" + strings.ReplaceAll(g, "/", "-")
		}
	}
	return page
}

// Differential makes random applications, and sends some hundred requests to each. Each
// handler records its route. Only the page that the route's policy allows may read the
// response. If no handler of a route ran, the response is an error such as a 404, which one
// page may read, or no page may read it.
//
// build registers routes and middleware, and returns the application. attach attaches the
// policies to its Mount; a route "GET /z" below each group has to be registered.
func Differential(t *testing.T, build func(r *Random, attach func(m Mount)) http.Handler) {
	t.Helper()
	const each = 300
	var sent, served, readable, closed int
	for seed := uint64(0); sent < *requests; seed++ {
		r := &Random{Rand: rand.New(rand.NewPCG(seed, 14))} //nolint:gosec // a test, to be repeated
		enforce := cors.EnforceNone
		if r.Chance(4) {
			enforce = cors.EnforceAll
		}
		h := build(r, func(m Mount) {
			for _, g := range groups {
				Must(t, m.Group(g, Policy(pageOf("", g), enforce)))
			}
			Must(t, m.Route("PUT", methodRoute, Policy("put", enforce)))
		})
		for range each {
			method, path := r.Method(), r.Path()
			page := pageOf(method, r.Pick(append([]string{"", methodRoute}, groups...)...))
			q := httptest.NewRequest(method, "http://api.example/", nil)
			q.URL.Path, q.RequestURI = path, path
			q.Header.Set("Origin", Origin(page))
			w := httptest.NewRecorder()
			r.served = ""
			h.ServeHTTP(w, q)
			sent++
			origins := w.Header()["Access-Control-Allow-Origin"]
			by, pattern, _ := strings.Cut(r.served, " ")
			owner := pageOf(by, pattern)
			switch {
			case len(origins) > 1 || len(origins) == 1 && origins[0] != Origin(page):
				t.Errorf("seed %d: %s %s of %s: Access-Control-Allow-Origin %q", seed, method, path, page, origins)
			case pattern == "" && len(origins) > 0 && (w.Code < 300 || w.Code == http.StatusNotModified):
				t.Errorf("seed %d: %s %s: the page of %s reads a %d that no route serves (%q, %q)", seed, method, path, page, w.Code, r.served, w.Body)
			case pattern == "":
			case len(origins) > 0 && page != owner:
				t.Errorf("seed %d: %s %s: the page of %s reads what %q serves", seed, method, path, page, r.served)
			case len(origins) > 0:
				served, readable = served+1, readable+1
			case page == owner:
				served, closed = served+1, closed+1
			default:
				served++
			}
			if t.Failed() {
				t.FailNow()
			}
		}
	}
	t.Logf("%d requests, %d served by a route, %d readable by its own page, %d closed to it", sent, served, readable, closed)
	if readable == 0 || closed > readable/10 {
		t.Errorf("of %d responses that are their page's own, %d are closed", readable+closed, closed)
	}
}

// Fill registers the routes that every application of a differential test has, and random
// others, in groups that are nested at random. group makes a group in an earlier one, of
// which 0 is the application. add registers a route.
func (r *Random) Fill(group func(parent int, segment string), add func(group int, method, pattern string, h http.HandlerFunc)) {
	for _, g := range groups {
		add(0, "GET", g+"/z", r.Serves("GET", g+"/z"))
	}
	add(0, "PUT", methodRoute, r.Serves("PUT", methodRoute))
	prefixes := []string{""}
	for range r.IntN(4) {
		parent, segment := r.IntN(len(prefixes)), "/"+r.Pick("a", "b", "c", "x", ":id")
		group(parent, segment)
		prefixes = append(prefixes, prefixes[parent]+segment)
	}
	for range 4 + r.IntN(8) {
		i := r.IntN(len(prefixes))
		method, pattern := r.Method(), "/"+r.Pick("a", "b", "c", "x", ":id", "d.json")+r.Pick("", "", "/", "/*", "/a", "/:name")
		Try(func() { add(i, method, pattern, r.Serves(method, prefixes[i]+pattern)) })
	}
}

// Copied is middleware that continues with a copy of the request.
func Copied(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r.Clone(r.Context())) })
}

// Hidden is middleware that continues with a writer without Unwrap.
func Hidden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(struct{ http.ResponseWriter }{w}, r) })
}

// Replaced returns middleware that replaces the beginning of the path, in the request or in
// a copy.
func Replaced(from, to string, inPlace bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, from) {
				if !inPlace {
					r = r.Clone(r.Context())
				}
				r.URL.Path, r.URL.RawPath = to+strings.TrimPrefix(r.URL.Path, from), ""
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Overridden returns middleware that continues with a copy that has another method, for
// some methods.
func Overridden(from, to string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == from {
				r = r.Clone(r.Context())
				r.Method = to
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Stack returns up to three of the given middleware.
func (r *Random) Stack(all ...func(http.Handler) http.Handler) (stack []func(http.Handler) http.Handler) {
	for range r.IntN(4) {
		stack = append(stack, all[r.IntN(len(all))])
	}
	return stack
}

// Usual returns middleware that any framework on net/http can have around it.
func (r *Random) Usual() []func(http.Handler) http.Handler {
	return []func(http.Handler) http.Handler{
		Copied, Hidden, Overridden("POST", "PUT"),
		Replaced("/x", "/a", false), Replaced("/a/b", "/b", false), Replaced("/b", "/x", true), Replaced("/c", "/a/b/c", false),
	}
}

// Around wraps h with the stack, whose first element is outermost.
func Around(h http.Handler, stack []func(http.Handler) http.Handler) http.Handler {
	for _, wrap := range slices.Backward(stack) {
		h = wrap(h)
	}
	return h
}

// Try calls f, and recovers if a router panics because a pattern is registered already.
func Try(f func()) {
	defer func() { _ = recover() }()
	f()
}
