package corslog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unsafe"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/corslog"
)

const (
	app     = "https://app.example.com"
	partner = "https://partner.example"
	evil    = "https://evil.example"
)

// Package cors logs a failing AllowOriginFunc by the default logger. These tests do not
// need that output.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	m.Run()
}

// lines is a logger that keeps its lines.
type lines struct {
	mu  sync.Mutex
	all []map[string]any
}

func (l *lines) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }

func (l *lines) Write(p []byte) (int, error) {
	var line map[string]any
	if err := json.Unmarshal(p, &line); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, line)
	return len(p), nil
}

// take returns the lines since the last call, each as "message origin reason times". A part
// that the line does not have is left out.
func (l *lines) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, line := range l.all {
		text := fmt.Sprint(line["msg"])
		for _, name := range []string{"origin", "reason", "times"} {
			if value, found := line[name]; found {
				text += fmt.Sprint(" ", value)
			}
		}
		all = append(all, text)
	}
	l.all = nil
	return all
}

func compile(t testing.TB, c cors.Config) *cors.Policy {
	t.Helper()
	p, err := cors.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func get(origin string) cors.Request {
	return cors.Request{Method: "GET", Origin: origin, Host: "api.example.net", Path: "/items"}
}

func preflight(origin, method string) cors.Request {
	return cors.Request{Method: "OPTIONS", Origin: origin, RequestMethod: method, Host: "api.example.net", Path: "/items"}
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s: logged is\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The first refusal is logged at once, and later ones are counted in each period.
func TestCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out lines
		log := corslog.New(out.logger(), time.Minute)
		d := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
		ask := func(times int, r cors.Request) {
			for range times {
				d.Decide(t.Context(), r)
			}
		}
		ask(5, get(app))
		ask(5, get(""))
		expect(t, "what is allowed", out.take())
		ask(3, get(evil))
		ask(1, get(partner))
		ask(1, preflight(app, "PUT"))
		ask(2, get(" "+evil+"\t")) // the same origin
		expect(t, "the first", out.take(),
			"cors: refused https://evil.example origin-not-allowed",
			"cors: refused https://partner.example origin-not-allowed",
			"cors: refused https://app.example.com method-not-allowed")
		time.Sleep(time.Minute)
		synctest.Wait()
		expect(t, "the first period", out.take(), "cors: refused again https://evil.example origin-not-allowed 4")
		ask(2, get(evil))
		ask(1, get(partner)) // not seen in the period before, so it counts as the first again
		time.Sleep(time.Minute)
		synctest.Wait()
		expect(t, "the second period", out.take(),
			"cors: refused https://partner.example origin-not-allowed",
			"cors: refused again https://evil.example origin-not-allowed 2")
		time.Sleep(time.Hour)
		synctest.Wait()
		expect(t, "an hour of rest", out.take())
		ask(1, get(evil))
		ask(1, get(evil))
		log.Flush()
		expect(t, "the end of the program", out.take(),
			"cors: refused https://evil.example origin-not-allowed",
			"cors: refused again https://evil.example origin-not-allowed 1")
	})
}

// Counts come in each period of New, whatever came before: an empty table, or a Flush by the
// program. The highest count is first.
func TestPeriods(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out lines
		log := corslog.New(out.logger(), time.Minute)
		d := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
		ask := func(times int, origin string) {
			for range times {
				d.Decide(t.Context(), get(origin))
			}
		}
		after := func(d time.Duration, what string, want ...string) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			expect(t, what, out.take(), want...)
		}
		ask(1, evil)
		time.Sleep(time.Hour) // the table is empty
		ask(2, "https://a.example")
		ask(4, "https://b.example")
		ask(3, "https://c.example")
		out.take()
		after(time.Minute, "after an empty table",
			"cors: refused again https://b.example origin-not-allowed 3",
			"cors: refused again https://c.example origin-not-allowed 2",
			"cors: refused again https://a.example origin-not-allowed 1")
		ask(2, "https://a.example")
		time.Sleep(time.Minute / 2)
		log.Flush() // a new period begins
		after(0, "a Flush", "cors: refused again https://a.example origin-not-allowed 2")
		ask(1, "https://a.example")
		after(time.Minute-1, "before that period ends")
		after(1, "when it ends", "cors: refused again https://a.example origin-not-allowed 1")
		log.Flush()
	})
}

