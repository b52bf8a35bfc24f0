package corsfiberv3

import (
	"math/rand/v2"
	"testing"

	"github.com/gofiber/fiber/v3"
)

// What the router is not asked about is what it does not know.
func TestSieve(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(14, 1)) //nolint:gosec // a test, to be repeated
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	hits := 0
	for range 300 {
		app := fiber.New(fiber.Config{CaseSensitive: random.IntN(2) == 0, StrictRouting: random.IntN(2) == 0})
		for range 1 + random.IntN(5) {
			pattern := ""
			for range 1 + random.IntN(3) {
				pattern += pick("/", "/a", "/B", "/a-", "/:id", "/:id?", "/*", "/+", "/:from-:to", "/a:x", "/a.:ext?", `/a\\:b`, "/:n<int>", "/a/")
			}
			app.Get(pattern, func(fiber.Ctx) error { return nil })
		}
		with, without := newRouter(app), newRouter(app)
		without.prober.Patterns = nil
		for range 100 {
			path := ""
			for range random.IntN(4) {
				path += pick("/", "/a", "/A", "/B", "/b", "/a-", "/7", "/a-b", "/a.x", "/a:b", "/ax", "//")
			}
			path = "/" + path
			got, want := with.prober.Ask("GET", path), without.prober.Ask("GET", path)
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
