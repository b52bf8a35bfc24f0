package cors_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// naiveMatch reports whether an element of AllowOrigins matches an Origin by the
// documentation of Config. It splits both into scheme, labels and port, and compares these.
func naiveMatch(pattern, origin string) bool {
	if origin == "null" || pattern == "null" {
		return origin == pattern
	}
	o, ok := slowOrigin(origin)
	if !ok {
		return false
	}
	if pattern == "*" {
		return true
	}
	scheme, rest, _ := strings.Cut(pattern, "://")
	if rest == "*" {
		return scheme == o.Scheme
	}
	host, port := rest, ""
	if i := strings.LastIndex(rest, ":"); i > strings.LastIndex(rest, "]") {
		host, port = rest[:i], rest[i+1:]
	}
	if scheme != o.Scheme || port != "*" && (port != "" || o.Port != 0) && port != strconv.Itoa(o.Port) {
		return false
	}
	want, labels := strings.Split(host, "."), strings.Split(o.Host, ".")
	covered := len(labels) - (len(want) - 1) // labels that the pattern's first label covers
	prefix, suffix, wildcard := strings.Cut(want[0], "*")
	switch {
	case !wildcard:
		return host == o.Host
	case covered < 1 || !slices.Equal(labels[covered:], want[1:]):
		return false
	case want[0] == "*":
		return !slices.ContainsFunc(labels[:covered], func(l string) bool { return l == "" || len(l) > 63 || strings.Trim(l, labelChars+"_") != "" })
	}
	label := labels[0]
	return covered == 1 && len(label) <= 63 && len(label) > len(prefix)+len(suffix) && strings.HasPrefix(label, prefix) && strings.HasSuffix(label, suffix) &&
		strings.Trim(label[len(prefix):len(label)-len(suffix)], labelChars) == ""
}

const labelChars = "abcdefghijklmnopqrstuvwxyz0123456789-"

// tape reads fuzzed input as a series of choices.
type tape struct{ data []byte }

func (t *tape) pick(n int) int {
	if len(t.data) == 0 {
		return 0
	}
	c := int(t.data[0]) % n
	t.data = t.data[1:]
	return c
}

func (t *tape) of(from ...string) string { return from[t.pick(len(from))] }

func (t *tape) host(labels ...string) string {
	h := t.of(labels...)
	for range t.pick(4) {
		h += "." + t.of(labels...)
	}
	return h
}

// smallPattern makes a pattern of a few letters. It often matches origins of smallOrigin.
// It may not compile.
func (t *tape) smallPattern() string {
	host := t.host("a", "b", "ab", "a-b", "aa")
	switch t.pick(6) {
	case 0, 1:
		host = "*." + host
	case 2:
		host = t.of("a*", "*a", "a*a", "-*", "*-b", "a-*", "ab*ba") + "." + host
	case 3:
		host = t.of("localhost", "127.0.0.1", "[::1]", "a.", "*.a.", "*.a.a")
	}
	if t.pick(12) == 0 {
		return t.of("a://*", "app://*", "a://.", "a://", "a://A", "a://A:*")
	}
	return t.of("https", "http", "a") + "://" + host + t.of("", "", ":*", ":1", ":8443", ":80")
}

func (t *tape) smallOrigin() string {
	host := t.host("a", "b", "ab", "a-b", "aa", "aaa", "aab", "ba", "-", "a_b", "aba", "abba", "A", "", "a,b", "*", strings.Repeat("a", 62)+"b")
	if t.pick(8) == 0 {
		host = t.of("localhost", "127.0.0.1", "[::1]", "a.a.", "a.", "[::2]", "127.0.0.1.", ".", "", "A", "~", "a%62")
	}
	return t.of("https", "http", "a", "HTTPS", "app") + "://" + host + t.of("", "", ":1", ":8443", ":80", ":443", ":01", ":", ":65536", "/", ".")
}

// near makes an origin that pattern matches, or that differs in one detail.
func (t *tape) near(pattern string) string {
	s, anyPort := strings.CutSuffix(pattern, ":*")
	if anyPort {
		s += t.of("", ":1", ":8443", ":80", ":443", ":", ":01", ":65536")
	}
	s = strings.Replace(s, "://*.", "://"+t.of("a", "b.a", "a_b", "", "-", "a,b", "A", "a..b", "127.0.0.1")+".", 1)
	s = strings.Replace(s, "*", t.of("a", "ab", "-", "a-b", "", "a.b", "a_b", "A", "a,b", strings.Repeat("b", 61)), 1)
	if t.pick(3) == 0 && s != "" {
		at := t.pick(len(s))
		s = s[:at] + t.of("", "a", "b", ".", "-", ":", "*", "/", "1") + s[min(len(s), at+t.pick(2)):]
	}
	return s
}