// A server may use the memory of a request's values again for the next request.
func TestMemoryIsNotKept(t *testing.T) {
	t.Parallel()
	var out lines
	log := corslog.New(out.logger(), time.Hour)
	d := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
	memory := []byte(evil)
	d.Decide(t.Context(), get(unsafe.String(unsafe.SliceData(memory), len(memory))))
	copy(memory, "https://next.example")
	d.Decide(t.Context(), get(evil))
	log.Flush()
	expect(t, "the same origin twice", out.take(), "cors: refused "+evil+" origin-not-allowed", "cors: refused again "+evil+" origin-not-allowed 1")
}

// A forged preflight does not hide what the origin's own pages ask for.
func TestLatest(t *testing.T) {
	t.Parallel()
	long := "x-" + strings.Repeat("a", 300)
	for name, tt := range map[string]struct {
		forged, own cors.Request
		attribute   string
		want        string
	}{
		"a method":       {preflight(app, "FORGED"), preflight(app, "DELETE"), "requestMethod", "DELETE"},
		"a shorter one":  {preflight(app, "FORGED-FOR-EVER"), preflight(app, "PUT"), "requestMethod", "PUT"},
		"a header":       {asking("x-forged"), asking("x-own"), "requestHeaders", "x-own"},
		"a long header":  {asking("x-forged"), asking(long), "requestHeaders", long[:200] + "…"},
		"no such header": {asking("x y"), asking("x\x1b[31m z"), "requestHeaders", `x\x1b[31m z`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out lines
			log := corslog.New(out.logger(), time.Hour)
			d := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
			for range 3 {
				d.Decide(t.Context(), tt.forged)
			}
			d.Decide(t.Context(), tt.own)
			log.Flush()
			if len(out.all) != 2 || out.all[1]["msg"] != "cors: refused again" || out.all[1]["times"] != 3.0 || out.all[1][tt.attribute] != tt.want {
				t.Errorf("logged is %v", out.all)
			}
		})
	}
}

// asking is a preflight for a request with headers.
func asking(headers string) cors.Request {
	r := preflight(app, "GET")
	r.RequestHeaders = headers
	return r
}

// A method in another case than PATCH is not the same as a policy without PATCH.
func TestPatch(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]string{"PATCH": `if the origin may use it, add "PATCH" to AllowMethods`, "patch": `send "PATCH" in the script`} {
		if _, fix := corslog.Words(preflight(app, method), cors.MethodNotAllowed); fix != want {
			t.Errorf("%s: %s, want %s", method, fix, want)
		}
	}
}

