package fibertest

import (
	"math/rand/v2"
	"testing"

	"github.com/crossgate/cors/adapters/corsfasthttp/adapt"
)

// SieveApp is a random application.
type SieveApp struct {
	CaseSensitive, StrictRouting bool
	Patterns                     []string // of routes for GET
	Static                       string   // a prefix of static files; "" if there are no files
}

// Sieve tests that the sieve of a Prober rejects no path that a route serves. prober returns
// a new Prober of the application.
func Sieve(t *testing.T, prober func(SieveApp) *adapt.Prober) {
	t.Helper()
	random := rand.New(rand.NewPCG(14, 1)) //nolint:gosec // a test, to be repeated
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	join := func(n int, list ...string) (path string) {
		for range n {
			path += pick(list...)
		}
		return path
	}
	hits := 0
	for range 300 {
		app := SieveApp{CaseSensitive: random.IntN(2) == 0, StrictRouting: random.IntN(2) == 0}
		for range 1 + random.IntN(5) {
			app.Patterns = append(app.Patterns, join(1+random.IntN(3), "/", "/a", "/B", "/a-", "/:id", "/:id?", "/*", "/+", "/:from-:to", "/a:x", "/a.:ext?", `/a\\:b`, "/:n<int>", "/a/"))
		}
		if random.IntN(3) == 0 {
			app.Static = pick("/", "/a", "/files", "/A/b")
		}
		with, without := prober(app), prober(app)
		without.Patterns = nil
		for range 100 {
			path := "/" + join(random.IntN(4), "/", "/a", "/A", "/B", "/b", "/a-", "/7", "/a-b", "/a.x", "/a:b", "/ax", "//")
			got, want := with.Ask("GET", path), without.Ask("GET", path)
			if got != want {
				t.Fatalf("%q: %q with the sieve, %q without", path, got, want)
			}
			if want != "" {
				hits++
			}
		}
	}
	if hits < 1000 {
		t.Errorf("only %d paths were hit", hits)
	}
}
