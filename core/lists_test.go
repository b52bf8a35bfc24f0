package cors_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// naiveHeaders returns the reason to refuse a list of header names. It splits the
// list and looks each name up (Fetch, "CORS-preflight fetch", steps 7.8 and 7.9;
// RFC 9110, sections 5.6.1 and 5.6.2).
func naiveHeaders(allowed []string, credentials bool, value string) cors.Reason {
	value = strings.Trim(value, " \t")
	if len(value) > 8192 {
		return cors.HeadersTooLong
	}
	for name := range strings.SplitSeq(value, ",") {
		name = strings.Trim(name, " \t")
		if name == "" {
			continue
		}
		if !tokenPattern.MatchString(name) {
			return cors.HeaderMalformed
		}
		listed := slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, name) && a != "*" })
		star := slices.Contains(allowed, "*") && (credentials || !strings.EqualFold(name, "authorization"))
		if !listed && !star {
			return cors.HeaderNotAllowed
		}
	}
	return cors.Allowed
}

// namedBeside returns the sorted names, without "*", in the answers of a policy whose list
// has "*".
func namedBeside(list []string, usual string, lower bool) []string {
	named := strings.Split(usual, ", ")
	for _, name := range list {
		if name != "*" {
			named = append(named, name)
		}
	}
	return sortedCopy(named, lower)
}

var tokenPattern = regexp.MustCompile("\\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\\z")

var headerLists = []struct {
	allowed     []string
	credentials bool
}{
	{nil, false},
	{[]string{"x-a"}, false},
	{[]string{"X-A", "x-ab", "x-b", "x", "content-type", "Authorization"}, true},
	{[]string{"x!", "x-", "x_", "x-a-b-c", "z", "a", "m", "x-m"}, false},
	{[]string{"*"}, false},
	{[]string{"*", "authorization"}, false},
	{[]string{"*", "x-a"}, true},
}

// FuzzHeaderList compares the reason of a preflight with that of the naive look-up, for
// each list of headers that a policy may have.
func FuzzHeaderList(f *testing.F) {
	for _, s := range []string{
		"", ",", "x-a", "x-a,x-b", "x-b,x-a", "X-A , x-AB", "x-a,,x-b", "x-a;x-b", "x a", "authorization", "Authorization,x-a", "*", "x-,x-a,x_", "x,x!,x-,x_", "z,a", "a,m,x-m,z",
		"x-a,@", "@,x-a", "x-c,@", "x-\u212a", "x-a\x00", "x-a\r\n", "\t", " , ,\t", "content-type,x-a,x-a", "x-m,m", "zz", "~", strings.Repeat("x-a,", 2048) + "x", strings.Repeat(" ", 9000), list(8192), list(8193),
	} {
		f.Add(s, []byte(nil))
	}
	for _, a := range attacks(f) {
		if s := a.request(f).RequestHeaders; len(s) <= 1<<14 { // longer ones are not read, and slow to fuzz
			f.Add(s, []byte(nil))
		}
	}
	for i := range 100 {
		f.Add("", noise(uint32(i), 40))
	}
	type policy struct {
		*cors.Policy
		allowed     []string
		credentials bool
	}
	var policies []policy
	for _, l := range headerLists {
		p := compile(f, cors.Config{AllowOrigins: []string{app}, AllowHeaders: l.allowed, AllowCredentials: l.credentials})
		policies = append(policies, policy{p, l.allowed, l.credentials})
	}
	f.Fuzz(func(t *testing.T, value string, data []byte) {
		if len(data) > 0 { // a list of names, most of them known
			choices := &tape{data}
			var b strings.Builder
			for range choices.pick(8) {
				b.WriteString(choices.of("x-a", "x-ab", "x-b", "x", "X-A", "z", "a", "m", "x-m", "x!", "x-", "x_", "authorization", "content-type", "", "x-c", "@", "*") + choices.of(",", ",", ", ", "\t,", ",,", " "))
			}
			value += b.String()
		}
		policies := policies
		if choices := (&tape{data}); choices.pick(2) == 1 { // a list from the input itself
			own := policy{credentials: choices.pick(2) == 1}
			for range choices.pick(6) {
				own.allowed = append(own.allowed, choices.of("x-a", "x-ab", "x-b", "x", "z", "a", "m", "x!", "x-", "x_", "authorization", "*"))
			}
			own.Policy = compile(t, cors.Config{AllowOrigins: []string{app}, AllowHeaders: own.allowed, AllowCredentials: own.credentials})
			policies = append(slices.Clone(policies), own)
		}
		for _, p := range policies {
			want := naiveHeaders(p.allowed, p.credentials, value)
			d := p.Decide(t.Context(), ask(app, "GET", value))
			if d.Reason() != want {
				t.Errorf("%q under %q: got %v, want %v", value, p.allowed, d.Reason(), want)
			}
			acah, sent := headers(d)["Access-Control-Allow-Headers"]
			if slices.Contains(p.allowed, "*") && p.credentials {
				named := namedBeside(p.allowed, usualHeaders+", authorization", true)
				answer := strings.Join(named, ", ")
				switch {
				case want != cors.Allowed:
					answer = ""
				case naiveHeaders(named, true, value) != cors.Allowed:
					answer = strings.Trim(value, " \t")
				}
				if sent != (answer != "") || acah != answer {
					t.Errorf("%q is answered with %q, not %q", value, acah, answer)
				}
			}
			if e := p.Explain(t.Context(), ask(app, "GET", value)); want == cors.HeaderNotAllowed || want == cors.HeaderMalformed {
				// The explanation must name the first name that is not allowed.
				blamed := false
				for name := range strings.SplitSeq(value, ",") {
					if name = strings.Trim(name, " \t"); name != "" && naiveHeaders(p.allowed, p.credentials, name) == want {
						blamed = len(name) > 100 || strings.Contains(e.Cause, strings.Trim(strconv.Quote(name), `"`))
						break
					}
				}
				if !blamed {
					t.Errorf("%q under %q is explained by %q", value, p.allowed, e.Cause)
				}
			}
		}
	})
}