// Each reason has a cause and a fix in plain words.
func TestReasons(t *testing.T) {
	t.Parallel()
	fails := func(context.Context, cors.Request, cors.Origin) (bool, error) {
		return false, errors.New("the database is down")
	}
	closed := cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PATCH"}}
	enforcing := cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll}
	for name, tt := range map[string]struct {
		config cors.Config
		r      cors.Request
		want   map[string]string // what attributes must contain
	}{
		"an origin that is not allowed": {closed, get(evil), map[string]string{
			"origin": evil, "reason": "origin-not-allowed", "kind": "actual", "method": "GET", "host": "api.example.net", "path": "/items",
			"cause": "no element of AllowOrigins matches", "fix": `add "https://evil.example" to AllowOrigins`,
		}},
		"a page without origin": {closed, get("null"), map[string]string{"cause": "a sandboxed frame or a file", "fix": "serve the page from a URL"}},
		"two origins":           {closed, get(app + ", " + app), map[string]string{"reason": "origin-malformed", "cause": "not one origin as browsers write it", "fix": "find the proxy"}},
		"a function that fails": {cors.Config{AllowOriginFunc: fails}, get(evil), map[string]string{
			"reason": "origin-check-failed", "error": "the database is down", "fix": "fix the function or the service it calls",
		}},
		"a function that panics": {
			cors.Config{AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { panic("no map") }},
			get(evil), map[string]string{"reason": "origin-check-failed", "error": "no map"},
		},
		"a form of another site": {enforcing, cors.Request{Method: "POST", Host: "api.example.net", FetchSite: "cross-site"}, map[string]string{
			"reason": "origin-missing", "cause": "another site made this request", "fix": "use fetch with CORS",
		}},
		"an enforced refusal":  {enforcing, get(evil), map[string]string{"reason": "origin-not-allowed"}},
		"a method":             {closed, preflight(app, "PUT"), map[string]string{"kind": "preflight", "requestMethod": "PUT", "cause": `the method "PUT"`, "fix": `add "PUT" to AllowMethods`}},
		"a method in the case": {closed, preflight(app, "patch"), map[string]string{"cause": "methods are case-sensitive", "fix": `send "PATCH" in the script`}},
		"a header": {
			closed, cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PATCH", RequestHeaders: "x-a,x-b"},
			map[string]string{"reason": "header-not-allowed", "requestHeaders": "x-a,x-b", "cause": `"x-a,x-b"`, "fix": "add it to AllowHeaders"},
		},
		"headers that are none": {
			closed, cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PATCH", RequestHeaders: "x a"},
			map[string]string{"reason": "header-malformed", "fix": "find the proxy"},
		},
		"too many headers": {
			closed, cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PATCH", RequestHeaders: strings.Repeat("x-a,", 3000)},
			map[string]string{"reason": "headers-too-long", "fix": "set fewer headers"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out lines
			log := corslog.New(out.logger(), time.Hour)
			log.Of(compile(t, tt.config)).Decide(t.Context(), tt.r)
			if len(out.all) != 1 {
				t.Fatalf("logged is %v", out.all)
			}
			line := out.all[0]
			if line["level"] != "WARN" || line["msg"] != "cors: refused" || line["cause"] == "" || line["fix"] == "" {
				t.Errorf("logged is %v", line)
			}
			for name, want := range tt.want {
				if got := fmt.Sprint(line[name]); !strings.Contains(got, want) {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// Each reason except "allowed" has its own words, so that a new reason is not forgotten.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	var tally cors.Tally
	seen := 0
	for outcome := range tally.All() {
		if outcome.Kind != cors.Preflight || outcome.Reason == cors.Allowed || outcome.Reason == cors.NoPolicy {
			continue
		}
		seen++
		if cause, fix := corslog.Words(cors.Request{Method: "GET", Origin: evil}, outcome.Reason); strings.HasPrefix(cause, "the decision has the reason") || fix == "" {
			t.Errorf("%s has no words: %q, %q", outcome.Reason, cause, fix)
		}
	}
	if seen < 8 {
		t.Errorf("there are %d reasons", seen)
	}
}

// wordless is an error whose text panics with itself.
type wordless struct{}

func (wordless) Error() string { panic(wordless{}) }

// If an error has no text, such as a nil pointer that a function returns as an error, only
// its own attribute is lost.
func TestErrorsWithoutText(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{"*fs.PathError, whose Error method panicked": (*fs.PathError)(nil), "wordless, whose Error method panicked": wordless{}} {
		for name, answer := range map[string]func(context.Context, cors.Request, cors.Origin) (bool, error){
			"returned":           func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, err },
			"returned with true": func(context.Context, cors.Request, cors.Origin) (bool, error) { return true, err },
		} {
			t.Run(fmt.Sprintf("%s %T", name, err), func(t *testing.T) {
				t.Parallel()
				var out lines
				d := corslog.New(out.logger(), time.Hour).Of(compile(t, cors.Config{AllowOriginFunc: answer}))
				d.Decide(t.Context(), get(evil))
				if len(out.all) != 1 || out.all[0]["reason"] != "origin-check-failed" || out.all[0]["fix"] == "" || !strings.Contains(fmt.Sprint(out.all[0]["error"]), want) {
					t.Errorf("logged is %v", out.all)
				}
			})
		}
	}
}

// Requests of the server's own pages are not refusals.
func TestOwnPages(t *testing.T) {
	t.Parallel()
	var out lines
	log := corslog.New(out.logger(), time.Hour)
	plain := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
	post := func(origin, host, site string) cors.Request {
		return cors.Request{Method: "POST", Origin: origin, Host: host, FetchSite: site}
	}
	for range 3 {
		plain.Decide(t.Context(), post("https://api.example.net", "api.example.net", ""))
		plain.Decide(t.Context(), post("https://api.example.net", "api.example.net:443", "")) // the default port
		plain.Decide(t.Context(), post("https://api.example.net:8443", "API.example.net:8443", ""))
		plain.Decide(t.Context(), post("https://api.example.net", "inner:8080", "same-origin"))
	}
	log.Flush()
	expect(t, "pages of the server", out.take())
	plain.Decide(t.Context(), post("https://api.example.net", "other.example.net", "cross-site"))
	plain.Decide(t.Context(), post("null", "", ""))
	expect(t, "a page of another server", out.take(), "cors: refused https://api.example.net origin-not-allowed", "cors: refused null origin-not-allowed")
	preflighted := preflight("https://own.example.net", "PUT") // a browser sends none to its own server
	preflighted.Host = "own.example.net"
	plain.Decide(t.Context(), preflighted)
	expect(t, "a preflight", out.take(), "cors: refused https://own.example.net origin-not-allowed")
	fails := log.Of(compile(t, cors.Config{AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, errors.New("down") }}))
	fails.Decide(t.Context(), post("https://api.example.net", "api.example.net", ""))
	expect(t, "a function that fails for the server's own page", out.take(), "cors: refused https://api.example.net origin-check-failed")
}

// A flood of invented origins hides no origin that a policy lists, for every kind of policy
// and every order of requests.
func TestFloodHidesNobody(t *testing.T) {
	t.Parallel()
	var patterns []string
	for i := range 100 {
		patterns = append(patterns, fmt.Sprintf("https://*.p%d.example", i))
	}
	policies := map[string]cors.Config{
		"listed":        {AllowOrigins: []string{partner, "https://*.corp.example", "https://*.github.io", "https://*.shop.co.uk", "https://port.example:*"}},
		"public":        {AllowOrigins: []string{"*"}},
		"enforcing":     {AllowOrigins: []string{partner}, Enforce: cors.EnforceAll},
		"fails":         {AllowOrigins: []string{partner}, AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, errors.New("down") }},
		"says no":       {AllowOrigins: []string{partner}, AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, nil }},
		"many patterns": {AllowOrigins: append(patterns, partner)},
		"any header":    {AllowOrigins: []string{partner, "https://app-*.corp2.example"}, AllowHeaders: []string{"*"}},
	}
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			var out lines
			log := corslog.New(out.logger(), time.Hour)
			var deciders []cors.Decider
			for _, name := range []string{"listed", "public", "enforcing", "fails", "says no", "any header", "many patterns"} {
				deciders = append(deciders, log.Of(compile(t, policies[name])))
			}
			invented := []string{"https://%s.evil.example", "https://%s.corp.example", "https://%s.github.io", "https://a.%s.shop.co.uk", "https://app-%s.corp2.example", "https://%s.example", "http://%s", "%s://x", "https://%s.p1.example", "https://app-%s.partner.example", "https://x\x1b[31m\n%s"}
			flood := func(n int) {
				for range n {
					host := fmt.Sprintf("x%d", random.Uint64())
					origin := fmt.Sprintf(invented[random.IntN(len(invented))], host)
					if random.IntN(2) == 0 {
						origin = fmt.Sprintf("https://%s.p%d.example", host, random.IntN(100))
					}
					if random.IntN(20) == 0 {
						origin = fmt.Sprintf("https://port.example:%d", 1024+random.IntN(60000))
					}
					r := preflight(origin, "BAD")
					switch random.IntN(3) {
					case 0:
						r = get(origin)
					case 1:
						r.RequestMethod, r.RequestHeaders = "GET", "x y"
					}
					deciders[random.IntN(len(deciders))].Decide(t.Context(), r)
				}
			}
			flood(10_000 + random.IntN(5000))
			flooded := len(out.take())
			where := random.IntN(len(deciders))
			if where == 1 {
				where = 0 // the public policy lists no origin
			}
			deciders[where].Decide(t.Context(), preflight(partner, "BAD"))
			expect(t, "the partner", out.take(), "cors: refused https://partner.example method-not-allowed")
			if flooded > 256 {
				t.Errorf("the flood takes %d lines", flooded)
			}
			flood(1000)
			log.Flush()
			counts := out.take()
			if len(counts) > 256+10 {
				t.Errorf("the counts take %d lines", len(counts))
			}
			others := 0
			for _, line := range counts {
				if strings.HasPrefix(line, "cors: refused others ") {
					others++
				}
			}
			if others == 0 {
				t.Error("nothing says how many refusals are not told apart")
			}
		})
	}
}

