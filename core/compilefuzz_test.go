package cors_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// spellings finds the spellings that an error's hint says to write, in quotes.
var spellings = regexp.MustCompile(`write ("(?:[^"\\]|\\.)*")`)

// FuzzCompile checks any Config. Either it compiles, or its errors say what is wrong, and
// Compile accepts what their hints say to write. What compiles can match some origin, and
// the Config of the policy is its normal form.
func FuzzCompile(f *testing.F) {
	for _, m := range slices.Concat(originMistakes, credentialMistakes) {
		f.Add(m.spec, app, "PUT", "x-a", "etag", "x-b", int64(time.Minute), 204, uint(1))
	}
	for _, c := range patternCases {
		f.Add(app, c.pattern, "PATCH", "X-A", "ETag", "Accept", int64(0), 0, uint(0))
	}
	for i, s := range []string{"*", "", "a b", "a,b", "GET", "put", "TRACE", "Cookie", "Sec-A", "proxy-a", "authorization", "access-control-allow-origin", "set-cookie", "x-\u212a", "x-a\x00", strings.Repeat("a", 8193)} {
		f.Add("null", "*", s, s, s, s, int64(cors.NoCache)-int64(i), 199+10*i, uint(i*37))
		f.Add(app, evil, s, "x-a", "x-a", "x-a", int64(time.Second), 0, uint(i))
		f.Add(app, evil, "PUT", s, "x-a", "x-a", int64(time.Second)+1, 0, uint(i))
		f.Add(app, evil, "PUT", "x-a", s, "x-a", int64(25*time.Hour), 0, uint(i))
		f.Add(app, evil, "PUT", "x-a", "x-a", s, int64(3*time.Hour), 0, uint(i))
	}
	f.Fuzz(func(t *testing.T, origin, another, method, header, expose, vary string, age int64, status int, flags uint) {
		flag := func(i int) bool { return flags>>i&1 != 0 }
		c := cors.Config{
			AllowOrigins: []string{origin, another}, AllowMethods: []string{"PUT", method}, AllowHeaders: []string{header, "x-a"}, ExposeHeaders: []string{expose},
			MaxAge: time.Duration(age), PreflightStatus: status, AllowCredentials: flag(0), PassPreflight: flag(1), Enforce: cors.Enforcement(flags >> 2 & 3),
			Dangerously: cors.Dangers{InsecureOrigins: flag(4), PublicSuffixes: flag(5), NullOrigin: flag(6)},
		}
		if flag(7) {
			c.AllowOriginFunc, c.VaryBy = askNobody, []string{vary}
		}
		checkSpelling(t, origin, flag(0))
		p, err := cors.Compile(c)
		if _, again := cors.Compile(c); fmt.Sprint(err) != fmt.Sprint(again) {
			t.Errorf("%+v: %v, and then %v", c, err, again)
		}
		if err != nil {
			if p != nil {
				t.Errorf("%+v: a policy, and yet %v", c, err)
			}
			checkConfigErrors(t, c, err)
			return
		}
		checkNormalForm(t, c, p)
	})
}

// checkSpelling checks one element of AllowOrigins. If it is refused, the error has a code
// and a hint, and Compile accepts what the hint says to write. If it is accepted, it
// matches some origin.
func checkSpelling(t *testing.T, spec string, credentials bool) {
	t.Helper()
	_, err := cors.Compile(cors.Config{AllowOrigins: []string{spec}, AllowCredentials: credentials})
	for _, e := range cors.ConfigErrors(err) {
		if e.Code == "origin-syntax" {
			t.Errorf("%q: %s does not say what is wrong", spec, e.Hint)
		}
		for _, found := range spellings.FindAllStringSubmatch(e.Hint, -1) {
			fixed, err := strconv.Unquote(found[1])
			if err == nil {
				_, err = cors.Compile(cors.Config{AllowOrigins: []string{fixed}, Dangerously: cors.Dangers{NullOrigin: true}})
			}
			if strings.Count(fixed, "*") > strings.Count(spec, "*") {
				t.Errorf("%q: the hint advises something wider: %s", spec, e.Hint)
			}
			if err != nil || fixed == spec && !credentials {
				t.Errorf("%q: the hint %s: %v", spec, e.Hint, err)
			}
		}
	}
	p, err := cors.Compile(cors.Config{AllowOrigins: []string{spec}})
	if err != nil {
		return
	}
	for _, member := range members(spec) {
		if !naiveMatch(spec, member) || !p.AllowsOrigin(member) {
			t.Errorf("%q is accepted, and does not match %q (the naive matcher: %t)", spec, member, naiveMatch(spec, member))
		}
	}
}

// members returns origins that a well-formed element of AllowOrigins must match.
func members(spec string) []string {
	if spec == "*" {
		return []string{app, "http://[::1]:1"}
	}
	origin, anyPort := strings.CutSuffix(spec, ":*")
	origin = strings.Replace(origin, "*", "a", 1)
	if anyPort {
		return []string{origin, origin + ":1"}
	}
	return []string{origin}
}

// checkNormalForm checks that the Config of p, which is compiled from c, compiles to a
// policy that decides as p does.
func checkNormalForm(t *testing.T, c cors.Config, p *cors.Policy) {
	t.Helper()
	normal := p.Config()
	q, err := cors.Compile(normal)
	if err != nil {
		t.Fatalf("%+v\nbecomes %+v,\nwhich does not compile: %v", c, normal, err)
	}
	again := q.Config()
	if normal.AllowOriginFunc = nil; c.AllowOriginFunc != nil && again.AllowOriginFunc == nil {
		t.Errorf("%+v: the function is lost", c)
	}
	if again.AllowOriginFunc = nil; !reflect.DeepEqual(again, normal) {
		t.Errorf("%+v\nbecomes %+v\nand then %+v", c, normal, again)
	}
	origins := []string{"", app, evil, "null", "https://a"}
	for _, spec := range c.AllowOrigins {
		if spec != "null" {
			origins = append(origins, members(spec)...)
		}
	}
	for _, origin := range origins {
		want := slices.ContainsFunc(c.AllowOrigins, func(spec string) bool { return naiveMatch(spec, origin) || spec == "*" && origin != "" })
		if p.AllowsOrigin(origin) != want {
			t.Errorf("%q under %q: got %t, want %t", origin, c.AllowOrigins, !want, want)
		}
		for _, r := range []cors.Request{
			{Method: "GET", Origin: origin}, {Method: "POST", Origin: origin, FetchSite: "cross-site"}, ask(origin, "PUT", "x-a"), ask(origin, c.AllowMethods[1], c.AllowHeaders[0]),
		} {
			d := p.Decide(t.Context(), r)
			if got := wire(q.Decide(t.Context(), r)); got != wire(d) {
				t.Errorf("%+v\nunder %+v\n%s\nunder its normal form %+v\n%s", r, c, wire(d), normal, got)
			}
			for name, value := range d.Headers() {
				if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
					t.Errorf("%+v under %+v: %s: %q", r, c, name, value)
				}
			}
		}
	}
}
