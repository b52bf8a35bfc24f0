package matrix

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// pair is the same adapter twice: with a policy, and with a tower of wrappers around that
// policy. Both serve the same routes.
type pair struct {
	name          string
	plain, tower  string // addresses
	underRouting  bool   // whether it is a Mount with RouteMethods
	replacedTower *replaceable
}

// replaceable is a Decider that can be replaced while it serves. It is an example of an
// application's own wrapper, and each tower has one.
type replaceable struct{ current atomic.Pointer[cors.Decider] }

func (r *replaceable) Decide(ctx context.Context, q cors.Request) cors.Decision {
	return (*r.current.Load()).Decide(ctx, q)
}

func (r *replaceable) NeedsMetadata() bool { return cors.NeedsMetadata(*r.current.Load()) }

// stranger is a wrapper that implements only Decider.
type stranger struct{ cors.Decider }

func (s stranger) Decide(ctx context.Context, r cors.Request) cors.Decision {
	return s.Decider.Decide(ctx, r)
}

// wrappers are the parts of a tower. None of them may change the responses.
func wrappers() map[string]func(cors.Decider) cors.Decider {
	none := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://nobody.invalid"}})
	ignore := func(cors.Request, cors.Decision, cors.Decision) {}
	return map[string]func(cors.Decider) cors.Decider{
		"Observe": func(d cors.Decider) cors.Decider { return cors.Observe(d, func(cors.Request, cors.Decision) {}) },
		"Observe, failing": func(d cors.Decider) cors.Decider {
			return cors.Observe(d, func(cors.Request, cors.Decision) { panic("") })
		},
		"Shadow":           func(d cors.Decider) cors.Decider { return cors.Shadow(d, none, ignore) },
		"Shadow of itself": func(d cors.Decider) cors.Decider { return cors.Shadow(d, d, ignore) },
		"Tally":            func(d cors.Decider) cors.Decider { return new(cors.Tally).Of(d) },
		"a stranger's":     func(d cors.Decider) cors.Decider { return stranger{d} },
		"Live": func(d cors.Decider) cors.Decider {
			p, ok := d.(*cors.Policy)
			if !ok {
				return d
			}
			live := new(cors.Live)
			live.Store(p)
			return live
		},
		"Routes": func(d cors.Decider) cors.Decider {
			routes, err := cors.NewRoutes(map[string]cors.Decider{"/": d})
			if err != nil {
				panic(err)
			}
			return routes
		},
	}
}

// careless are wrappers that each forget one thing. The comparison must notice.
func careless() map[string]func(cors.Decider) cors.Decider {
	public := cors.MustCompile(cors.AllowAll())
	return map[string]func(cors.Decider) cors.Decider{
		"forgets Vary":       func(d cors.Decider) cors.Decider { return forgetsVary{d} },
		"forgets metadata":   func(d cors.Decider) cors.Decider { return forgetsMetadata{d} },
		"swaps the order":    func(d cors.Decider) cors.Decider { return firstOf{public, d} },
		"forgets the method": func(d cors.Decider) cors.Decider { return forgetsMethod{d} },
	}
}

type (
	forgetsVary     struct{ cors.Decider }
	forgetsMetadata struct{ cors.Decider }
	forgetsMethod   struct{ cors.Decider }
	firstOf         []cors.Decider
)

// Decide answers a request without an Origin as if there were no policy.
func (f forgetsVary) Decide(ctx context.Context, r cors.Request) cors.Decision {
	if r.Origin == "" {
		return cors.Decision{}
	}
	return f.Decider.Decide(ctx, r)
}

// Decide passes on only what every policy needs.
func (f forgetsMetadata) Decide(ctx context.Context, r cors.Request) cors.Decision {
	return f.Decider.Decide(ctx, cors.Request{Method: r.Method, Origin: r.Origin, RequestMethod: r.RequestMethod, RequestHeaders: r.RequestHeaders})
}

// Decide treats a preflight as an actual request.
func (f forgetsMethod) Decide(ctx context.Context, r cors.Request) cors.Decision {
	r.RequestMethod = ""
	return f.Decider.Decide(ctx, r)
}

func (f firstOf) Decide(ctx context.Context, r cors.Request) cors.Decision {
	return f[0].Decide(ctx, r)
}

func routesOfPairs() []conformance.Route {
	var all []conformance.Route
	for _, route := range []string{"GET /items", "POST /items", "PUT /items", "GET /items/{id}", "PUT /items/{id}", "DELETE /items/{id}", "GET /users"} {
		method, path, _ := strings.Cut(route, " ")
		all = append(all, conformance.Route{Method: method, Path: path, Status: 200, Body: []string{route + "\n"}})
	}
	return all
}

// pairs starts each adapter twice with New and, if it has a Mount, twice as a Mount. The
// options are those of the Mounts of the towers. The other Mounts have RouteMethods.
func pairs(t *testing.T, live *cors.Live, options ...cors.Option) []pair {
	t.Helper()
	var all []pair
	for _, a := range adapters() {
		tower := new(replaceable)
		tower.current.Store(new(cors.Decider(live)))
		all = append(all, pair{
			name:          a.name,
			plain:         a.start(t, conformance.App{Decider: live, Routes: routesOfPairs()}),
			tower:         a.start(t, conformance.App{Decider: tower, Routes: routesOfPairs()}),
			replacedTower: tower,
		})
		start := mounts()[a.name]
		if start == nil {
			continue
		}
		tower = new(replaceable)
		tower.current.Store(new(cors.Decider(live)))
		app := func(d cors.Decider, options []cors.Option) conformance.MountApp {
			return conformance.MountApp{App: conformance.App{Decider: d, Options: options, Routes: routesOfPairs()}, Files: t.TempDir()}
		}
		all = append(all, pair{
			name:          a.name + "'s Mount",
			plain:         start(t, app(live, []cors.Option{cors.RouteMethods()})),
			tower:         start(t, app(tower, options)),
			replacedTower: tower,
			underRouting:  true,
		})
	}
	return all
}