// Each kind of refusal has the number of entries that the documentation of Log names, and
// the other kinds take none of them.
func TestRooms(t *testing.T) {
	t.Parallel()
	numbered := func(format string, n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf(format, i))
		}
		return all
	}
	listed := numbered("https://listed%d.example", 100)
	allows := func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
		if strings.HasSuffix(o.Host, ".fails.example") {
			return false, errors.New("down")
		}
		return strings.HasSuffix(o.Host, ".asked"), nil
	}
	var out lines
	log := corslog.New(out.logger(), time.Hour)
	policy := log.Of(compile(t, cors.Config{AllowOrigins: append(listed, "https://*.pattern.example"), AllowOriginFunc: allows}))
	public := log.Of(compile(t, cors.Config{AllowOrigins: []string{"*"}, AllowMethods: []string{"PUT"}}))
	rooms := []struct {
		name    string
		decider cors.Decider
		origins []string
		want    int
	}{
		{"matched, of one site", policy, numbered("https://x%d.pattern.example", 100), 8},
		{"matched, of many sites", policy, numbered("https://x.site%d.asked", 100), 64 - 8},
		{"named", policy, listed, 64},
		{"allowed by * alone", public, numbered("https://public%d.example", 50), 50},
		{"not allowed", policy, numbered("https://evil%d.example", 100), 96 - 50},
		{"failing", policy, numbered("https://x%d.fails.example", 100), 32},
	}
	for _, when := range []string{"at first", "when all have been removed"} {
		for _, tt := range rooms {
			for _, origin := range tt.origins {
				tt.decider.Decide(t.Context(), preflight(origin, "BAD"))
			}
			if got := len(out.take()); got != tt.want {
				t.Errorf("%s, %s: %d entries, want %d", tt.name, when, got, tt.want)
			}
		}
		log.Flush()
		out.take()
	}
}

