package policydiff_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policydiff"
)

var pairs = flag.Int("pairs", 3000, "how many random pairs of policies TestRandomPairs compares")

// can returns what a page gets for a request, one bit for each ability. It reads the
// response as the Fetch standard says, and does not use Diff.
func can(p *cors.Policy, r cors.Request) (bits uint) {
	d := p.Decide(context.Background(), r)
	var origin, methods, headers, exposed string
	credentials := false
	for name, value := range d.Headers() {
		switch name {
		case "Access-Control-Allow-Origin":
			origin = value
		case "Access-Control-Allow-Credentials":
			credentials = value == "true"
		case "Access-Control-Allow-Methods":
			methods = value
		case "Access-Control-Allow-Headers":
			headers = value
		case "Access-Control-Expose-Headers":
			exposed = value
		}
	}
	set := func(bit int, yes bool) {
		if yes {
			bits |= 1 << bit
		}
	}
	lists := func(list, name string) bool {
		for s := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(s), name) {
				return true
			}
		}
		return false
	}
	anonymous := origin == "*" || origin == r.Origin && origin != ""
	cookies := origin == r.Origin && origin != "" && credentials
	if r.Method == "OPTIONS" && r.RequestMethod != "" {
		// Fetch, "CORS-preflight fetch", steps 7.7 to 7.9.
		safelisted := slices.Contains([]string{"GET", "HEAD", "POST"}, r.RequestMethod)
		star := func(list string) bool { return !credentials && lists(list, "*") }
		method := safelisted || slices.Contains(strings.Split(methods, ", "), r.RequestMethod) || star(methods)
		header := r.RequestHeaders == "" || lists(headers, r.RequestHeaders) || star(headers) && !strings.EqualFold(r.RequestHeaders, "authorization")
		ok := d.Status() >= 200 && d.Status() <= 299
		set(0, ok && anonymous && method && header)
		set(1, ok && cookies && method && header)
		return bits
	}
	set(2, anonymous)
	set(3, cookies)
	set(4, d.Status() == 0)
	for i, name := range []string{"x-e", "x-f", "x-any"} {
		set(5+i, anonymous && (lists(exposed, name) || !credentials && lists(exposed, "*")))
	}
	return bits
}

var (
	poolOrigins = []string{
		"https://a.example", "https://*.a.example", "https://x-*.a.example", "https://x-a*.a.example", "https://*-b.a.example", "https://b.example:*", "https://b.example:81", "https://x-a.a.example",
		"https://*.q.a.example", "*", "null", "file://", "app://*", "app://c", "app://*.c",
	}
	poolMethods   = []string{"PUT", "DELETE", "*", "PATCH", "HEAD", "put2"}
	poolHeaders   = []string{"x-a", "authorization", "*", "content-type", "accept"}
	poolExposed   = []string{"x-e", "*", "x-f"}
	poolFunctions = []func(context.Context, cors.Request, cors.Origin) (bool, error){nil, nil, nil, nil, allowed, refused, closure("a.example"), closure("q.a.example")}

	worldOrigins = []string{
		"https://a.example", "https://q.a.example", "https://x-1.a.example", "https://x-a1.a.example", "https://x-a.a.example", "https://r-b.a.example", "https://x-b.a.example", "https://x-a-b.a.example",
		"https://x.q.a.example", "https://b.example", "null", "https://b.example:9", "https://b.example:81", "https://z.example", "file://", "app://c", "app://d", "app://d.c", "app://D", "no origin",
	}
	worldMethods = []string{"GET", "PUT", "DELETE", "OTHER", "PATCH", "put2", "HEAD"}
	worldHeaders = []string{"x-a", "authorization", "x-z", "content-type", "accept", "Authorization"}
)

