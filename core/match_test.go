package cors_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// naiveMatch says whether an element of AllowOrigins matches an Origin. It makes a
// regular expression of the one and asks it about the other.
func naiveMatch(pattern, origin string) bool {
	if origin == "null" || pattern == "null" {
		return origin == pattern
	}
	if _, ok := slowOrigin(origin); !ok {
		return false
	}
	if pattern == "*" {
		return true
	}
	expr := regexp.QuoteMeta(pattern)
	if cut, ok := strings.CutSuffix(expr, `:\*`); ok {
		expr = cut + `(:[0-9]+)?`
	}
	expr = strings.Replace(expr, `://\*\.`, `://([a-z0-9_-]+\.)+`, 1)
	expr = strings.Replace(expr, `\*`, `[a-z0-9-]+`, 1)
	return regexp.MustCompile(`\A` + expr + `\z`).MatchString(origin)
}

// tape is fuzzed input, read as a series of choices.
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

// smallPattern makes a pattern of few letters, which often matches what
// smallOrigin makes. It may be one that does not compile.
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
	return t.of("https", "http", "a") + "://" + host + t.of("", "", ":*", ":1", ":8443", ":80")
}

func (t *tape) smallOrigin() string {
	host := t.host("a", "b", "ab", "a-b", "aa", "aaa", "aab", "ba", "-", "a_b", "aba", "abba", "A", "", "a,b", "*", strings.Repeat("a", 62)+"b")
	if t.pick(8) == 0 {
		host = t.of("localhost", "127.0.0.1", "[::1]", "a.a.", "a.", "[::2]", "127.0.0.1.")
	}
	return t.of("https", "http", "a", "HTTPS") + "://" + host + t.of("", "", ":1", ":8443", ":80", ":443", ":01", ":", ":65536", "/", ".")
}

// near makes an origin that pattern matches, or would but for a detail.
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

// noise returns n bytes without a pattern, the same ones for each seed.
func noise(seed uint32, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		seed = seed*1664525 + 1013904223
		data[i] = byte(seed >> 24)
	}
	return data
}

// FuzzMatch holds the matcher against the naive one, with random sets of patterns
// and in another order.
func FuzzMatch(f *testing.F) {
	for i := range 100 {
		f.Add(noise(uint32(i), 160), "")
	}
	for _, c := range patternCases {
		for _, origin := range append(slices.Clone(c.yes), c.nope...) {
			f.Add([]byte{0}, origin)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, origin string) {
		choices := &tape{data}
		var patterns []string
		for range choices.pick(12) {
			p := choices.smallPattern()
			if _, err := cors.Compile(cors.Config{AllowOrigins: []string{p}}); err == nil {
				patterns = append(patterns, p)
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
	if e := p.Explain(t.Context(), get(origin)); want && origin != "" && !strings.Contains(fmt.Sprint(e.Steps), "yes: ") {
		t.Errorf("%q under %q is explained as %+v", origin, patterns, e.Steps)
	}
}

// TestFuzzingHits checks that the random patterns and origins meet often enough
// for the comparison to mean something.
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