// Each refusal is counted exactly once.
func TestEveryRefusalIsCounted(t *testing.T) {
	t.Parallel()
	var out lines
	log := corslog.New(out.logger(), time.Hour)
	d := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for n := range 1000 {
				d.Decide(context.Background(), get(fmt.Sprintf("https://e%d.example", (client*n)%300)))
				if n%100 == 0 {
					log.Flush()
				}
			}
		})
	}
	clients.Wait()
	log.Flush()
	total := 0
	for _, line := range out.all {
		if line["msg"] == "cors: refused" {
			total++
		} else {
			total += int(line["times"].(float64))
		}
	}
	if total != 8000 {
		t.Errorf("%d refusals are logged, of 8000", total)
	}
}

// rest is a framework's request.
type rest struct{ reads int }

func (*rest) Context() context.Context { return context.Background() }

func (r *rest) Metadata() (host, path, fetchSite string) {
	r.reads++
	return "api.example.net", "/items/1", "cross-site"
}

// The adapter reads host and path only if a request is refused.
func TestMetadata(t *testing.T) {
	t.Parallel()
	var out lines
	log := corslog.New(out.logger(), time.Hour)
	plain := compile(t, cors.Config{AllowOrigins: []string{app}})
	enforcing := compile(t, cors.Config{AllowOrigins: []string{app}, Enforce: cors.EnforceAll})
	live := new(cors.Live)
	for _, p := range []*cors.Policy{plain, enforcing, nil, plain} {
		live.Store(p)
		if got, want := cors.NeedsMetadata(log.Of(live)), cors.NeedsMetadata(live); got != want {
			t.Errorf("the logged Decider needs metadata: %t, the one in it: %t", got, want)
		}
	}
	decide := func(origin string) int {
		var d cors.Decision
		from, r := new(rest), cors.Request{Method: "GET", Origin: origin}
		cors.DecideTo(&d, log.Of(live), &r, from)
		return from.reads
	}
	if n := decide(app); n != 0 {
		t.Errorf("metadata of an allowed request are read %d times", n)
	}
	decide(evil)
	if len(out.all) != 1 || out.all[0]["path"] != "/items/1" || out.all[0]["host"] != "api.example.net" {
		t.Errorf("logged is %v", out.all)
	}
}