// pairRequests returns raw requests that cause each kind of decision.
func pairRequests(origin string) map[string][]byte {
	all := make(map[string][]byte)
	add := func(method, path string, lines ...string) {
		head := append([]string{method + " " + path + " HTTP/1.1", "Host: 127.0.0.1", "Connection: close", "Content-Length: 0"}, lines...)
		if origin != "" {
			head = append(head, "Origin: "+origin)
		}
		text := strings.Join(head, "\r\n") + "\r\n\r\n"
		all[text] = []byte(text)
	}
	for _, path := range []string{"/items", "/items/7", "/users", "/none"} {
		for _, site := range []string{"cross-site", "same-origin"} {
			add("GET", path, "Sec-Fetch-Site: "+site)
			add("PUT", path, "Sec-Fetch-Site: "+site)
		}
		for _, method := range []string{"GET", "PUT", "DELETE", "PURGE"} {
			add("OPTIONS", path, "Access-Control-Request-Method: "+method, "Access-Control-Request-Headers: x-a")
		}
	}
	return all
}

// differences sends the requests to both parts of p, and returns the requests with
// different answers.
func (p pair) differences(t require.TestingT, origin string) []string {
	var found []string
	for text, request := range pairRequests(origin) {
		plain, err := conformance.Send(p.plain, request)
		require.NoError(t, err, "%s, of %q", p.name, text)
		tower, err := conformance.Send(p.tower, request)
		require.NoError(t, err, "%s, of %q", p.name, text)
		if wireOf(plain) != wireOf(tower) {
			found = append(found, fmt.Sprintf("%s: %q\nwithout wrappers:\n%s\nwrapped:\n%s", p.name, text, wireOf(plain), wireOf(tower)))
		}
	}
	return found
}

// wireOf returns a response without its Date, which does not matter.
func wireOf(r conformance.Response) string {
	var lines []string
	for line := range strings.SplitSeq(r.Head, "\r\n") {
		if !strings.HasPrefix(strings.ToLower(line), "date:") {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines[1:]) // net/http writes a map, in random order
	return strings.Join(lines, "\n") + "\n" + r.Body
}

// TestTowersChangeNothing checks that wrapping, swapping and counting never change a
// response, under any adapter, with New and in a Mount, including preflights under
// RouteMethods.
func TestTowersChangeNothing(t *testing.T) {
	quiet(t)
	var live cors.Live
	all := pairs(t, &live, cors.RouteMethods())
	names := make([]string, 0, len(wrappers()))
	for name := range wrappers() {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		config := configs().Draw(t, "config")
		config.PassPreflight = rapid.Bool().Draw(t, "passPreflight")
		config.Enforce = rapid.SampledFrom([]cors.Enforcement{cors.EnforceNone, cors.EnforceUnsafe, cors.EnforceAll}).Draw(t, "enforce")
		if config.Enforce == cors.EnforceAll && slices.Contains(config.AllowOrigins, "*") {
			config.Enforce = cors.EnforceUnsafe // EnforceAll would refuse every page, and does not compile
		}
		policy, err := cors.Compile(config)
		require.NoError(t, err)
		live.Store(policy)
		var tower cors.Decider = policy
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 1, 5).Draw(t, "tower") {
			tower = wrappers()[name](tower)
		}
		origin := rapid.OneOf(origins(), rapid.SampledFrom([]string{"", "null"})).Draw(t, "origin")
		p := rapid.SampledFrom(all).Draw(t, "adapter")
		p.replacedTower.current.Store(&tower)
		assert.Empty(t, p.differences(t, origin))
	})
}

// TestCarelessWrappersAreNoticed checks that TestTowersChangeNothing would notice each
// wrapper that forgets something, and each Mount without RouteMethods.
func TestCarelessWrappersAreNoticed(t *testing.T) {
	quiet(t)
	const app, other = "https://a.example", "https://b.example"
	policy := cors.MustCompile(cors.Config{
		AllowOrigins: []string{app}, AllowCredentials: true, AllowMethods: []string{"PUT", "DELETE", "PATCH"}, AllowHeaders: []string{"x-a"}, Enforce: cors.EnforceAll,
	})
	var live cors.Live
	live.Store(policy)
	for name, wrap := range careless() {
		for _, p := range pairs(t, &live, cors.RouteMethods()) {
			p.replacedTower.current.Store(new(wrap(policy)))
			found := slices.Concat(p.differences(t, ""), p.differences(t, app), p.differences(t, other))
			assert.NotEmpty(t, found, "%s: a wrapper that %s", p.name, name)
		}
	}
	for _, p := range pairs(t, &live) {
		p.replacedTower.current.Store(new(cors.Observe(policy, func(cors.Request, cors.Decision) {})))
		found := slices.Concat(p.differences(t, ""), p.differences(t, app), p.differences(t, other))
		assert.Equal(t, p.underRouting, len(found) > 0, "%s: RouteMethods forgotten", p.name)
	}
}

// quiet discards the log of observers that panic. The test must not be parallel.
func quiet(t *testing.T) {
	t.Helper()
	old := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(old) })
}