// world is all requests that random policies are compared by. Most origins send only some
// of them; of each group of origins that patterns match alike, one sends all.
var world = func() (all []cors.Request) {
	ask := func(r cors.Request) { all = append(all, r) }
	for i, o := range worldOrigins {
		ask(cors.Request{Method: "GET", Origin: o, FetchSite: "cross-site"})
		ask(cors.Request{Method: "PUT", Origin: o})
		ask(cors.Request{Method: "OPTIONS", Origin: o, RequestMethod: "PUT"})
		if i%5 != 0 {
			continue
		}
		for _, m := range worldMethods {
			ask(cors.Request{Method: "OPTIONS", Origin: o, RequestMethod: m})
		}
		for _, h := range worldHeaders {
			ask(cors.Request{Method: "OPTIONS", Origin: o, RequestMethod: "GET", RequestHeaders: h})
		}
		ask(cors.Request{Method: "OPTIONS", Origin: o, RequestMethod: "DELETE", RequestHeaders: "x-z"})
		ask(cors.Request{Method: "PUT", Origin: o, FetchSite: "cross-site"})
		ask(cors.Request{Method: "PUT", Origin: o, FetchSite: "same-origin"})
		ask(cors.Request{Method: "OPTIONS", Origin: o})
	}
	for _, m := range []string{"GET", "PUT"} {
		ask(cors.Request{Method: m})
		ask(cors.Request{Method: m, FetchSite: "cross-site"})
	}
	return all
}()

// choices draws the parts of a policy.
type choices interface{ IntN(n int) int }

func randomPolicy(r choices) *cors.Policy {
	pick := func(from []string, oneIn int) (some []string) {
		for _, s := range from {
			if r.IntN(oneIn) == 0 {
				some = append(some, s)
			}
		}
		return some
	}
	c := cors.Config{
		AllowOrigins: pick(poolOrigins, 5), AllowCredentials: r.IntN(3) == 0, AllowOriginFunc: poolFunctions[r.IntN(len(poolFunctions))],
		AllowMethods: pick(poolMethods, 4), AllowHeaders: pick(poolHeaders, 4), ExposeHeaders: pick(poolExposed, 4), Enforce: cors.Enforcement(r.IntN(3)),
		Dangerously: cors.Dangers{NullOrigin: true, FileOrigin: true, SchemesWithCredentials: true, AnyOriginWithCredentials: true, InsecureOrigins: true},
	}
	p, err := cors.Compile(c)
	if err != nil { // for example null with credentials
		return randomPolicy(r)
	}
	return p
}

// related returns p with at most one change, because two random policies seldom have much
// in common.
func related(r choices, p *cors.Policy) *cors.Policy {
	c, other := p.Config(), randomPolicy(r).Config()
	switch r.IntN(8) {
	case 0:
		c.AllowOrigins = other.AllowOrigins
	case 1:
		c.AllowOriginFunc = other.AllowOriginFunc
	case 2:
		c.AllowCredentials = other.AllowCredentials
	case 3:
		c.AllowMethods = other.AllowMethods
	case 4:
		c.AllowHeaders = other.AllowHeaders
	case 5:
		c.ExposeHeaders = other.ExposeHeaders
	case 6:
		c.Enforce = other.Enforce
	case 7:
		c.AllowOrigins = append(c.AllowOrigins, poolOrigins[r.IntN(len(poolOrigins))])
	}
	next, err := cors.Compile(c)
	if err != nil {
		return p
	}
	return next
}

// seen counts the results of random pairs, so that a test knows that it has compared
// something.
type seen struct{ wider, same, unproven, none int }

// checkPair compares Diff with the decisions of both policies for each request of world.
func checkPair(t *testing.T, a, b *cors.Policy, n *seen) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf(format+"\nold  %+v\nnext %+v", append(args, a.Config(), b.Config())...)
	}
	changes := policydiff.Diff(a, b)
	functions := a.Config().AllowOriginFunc != nil || b.Config().AllowOriginFunc != nil
	var directions [3]int
	for _, c := range changes {
		directions[c.Direction]++
		before, after := can(a, c.Witness), can(b, c.Witness)
		if c.Direction == policydiff.Narrower {
			before, after = after, before
		}
		switch {
		case c.Direction == policydiff.Other:
			if !c.Proven || c.Witness != (cors.Request{}) {
				fail("%+v", c)
			}
		case c.Proven:
			n.wider++
			if after&^before == 0 {
				fail("the witness of %s shows nothing: %b, %b", c, before, after)
			}
		case !functions:
			fail("%s is not proven", c)
		default:
			n.unproven++
		}
	}
	for _, r := range world {
		before, after := can(a, r), can(b, r)
		if after&^before != 0 && directions[policydiff.Wider] == 0 {
			fail("%+v gains: %b, %b", r, before, after)
		}
		if before&^after != 0 && directions[policydiff.Narrower] == 0 {
			fail("%+v loses: %b, %b", r, before, after)
		}
		if len(changes) == 0 && !sameDecision(a, b, r) {
			fail("%+v is decided in two ways", r)
		}
	}
	if directions[policydiff.Wider]+directions[policydiff.Narrower] == 0 {
		n.same++
	}
	if len(changes) == 0 {
		n.none++
	}
}

