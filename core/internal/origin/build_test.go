package origin

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestRedundantPatterns checks that a set does not contain patterns that another one
// covers, so that they cost nothing.
func TestRedundantPatterns(t *testing.T) {
	t.Parallel()
	var specs []string
	for prefix := 1; prefix < 62; prefix++ {
		for suffix := 0; prefix+suffix < 62; suffix++ {
			specs = append(specs, "https://"+strings.Repeat("a", prefix)+"*"+strings.Repeat("b", suffix)+".example.com")
		}
	}
	if len(specs) != 1891 {
		t.Fatalf("made %d patterns", len(specs))
	}
	slices.Reverse(specs)
	covered := 0
	s, needed := NewSet(specs, func(int, string) { covered++ })
	if len(needed) != 1 || needed[0] != "https://a*.example.com" || covered != 1890 {
		t.Errorf("%d are needed: %.3q; %d are covered", len(needed), needed, covered)
	}
	if n := len(s.onePort.at["example.com"][0].labels.lengths); n != 1 {
		t.Errorf("each look-up tries %d pairs of lengths", n)
	}
	for origin, want := range map[string]bool{"https://ax.example.com": true, "https://a.example.com": false, "https://aaaxbbb.example.com": true, "https://b.example.com": false} {
		if s.MatchWildcard(origin) != want {
			t.Errorf("%s: %t", origin, !want)
		}
	}
}

// TestChainsOfPatterns checks that the widest of several patterns that cover each other
// stays, in any order.
func TestChainsOfPatterns(t *testing.T) {
	t.Parallel()
	specs := []string{
		"https://x.app-1.example.com", "https://app-1.example.com", "https://app-1*.example.com", "https://app-*.example.com", "https://*.example.com", "https://*.example.com:*",
		"https://x.app-1.example.com:81", "app://a", "app://*.b", "app://b:*", "app://*", "app://.",
	}
	for range len(specs) {
		specs = append(specs[1:], specs[0])
		by := make(map[string]string)
		_, needed := NewSet(specs, func(i int, wider string) { by[specs[i]] = wider })
		slices.Sort(needed)
		if !slices.Equal(needed, []string{"app://*", "https://*.example.com:*"}) || len(by) != len(specs)-2 {
			t.Fatalf("%q: %q are needed, and covered are %q", specs, needed, by)
		}
		for spec, wider := range by {
			if wider == "" || wider == spec {
				t.Errorf("%s is covered by %q", spec, wider)
			}
		}
	}
}

func TestRepeatedPatterns(t *testing.T) {
	t.Parallel()
	specs := []string{"https://a.example", "https://*.b.example", "https://a.example", "https://*.b.example", "app://*", "app://*"}
	var repeated []int
	_, needed := NewSet(specs, func(i int, by string) {
		if by == "" {
			repeated = append(repeated, i)
		}
	})
	if !slices.Equal(repeated, []int{2, 3, 5}) || !slices.Equal(needed, []string{"https://a.example", "https://*.b.example", "app://*"}) {
		t.Errorf("repeated are %v, and needed %q", repeated, needed)
	}
}

// TestManySchemes checks a host with many schemes: each is found, and no other.
func TestManySchemes(t *testing.T) {
	t.Parallel()
	var specs []string
	for i := range 1000 {
		specs = append(specs, fmt.Sprintf("s%d://*.example.com", i), fmt.Sprintf("s%d://example.com:*", i))
	}
	s, needed := NewSet(specs, func(int, string) {})
	if len(needed) != len(specs) {
		t.Errorf("%d of %d are needed", len(needed), len(specs))
	}
	for i := range 1010 {
		for _, format := range []string{"s%d://a.example.com", "s%d://example.com", "s%d://example.com:81"} {
			if origin := fmt.Sprintf(format, i); s.MatchWildcard(origin) != (i < 1000) {
				t.Errorf("%s: got %t", origin, i >= 1000)
			}
		}
	}
	for _, schemes := range s.onePort.at {
		if len(schemes) > fewSchemes {
			t.Errorf("%d schemes are compared one after another", len(schemes))
		}
	}
}

// FuzzPattern checks that String returns the text that was parsed, and that a pattern
// matches an origin made from it.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{"https://a.example", "https://*.a.example:*", "https://a-*b.c.example:81", "app://*", "app://.", "file://", "app://A:*", "http://[::1]:*", "app://:80", "app://*:*", "https://*", "a://*.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := ParsePattern(s)
		if !ok {
			return
		}
		if p.String() != s {
			t.Errorf("%q prints as %q", s, p.String())
		}
		set, needed := NewSet([]string{s}, func(int, string) {})
		if !slices.Equal(needed, []string{s}) {
			t.Errorf("of %q is needed %q", s, needed)
		}
		member := strings.Replace(strings.TrimSuffix(s, ":*"), "*", "a", 1)
		if _, ok := Parse(member); !ok {
			t.Errorf("%q is made from %q, and no origin", member, s)
		}
		if !set.MatchExact(member) && !set.MatchWildcard(member) {
			t.Errorf("%q does not match %q", s, member)
		}
	})
}

// BenchmarkSet measures look-ups in sets with many elements of one kind.
func BenchmarkSet(b *testing.B) {
	many := func(format string) []string {
		var specs []string
		for i := range 10_000 {
			specs = append(specs, fmt.Sprintf(format, i))
		}
		return specs
	}
	for _, bb := range []struct {
		name, origin string
		specs        []string
		want         bool
	}{
		{"one-wildcard/look-up=hit", "https://a.example.com", []string{"https://*.example.com"}, true},
		{"one-wildcard/look-up=miss", "https://a.example.org", []string{"https://*.example.com"}, false},
		{"any-port/look-up=hit", "http://localhost:3000", []string{"http://localhost:*"}, true},
		{"one-scheme/look-up=hit", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", []string{"chrome-extension://*"}, true},
		{"one-scheme/look-up=miss", "https://a.example.com", []string{"chrome-extension://*"}, false},
		{"schemes-at-one-host/look-up=hit", "s9999://a.example.com", many("s%d://*.example.com"), true},
		{"schemes-at-one-host/look-up=miss", "https://a.example.com", many("s%d://*.example.com"), false},
		{"wildcards/look-up=hit", "https://a.t9999.example.com", many("https://*.t%d.example.com"), true},
		{"wildcards/look-up=miss", "https://a.x.example.com", many("https://*.t%d.example.com"), false},
		{"schemes/look-up=miss", "https://a.example.com", many("s%d://*"), false},
	} {
		b.Run("set="+bb.name, func(b *testing.B) {
			s, _ := NewSet(bb.specs, func(int, string) {})
			if s.MatchWildcard(bb.origin) != bb.want {
				b.Fatalf("%s: want %t", bb.origin, bb.want)
			}
			b.ReportAllocs()
			for b.Loop() {
				s.MatchWildcard(bb.origin)
			}
		})
	}
}