// One Log works around every kind of Decider, and does not change its decisions.
func TestAroundEverything(t *testing.T) {
	t.Parallel()
	var out lines
	log := corslog.New(out.logger(), time.Hour)
	policy := compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT"}})
	public := compile(t, cors.AllowAll())
	live := new(cors.Live)
	live.Store(policy)
	routes, err := cors.NewRoutes(map[string]cors.Decider{"/items/": policy, "/": nil})
	if err != nil {
		t.Fatal(err)
	}
	var tally cors.Tally
	towers := map[string]cors.Decider{
		"policy": policy, "live": live, "routes": routes, "first": cors.First(policy, public), "nil": (*cors.Policy)(nil), "counted": tally.Of(live),
		"observed": cors.Observe(policy, func(cors.Request, cors.Decision) {}), "logged twice": log.Of(policy),
	}
	wire := func(d cors.Decision) string {
		text := fmt.Sprint(d.Kind(), d.Reason(), d.Status(), d.Err())
		for name, value := range d.Headers() {
			text += fmt.Sprint("\n", name, ": ", value)
		}
		return text
	}
	settings := cors.MountSettings("test", []cors.Option{cors.Around(log.Of)})
	for name, d := range towers {
		for _, wrapped := range []cors.Decider{log.Of(d), settings.Wrap("test", d)} {
			for _, r := range []cors.Request{get(""), get(app), get(evil), get("null"), preflight(app, "PUT"), preflight(app, "BAD"), preflight(evil, "PUT"), {Method: "GET", Origin: evil, Path: "/elsewhere"}} {
				if got, want := wire(wrapped.Decide(t.Context(), r)), wire(d.Decide(t.Context(), r)); got != want {
					t.Errorf("%s: %+v\ngot  %s\nwant %s", name, r, got, want)
				}
			}
		}
	}
	got := out.take()
	expect(t, "the one table, in some order", got[:min(3, len(got))], got...)
	if len(got) != 3 {
		t.Errorf("there are %d refusals to tell apart", len(got))
	}
}

// raw is a slog.Handler that writes values without escaping them.
type raw struct {
	slog.Handler
	*bytes.Buffer
}

func (raw) Enabled(context.Context, slog.Level) bool { return true }

func (h raw) Handle(_ context.Context, r slog.Record) error {
	h.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool {
		h.WriteString(" " + a.Key + "=" + a.Value.String())
		return true
	})
	return nil
}

