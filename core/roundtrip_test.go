package cors_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// The parts of random configurations and requests. Many of the origins match many of the
// patterns.
var (
	somePatterns = []string{
		"https://a.example", "https://b.example:8443", "https://*.a.example", "https://*.b.a.example:*", "https://x-*.a.example", "https://*-x.a.example:81",
		"https://a.example:*", "http://localhost:*", "http://localhost:3000", "http://*.localhost", "http://[::1]:*", "http://127.0.0.1", "capacitor://localhost",
		"https://a.example.", "http://a.example", "https://*.github.io", "https://*.com",
	}
	someOrigins = []string{
		"", "null", "https://a.example", "https://b.example:8443", "https://x.a.example", "https://x.b.a.example:81", "https://x.b.a.example", "https://x-1.a.example",
		"https://1-x.a.example:81", "https://a.example:9", "http://localhost:3000", "http://x.localhost", "http://[::1]:5", "http://127.0.0.1", "capacitor://localhost",
		"https://a.example.", "http://a.example", "https://me.github.io", "https://x.com", "malformed", "https://a.example, https://a.example", "https://other.test",
	}
	someMethods = []string{"*", "GET", "PUT", "put", "PATCH", "patch", "DELETE", "OPTIONS", "PURGE", "POST"}
	someHeaders = []string{"*", "Authorization", "X-A", "x-b", "Content-Type", "accept", "X-HTTP-Method-Override"}
)

func some(rng *rand.Rand, from []string) []string {
	var list []string
	for range rng.IntN(5) {
		list = append(list, from[rng.IntN(len(from))])
	}
	return list
}

func one(rng *rand.Rand, from ...string) string { return from[rng.IntN(len(from))] }

func randomConfig(rng *rand.Rand) cors.Config {
	flip := func() bool { return rng.IntN(2) == 0 }
	c := cors.Config{
		AllowOrigins:     some(rng, somePatterns),
		AllowCredentials: flip(),
		AllowMethods:     some(rng, someMethods),
		AllowHeaders:     some(rng, someHeaders),
		ExposeHeaders:    some(rng, []string{"X-A", "x-b", "ETag", "Content-Type", "*"}),
		VaryBy:           some(rng, []string{"x-tenant", "Accept-Language", "origin"}),
		MaxAge:           []time.Duration{0, cors.NoCache, time.Second, 10 * time.Minute, 24 * time.Hour}[rng.IntN(5)],
		PreflightStatus:  []int{0, 200, 204, 299}[rng.IntN(4)],
		PassPreflight:    flip(),
		Enforce:          cors.Enforcement(rng.IntN(3)),
		Dangerously:      cors.Dangers{InsecureOrigins: flip(), PublicSuffixes: flip(), NullOrigin: flip()},
	}
	switch rng.IntN(6) {
	case 0:
		c.AllowOrigins = append(c.AllowOrigins, "*")
	case 1:
		c.AllowOrigins = append(c.AllowOrigins, "null")
	}
	return c
}

func randomRequest(rng *rand.Rand) cors.Request {
	return cors.Request{
		Method:         one(rng, "GET", "POST", "OPTIONS", "OPTIONS", "OPTIONS", "PUT", "options"),
		Origin:         one(rng, someOrigins...),
		RequestMethod:  one(rng, "", "GET", "PUT", "put", "PATCH", "patch", "DELETE", "PURGE", "OTHER", "TRACE", "A B"),
		RequestHeaders: one(rng, "", "x-a", "x-a,x-b", "authorization", "Content-Type, x-a", "x-c", "x a", "accept"),
		Host:           one(rng, "", "a.example", "other.test"),
		FetchSite:      one(rng, "", "same-origin", "cross-site", "none"),
	}
}