// sameDecision reports whether two policies give the same answer, byte for byte.
func sameDecision(a, b *cors.Policy, r cors.Request) bool {
	text := func(p *cors.Policy) string {
		d := p.Decide(context.Background(), r)
		s := d.Kind().String() + " " + d.Reason().String()
		for name, value := range d.Headers() {
			s += "\n" + name + ": " + value
		}
		return s + string(rune(d.Status()))
	}
	return text(a) == text(b)
}

// checkSelf checks that a policy does not differ from itself or from its normal form.
func checkSelf(t *testing.T, p *cors.Policy) {
	t.Helper()
	if changes := policydiff.Diff(p, p); changes != nil {
		t.Fatalf("%+v and itself: %v", p.Config(), changes)
	}
	if changes := policydiff.Diff(p, cors.MustCompile(p.Config())); len(changes) != 0 {
		t.Fatalf("%+v and its copy: %v", p.Config(), changes)
	}
}

// TestRandomPairs checks that Diff reports everything that a page gains or loses, and that
// each proven change is true. -pairs=100000 takes about a minute.
func TestRandomPairs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var n seen
	for i := range *pairs {
		a := randomPolicy(r)
		b := related(r, a)
		if i%3 == 0 {
			b = randomPolicy(r)
		}
		checkPair(t, a, b, &n)
		if i%10 == 0 {
			checkSelf(t, a)
		}
	}
	t.Logf("of %d pairs: %d proven changes, %d unproven; %d pairs are alike, and %d the same", *pairs, n.wider, n.unproven, n.same, n.none)
	if n.wider < *pairs || n.same < *pairs/20 || n.none < *pairs/20 {
		t.Errorf("the pairs are not telling: %+v", n)
	}
}

// tape reads fuzzed input as a series of choices.
type tape []byte

func (t *tape) IntN(n int) int {
	if len(*t) == 0 {
		return 0
	}
	c := int((*t)[0]) % n
	*t = (*t)[1:]
	return c
}

// FuzzDiff is TestRandomPairs with policies that the fuzzer chooses, and with an origin and
// a pattern from its input.
func FuzzDiff(f *testing.F) {
	f.Add([]byte{}, "https://*.a.example", "https://b.a.example")
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09"), "app://*", "app://A.b")
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz0123456789"), "https://x-a*-b.a.example:*", "https://x-ab-b.a.example:8")
	f.Fuzz(func(t *testing.T, data []byte, pattern, origin string) {
		choose := tape(data)
		policy := func(also ...string) *cors.Policy {
			c := cors.Config{AllowOrigins: also, AllowCredentials: choose.IntN(2) == 0, Enforce: cors.Enforcement(choose.IntN(3)), AllowOriginFunc: poolFunctions[choose.IntN(len(poolFunctions))]}
			c.Dangerously = cors.Dangers{NullOrigin: true, FileOrigin: true, SchemesWithCredentials: true, AnyOriginWithCredentials: true, InsecureOrigins: true, PublicSuffixes: true}
			for range choose.IntN(5) {
				c.AllowOrigins = append(c.AllowOrigins, poolOrigins[choose.IntN(len(poolOrigins))])
			}
			for range choose.IntN(3) {
				c.AllowMethods, c.AllowHeaders, c.ExposeHeaders = append(c.AllowMethods, poolMethods[choose.IntN(len(poolMethods))]), append(c.AllowHeaders, poolHeaders[choose.IntN(len(poolHeaders))]), append(c.ExposeHeaders, poolExposed[choose.IntN(len(poolExposed))])
			}
			p, err := cors.Compile(c)
			if err != nil {
				return nil
			}
			return p
		}
		a, b := policy(), policy(pattern)
		if a == nil || b == nil {
			return
		}
		var n seen
		checkPair(t, a, b, &n)
		checkPair(t, b, a, &n)
		checkSelf(t, b)
		r := cors.Request{Method: "GET", Origin: origin}
		wider := slices.ContainsFunc(policydiff.Diff(a, b), func(c policydiff.Change) bool { return c.Direction == policydiff.Wider })
		if can(b, r)&^can(a, r) != 0 && !wider {
			t.Errorf("%q gains\nold  %+v\nnext %+v", origin, a.Config(), b.Config())
		}
	})
}