// Values from clients are short and printable, whatever handler writes the log.
func TestValuesAreClean(t *testing.T) {
	t.Parallel()
	bad := []string{"\x1b[31m", "\n", "\r\nlevel=ERROR", "\x00", "\x7f", "\u202e", "\xff\xfe", strings.Repeat("a", 9000), strings.Repeat("\n", 9000)}
	for i, value := range bad {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			log := corslog.New(slog.New(raw{slog.DiscardHandler, &out}), time.Hour)
			d := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
			failing := log.Of(compile(t, cors.Config{AllowOriginFunc: func(context.Context, cors.Request, cors.Origin) (bool, error) { return false, errors.New(value) }}))
			for range 2 {
				d.Decide(t.Context(), cors.Request{Method: value, Origin: "https://x" + value, Host: value, Path: value})
				d.Decide(t.Context(), cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "P" + value, RequestHeaders: value, Host: value, Path: value})
				failing.Decide(t.Context(), get(evil))
			}
			log.Flush()
			text := out.String()
			if len(text) == 0 || len(text) > 20_000 {
				t.Errorf("the log has %d bytes", len(text))
			}
			for _, r := range text {
				if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
					t.Fatalf("the log holds %q: %q", r, text)
				}
			}
		})
	}
}

// A logger that panics does not end the request.
func TestLoggerPanics(t *testing.T) {
	t.Parallel()
	log := corslog.New(slog.New(broken{slog.DiscardHandler}), time.Hour)
	d := log.Of(compile(t, cors.Config{AllowOrigins: []string{app}}))
	for range 2 {
		if got := d.Decide(t.Context(), get(evil)).Reason(); got != cors.OriginNotAllowed {
			t.Errorf("decided is %v", got)
		}
	}
	log.Flush()
}

type broken struct{ slog.Handler }

func (broken) Enabled(context.Context, slog.Level) bool { return true }
func (broken) Handle(context.Context, slog.Record) error {
	panic("the disk is full (this line is expected)")
}

func TestPanics(t *testing.T) {
	t.Parallel()
	log := corslog.New(slog.New(slog.DiscardHandler), time.Hour)
	for name, call := range map[string]func(){
		"no logger":  func() { corslog.New(nil, time.Minute) },
		"no period":  func() { corslog.New(slog.New(slog.DiscardHandler), 0) },
		"no Decider": func() { log.Of(nil) },
		"a nil Live": func() { log.Of((*cors.Live)(nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "corslog.") {
					t.Errorf("the panic says %q", text)
				}
			}()
			call()
		})
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	var out lines
	corslog.Warnings(out.logger(), compile(t, cors.Config{AllowOrigins: []string{"https://*.example.com"}, AllowCredentials: true}))
	if len(out.all) != 1 || out.all[0]["code"] != "wildcard-credentials" || out.all[0]["field"] != "AllowOrigins[0]" || out.all[0]["level"] != "WARN" || out.all[0]["hint"] == "" {
		t.Errorf("logged is %v", out.all)
	}
	out.take()
	corslog.Warnings(out.logger(), compile(t, cors.Config{AllowOrigins: []string{app}}))
	expect(t, "a policy without warnings", out.take())
	corslog.Warnings(out.logger(), nil)
	expect(t, "no policy", out.take(), "cors: there is no policy, so no CORS header is sent")
}

// All origins that one pattern matches belong to one site.
func TestSites(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]string{
		"https://app.example.com": "example.com", "https://example.com:8443": "example.com", "http://a.b.c.example.com": "example.com",
		"https://x.shop.co.uk": "shop.co.uk", "https://shop.co.uk": "shop.co.uk", "https://x.github.io": "github.io", "https://a.x.github.io": "github.io",
		"https://example.com.": "example.com", "https://localhost:3000": "localhost", "https://a.internal": "a.internal", "ws://a.example.com": "example.com", "wss://a.example.com": "example.com", "https://a.x.barsy.co.uk": "barsy.co.uk",
		"http://127.0.0.1:8080": "127.0.0.1", "http://10.0.0.9": "10.0.0.9", "http://10.0.0.10": "10.0.0.10", "http://10.0.0.0": "10.0.0.0", "http://[::1]:8080": "[::1]", "http://[::1]": "[::1]",
		"chrome-extension://abcdefghijklmnop": "chrome-extension", "app://x.y.z": "app", "null": "null", "": "", "https://": "", "https://.": "", "https://a..b": ".b",
	} {
		if got := corslog.SiteOf(origin); got != want {
			t.Errorf("the site of %q is %q, want %q", origin, got, want)
		}
	}
}