// TestConfigRoundTrip checks that a policy's Config compiles to a policy with the same
// decisions, is its own normal form, and stays the same through JSON.
func TestConfigRoundTrip(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	compiled := 0
	for range 1500 {
		in := randomConfig(rng)
		p, err := cors.Compile(in)
		if err != nil {
			continue
		}
		compiled++
		normal := p.Config()
		q, err := cors.Compile(normal)
		if err != nil {
			t.Fatalf("%+v\nbecomes %+v,\nwhich does not compile: %v", in, normal, err)
		}
		if again := q.Config(); !reflect.DeepEqual(again, normal) {
			t.Fatalf("%+v\nbecomes %+v\nand then %+v", in, normal, again)
		}
		data, err := json.Marshal(normal)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := cors.ParseConfig(data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		var whole cors.Config
		if err := json.Unmarshal(data, &whole); err != nil || !reflect.DeepEqual(whole, parsed) {
			t.Fatalf("%s: json.Unmarshal gives %+v and error %v", data, whole, err)
		}
		s := compile(t, parsed)
		for range 20 {
			r := randomRequest(rng)
			want := wire(p.Decide(t.Context(), r))
			if got := wire(q.Decide(t.Context(), r)); got != want {
				t.Fatalf("%+v\nunder %+v\n%s\nunder its normal form %+v\n%s", r, in, want, normal, got)
			}
			if got := wire(s.Decide(t.Context(), r)); got != want {
				t.Fatalf("%+v\nunder %+v\n%s\nread from %s\n%s", r, in, want, data, got)
			}
		}
	}
	if compiled < 300 {
		t.Errorf("only %d configurations compiled", compiled)
	}
}

// TestNormalForm checks how Config normalises a configuration.
func TestNormalForm(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.Config{
		AllowOrigins:  []string{"https://z.example", "https://x.a.example", "https://*.a.example", "https://z.example", "http://localhost:*"},
		AllowMethods:  []string{"put", "PURGE", "patch", "GET", "PUT", "Delete"},
		AllowHeaders:  []string{"X-B", "x-a", "X-A"},
		ExposeHeaders: []string{"ETag", "content-type", "Date"},
		MaxAge:        time.Minute, PreflightStatus: 200, PassPreflight: true, Enforce: cors.EnforceAll, Dangerously: cors.Dangers{NullOrigin: true},
		AllowOriginFunc: askNobody, VaryBy: []string{"x-b", "ACCEPT", "X-B"},
	})
	got := p.Config()
	if got.AllowOriginFunc == nil {
		t.Error("the function is lost")
	}
	got.AllowOriginFunc = nil
	want := cors.Config{
		AllowOrigins:  []string{"https://z.example", "https://*.a.example", "http://localhost:*"},
		AllowMethods:  []string{"DELETE", "PURGE", "PUT", "patch"},
		AllowHeaders:  []string{"x-a", "x-b"},
		ExposeHeaders: []string{"date", "etag"},
		MaxAge:        time.Minute, PreflightStatus: 200, PassPreflight: true, Enforce: cors.EnforceAll, Dangerously: cors.Dangers{NullOrigin: true},
		VaryBy: []string{"Accept", "X-B"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := compile(t, cors.Config{AllowOrigins: []string{app, "*", "https://*.a.example"}}).Config().AllowOrigins; !slices.Equal(got, []string{"*"}) {
		t.Errorf("next to *, %q are kept", got)
	}
}

// TestPolicyIsImmutable checks that the policy shares no memory with the compiled Config,
// or with the Config that it returns.
func TestPolicyIsImmutable(t *testing.T) {
	t.Parallel()
	in := cors.Config{
		AllowOrigins: []string{app, "https://*.example.org", "https://b.example"}, AllowMethods: []string{"PUT", "PURGE"}, AllowHeaders: []string{"x-a", "x-b"},
		ExposeHeaders: []string{"x-c", "x-d"}, AllowOriginFunc: askNobody, VaryBy: []string{"X-E", "X-F"},
	}
	p := compile(t, in)
	preflight := cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "PURGE", RequestHeaders: "x-a,x-b"}
	actual := cors.Request{Method: "GET", Origin: "https://x.example.org"}
	state := func() string {
		c := p.Config()
		return fmt.Sprint(wire(p.Decide(t.Context(), preflight)), wire(p.Decide(t.Context(), actual)), c.AllowOrigins, c.AllowMethods, c.AllowHeaders, c.ExposeHeaders, c.VaryBy)
	}
	before := state()
	out := p.Config()
	for _, c := range []cors.Config{in, out} {
		for _, list := range [][]string{c.AllowOrigins, c.AllowMethods, c.AllowHeaders, c.ExposeHeaders, c.VaryBy} {
			for i := range list {
				list[i] = "https://changed.example"
			}
			_ = append(list[:0], "https://appended.example")
		}
	}
	if after := state(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestAllowAll checks what AllowAll allows, and that each call returns a new Config.
func TestAllowAll(t *testing.T) {
	t.Parallel()
	p := compile(t, cors.AllowAll())
	for _, tt := range []decisionCase{
		{"a preflight", cors.Request{Method: "OPTIONS", Origin: evil, RequestMethod: "PURGE", RequestHeaders: "authorization,x-a"}, `preflight allowed 204
			Access-Control-Allow-Headers: *, authorization, ` + usualHeaders + `
			Access-Control-Allow-Methods: *, ` + usualMethods + `
			Access-Control-Allow-Origin: *`},
		{"an actual request", cors.Request{Method: "PURGE", Origin: "null"}, "actual allowed 0\nAccess-Control-Allow-Origin: *"},
		{"another request", cors.Request{Method: "GET"}, "not-cors allowed 0\nAccess-Control-Allow-Origin: *"},
	} {
		if got := wire(p.Decide(t.Context(), tt.request)); got != lines(tt.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, lines(tt.want))
		}
	}
	c := cors.AllowAll()
	c.AllowOrigins[0] = app
	if cors.AllowAll().AllowOrigins[0] != "*" {
		t.Error("one caller can change what the next one gets")
	}
	c = cors.AllowAll()
	c.AllowCredentials = true
	if _, err := cors.Compile(c); err == nil {
		t.Error("with credentials it compiles")
	}
}