// noise returns n random bytes, always the same ones for a seed.
func noise(seed uint32, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		seed = seed*1664525 + 1013904223
		data[i] = byte(seed >> 24)
	}
	return data
}

// relative makes a pattern that differs from another in one part.
func (t *tape) relative(pattern string) string {
	scheme, rest, _ := strings.Cut(pattern, "://")
	host, port := rest, ""
	if i := strings.LastIndex(rest, ":"); i > strings.LastIndex(rest, "]") {
		host, port = rest[:i], rest[i:]
	}
	label, parent, _ := strings.Cut(host, ".")
	switch t.pick(8) {
	case 0:
		scheme = t.of("http", "https", "a")
	case 1:
		port = t.of("", ":*", ":1", ":8443")
	case 2:
		host = "*." + parent
	case 3:
		host = "*." + host
	case 4:
		host = t.of("a", "ab", "*", "a*", "*a", "aa*", "*-a") + "." + parent
	case 5:
		host = parent
	case 6:
		host = label + "*." + parent
	case 7:
		host = strings.TrimSuffix(host, ".") + t.of(".", "", ".a")
	}
	return scheme + "://" + host + port
}

// FuzzMatch compares the matcher with the naive one, for random sets of patterns, each also
// in another order. Many patterns are similar, and many origins match one or nearly do.
func FuzzMatch(f *testing.F) {
	for i := range 100 {
		f.Add(noise(uint32(i), 200), "", "")
	}
	for _, c := range patternCases {
		for _, origin := range append(slices.Clone(c.yes), c.nope...) {
			f.Add([]byte{0}, c.pattern, origin)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, pattern, origin string) {
		choices := &tape{data}
		var patterns []string
		add := func(p string) {
			// Dangerous patterns must match exactly too.
			if _, err := cors.Compile(cors.Config{AllowOrigins: []string{p}}); err == nil && p != "*" {
				patterns = append(patterns, p)
			}
		}
		add(pattern)
		for range choices.pick(12) {
			if len(patterns) > 0 && choices.pick(2) == 0 {
				add(choices.relative(patterns[choices.pick(len(patterns))]))
			} else {
				add(choices.smallPattern())
			}
		}
		if choices.pick(4) == 0 {
			patterns = append(patterns, choices.of("https://*.example.com", "https://app-*.example.com:*", "https://example.com:*", "https://example.com"))
		}
		if len(patterns) == 0 {
			return
		}
		p := compile(t, cors.Config{AllowOrigins: patterns})
		slices.Reverse(patterns)
		reversed := compile(t, cors.Config{AllowOrigins: patterns})
		for range 8 {
			check(t, p, reversed, patterns, choices.smallOrigin())
			check(t, p, reversed, patterns, choices.near(patterns[choices.pick(len(patterns))]))
		}
		check(t, p, reversed, patterns, origin)
	})
}

func check(t *testing.T, p, reversed *cors.Policy, patterns []string, origin string) {
	t.Helper()
	origin = strings.Trim(origin, " \t")
	want := slices.ContainsFunc(patterns, func(pattern string) bool { return naiveMatch(pattern, origin) })
	if got := p.AllowsOrigin(origin); got != want {
		t.Errorf("%q under %q: got %t, want %t", origin, patterns, got, want)
	}
	if got := reversed.AllowsOrigin(origin); got != want {
		t.Errorf("%q under %q, in reverse: got %t, want %t", origin, patterns, got, want)
	}
	if want && origin != "" {
		if e := p.Explain(t.Context(), get(origin)); !strings.Contains(fmt.Sprint(e.Steps), " is allowed: ") {
			t.Errorf("%q under %q is explained as %+v", origin, patterns, e.Steps)
		}
	}
}

// TestFuzzingHits checks that enough of the random origins match a pattern, since otherwise
// the comparison would prove nothing.
func TestFuzzingHits(t *testing.T) {
	t.Parallel()
	hits, compiled, tried := 0, 0, 0
	for i := range 400 {
		choices := &tape{noise(uint32(i), 96)}
		pattern := choices.smallPattern()
		if _, err := cors.Compile(cors.Config{AllowOrigins: []string{pattern}}); err != nil {
			continue
		}
		compiled++
		for range 8 {
			tried++
			if naiveMatch(pattern, choices.near(pattern)) {
				hits++
			}
		}
	}
	if compiled < 200 || hits*5 < tried || hits*5 > 4*tried {
		t.Errorf("%d patterns compiled; of %d origins %d matched", compiled, tried, hits)
	}
}
