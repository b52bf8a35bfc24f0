package origin

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

var inclusionPairs = flag.Int("pairs", 3000, "how many random pairs of sets TestInclusionByEnumeration compares")

const plenty = 200_000

// TestInclusion has a row for each way in which patterns cover each other.
func TestInclusion(t *testing.T) {
	t.Parallel()
	each := func(format string) (specs []string) {
		for _, b := range []byte(labelBytes) {
			specs = append(specs, strings.ReplaceAll(format, "?", string(b)))
		}
		return specs
	}
	both := slices.Concat(each("https://app-?*.a.example"), each("https://app-?.a.example"))
	ends := slices.Concat(each("https://app-*?.a.example"), each("https://app-?.a.example"))
	long := strings.Repeat(strings.Repeat("a", 49)+".", 5) + "a" // 251 bytes: one more label of one byte
	tight := "https://*." + long
	fifty := "https://" + strings.Repeat("a", 30) + "*" + strings.Repeat("b", 32) + ".a.example" // one byte stands for *
	var ports []string
	for port := range 65536 {
		ports = append(ports, fmt.Sprintf("https://p.example:%d", port))
	}
	for _, tt := range []struct {
		name    string
		set     []string
		spec    string
		outcome Outcome
		witness string
	}{
		{"an exact origin that is listed", []string{"https://a.example", "https://b.example"}, "https://b.example", Inside, ""},
		{"an exact origin that is not", []string{"https://a.example", "https://b.example"}, "https://c.example", Outside, "https://c.example"},
		{"an exact origin below a subdomain pattern", []string{"https://*.example"}, "https://a.b.example", Inside, ""},
		{"an exact origin of an in-label pattern", []string{"https://a-*.b.example"}, "https://a-1.b.example", Inside, ""},
		{"another port", []string{"https://a.example:81"}, "https://a.example", Outside, "https://a.example"},
		{"a port of any", []string{"https://a.example:*"}, "https://a.example:81", Inside, ""},
		{"any port, where some are listed", []string{"https://a.example", "https://a.example:49152"}, "https://a.example:*", Outside, "https://a.example:49153"},
		{"any port below any port", []string{"https://*.example:*"}, "https://a.example:*", Inside, ""},
		{"any port, where all are listed", ports, "https://b.example:*", Unsettled, ""},
		{"any port below one port", []string{"https://*.example"}, "https://a.example:*", Outside, "https://a.example:49152"},
		{"any port of an in-label pattern's host", []string{"https://a*.b.example:*"}, "https://ab.b.example:*", Inside, ""},
		{"a subdomain pattern below another", []string{"https://*.example.com"}, "https://*.a.example.com", Inside, ""},
		{"a subdomain pattern above another", []string{"https://*.a.example.com"}, "https://*.example.com", Outside, "https://other.example.com"},
		{"a subdomain pattern, where an in-label one is", []string{"https://o*.example.com", "https://*.other.example.com"}, "https://*.example.com", Outside, "https://a.example.com"},
		{
			"a subdomain pattern, where single labels are covered",
			slices.Concat(each("https://?*.a.example"), each("https://?.a.example"), []string{"https://*.other.a.example"}), "https://*.a.example", Outside, "https://a.a.a.example",
		},
		{"all labels that there is room for", append(each("https://?."+long), "https://_."+long), tight, Inside, ""},
		{"all labels that there is room for but one", append(each("https://?."+long), "https://b."+long), tight, Outside, "https://_." + long},
		{"an in-label pattern below a subdomain pattern", []string{"https://*.example"}, "https://a*.b.example", Inside, ""},
		{"an in-label pattern in a wider one", []string{"https://a*.b.example"}, "https://a-*-c.b.example", Inside, ""},
		{"an in-label pattern in a narrower one", []string{"https://a-*-c.b.example"}, "https://a*.b.example", Outside, "https://aother.b.example"},
		{"a star stands for no underscore", []string{"https://a*.b.example"}, "https://a_*.b.example", Outside, "https://a_other.b.example"},
		{"a star stands for no underscore, even if all names of one byte are listed", slices.Concat(each("https://a_?.b.example"), []string{"https://a*.b.example", "https://a_other.b.example"}), "https://a_*.b.example", Outside, "https://a_aa.b.example"},
		{"a union by the next byte", both, "https://app-*.a.example", Inside, ""},
		{"a union by the last byte", ends, "https://app-*.a.example", Inside, ""},
		{"a union that lacks one name", slices.Concat(both[:73], []string{"https://app-.a.example"}), "https://app-*.a.example", Outside, "https://app--.a.example"},
		{"a union that lacks one byte", slices.Concat(both[1:], []string{"https://app-x.a.example"}), "https://app-*.a.example", Outside, "https://app-aa.a.example"},
		{"a union for another port", both, "https://app-*.a.example:81", Outside, "https://app-other.a.example:81"},
		{"a union for any port", each("https://app-?*.a.example:*"), "https://app-*.a.example", Outside, "https://app-a.a.example"},
		{"a union of both ends", slices.Concat(each("https://app-?*.a.example")[1:], each("https://app-?.a.example"), each("https://app-a?.a.example"), each("https://app-a*?.a.example")), "https://app-*.a.example", Inside, ""},
		{"a star that has room for one byte", each(strings.Replace(fifty, "*", "?", 1)), fifty, Inside, ""},
		{"a star that has room for one byte, and not all", each(strings.Replace(fifty, "*", "?", 1))[1:], fifty, Outside, strings.Replace(fifty, "*", "a", 1)},
		{"a scheme", []string{"app://*"}, "app://*", Inside, ""},
		{"an origin of a scheme", []string{"app://*"}, "app://.", Inside, ""},
		{"a pattern of a scheme", []string{"app://*"}, "app://*.a:*", Inside, ""},
		{"another scheme", []string{"app://*"}, "apps://*", Outside, "apps://other"},
		{"a scheme of which some is listed", []string{"app://other", "app://a:*", "app://*.b", "app://b-*.c.d:*"}, "app://*", Outside, "app://b"},
		{"files", []string{"app://*"}, "file://", Outside, "file://"},
		{"an IPv6 address for any port", []string{"http://[::1]", "http://[::1]:49152"}, "http://[::1]:*", Outside, "http://[::1]:49153"},
		{"nothing", nil, "https://*.example", Outside, "https://other.example"},
	} {
		c := NewInclusion(tt.set, plenty)
		if witness, outcome := c.Outside(tt.spec); witness != tt.witness || outcome != tt.outcome {
			t.Errorf("%s: got %q, %d", tt.name, witness, outcome)
		}
		if c.spent > plenty {
			t.Errorf("%s: %d steps", tt.name, c.spent)
		}
	}
}

// naive reports whether spec matches an origin with a valid name or address. It compares
// labels one by one.
func naive(spec, origin string) bool {
	split := func(s string) (scheme string, labels []string, port string) {
		scheme, rest, _ := strings.Cut(s, "://")
		host, port, _ := strings.Cut(rest, ":")
		return scheme, strings.Split(host, "."), port
	}
	scheme, want, port := split(spec)
	gotScheme, got, gotPort := split(origin)
	if scheme != gotScheme {
		return false
	}
	if len(want) == 1 && want[0] == "*" {
		return true
	}
	if port != "*" && port != gotPort {
		return false
	}
	prefix, suffix, wildcard := strings.Cut(want[0], "*")
	covered := len(got) - len(want) + 1 // labels that the pattern's first label covers
	switch {
	case !wildcard:
		return slices.Equal(want, got)
	case covered < 1 || !slices.Equal(want[1:], got[covered:]):
		return false
	case want[0] == "*":
		return true
	}
	middle, found := strings.CutPrefix(got[0], prefix)
	middle, ends := strings.CutSuffix(middle, suffix)
	return covered == 1 && found && ends && middle != "" && !strings.Contains(middle, "_")
}

func naiveAny(specs []string, origin string) bool {
	return slices.ContainsFunc(specs, func(spec string) bool { return naive(spec, origin) })
}

// wordsOver returns all words over an alphabet that are not longer than longest.
func wordsOver(alphabet string, longest int) (words []string) {
	for n := 1; ; n++ {
		w := word(alphabet, n)
		if len(w) > longest {
			return words
		}
		words = append(words, w)
	}
}

// TestInclusionByEnumeration compares random sets with all origins over a small alphabet.
// An origin found outside is outside, and no origin is outside if the outcome is Inside.
func TestInclusionByEnumeration(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	of := func(list ...string) string { return list[r.IntN(len(list))] }
	labels := wordsOver("ab-_", 4)
	ports := []string{"", ":81", ":9", ":49152"}
	var world []string
	for _, port := range ports {
		for _, l := range labels {
			world = append(world, "https://"+l+".d.example"+port)
		}
		for _, host := range []string{"d.example", "a.b.d.example", "x.a.d.example", "q.q.d.example", "q.example.org", "a.a.example.org", "example.org", "x.example"} {
			world = append(world, "https://"+host+port, "app://"+host+port)
		}
		world = append(world, "app://a"+port, "app://"+port)
	}
	affix := func() string { return of("", "a", "b", "ab", "a-", "ba", "-", "_", "a_", "aab") }
	pattern := func() string {
		port := of("", "", ":81", ":*")
		switch r.IntN(6) {
		case 0:
			return "https://" + of(labels...) + ".d.example" + port
		case 1, 2:
			if p, s := affix(), affix(); p+s != "" {
				return "https://" + p + "*" + s + ".d.example" + port
			}
			return "https://a*.d.example" + port
		case 3:
			return of("https", "https", "app") + "://" + of("*.d.example", "*.a.d.example", "*.example.org", "*.b.d.example") + port
		case 4:
			return of("https", "app") + "://" + of("d.example", "x.example", "a.b.d.example") + port
		}
		return of("app://*", "app://", "app://a:*", "app://a:9", "https://a*.b.d.example", "https://*a.a.d.example:*")
	}
	found := make(map[Outcome]int)
	for range *inclusionPairs {
		var set []string
		for range r.IntN(20) {
			set = append(set, pattern())
		}
		spec := pattern()
		witness, outcome := NewInclusion(set, plenty).Outside(spec)
		found[outcome]++
		switch outcome {
		case Outside:
			if _, ok := Parse(witness); !ok || !naive(spec, witness) || naiveAny(set, witness) {
				t.Fatalf("%s is not in %q: the witness is %q", spec, set, witness)
			}
		case Inside:
			for _, o := range world {
				if naive(spec, o) && !naiveAny(set, o) {
					t.Fatalf("%s is in %q, and %s is not", spec, set, o)
				}
			}
		case Unsettled:
			t.Errorf("whether %s is in %q is not settled", spec, set)
		}
	}
	if found[Inside] < *inclusionPairs/20 || found[Outside] < *inclusionPairs/20 {
		t.Errorf("the pairs are not telling: %v", found)
	}
}

// TestInclusionOfUnions compares random unions with all labels that fit below a host of 250
// bytes: those of one and two bytes. The outcome must be exact there.
func TestInclusionOfUnions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	host := strings.Repeat(strings.Repeat("a", 49)+".", 4) + strings.Repeat("b", 50)
	all := wordsOver(labelBytes+"_", 2)
	found := make(map[Outcome]int)
	for range max(*inclusionPairs/100, 20) {
		var set []string
		missing := [...]int{0, 0, 1, 37, 74}[r.IntN(5)] // of 75
		ends := r.IntN(3) == 0
		for i, b := range []byte(labelBytes + "_") {
			spec := string(b) + "*"
			if ends || r.IntN(40) == 0 {
				spec = "*" + string(b)
			}
			if missing == 0 || r.IntN(missing*3) != i {
				set = append(set, "https://"+spec+"."+host)
			}
			if missing == 0 || r.IntN(missing*3) != i {
				set = append(set, "https://"+string(b)+"."+host)
			}
			if r.IntN(2) == 0 {
				set = append(set, "https://"+string(b)+"_."+host, "https://_"+string(b)+"."+host)
			}
		}
		for _, spec := range []string{"*", "a*", "*b", "_*", "-*"} {
			spec = "https://" + spec + "." + host
			want := Inside
			for _, l := range all {
				if o := "https://" + l + "." + host; naive(spec, o) && !naiveAny(set, o) {
					want = Outside
					break
				}
			}
			c := NewInclusion(set, plenty)
			witness, outcome := c.Outside(spec)
			if outcome != want || want == Outside && (!naive(spec, witness) || naiveAny(set, witness)) {
				t.Fatalf("%s in %q: %d by %q, want %d", spec, set, outcome, witness, want)
			}
			found[outcome]++
		}
	}
	if found[Inside] < 10 || found[Outside] < 10 {
		t.Errorf("the unions are not telling: %v", found)
	}
}

// TestInclusionEnds checks that a search ends at its limit, with the outcome Unsettled, and
// that many searches together end at the same limit.
func TestInclusionEnds(t *testing.T) {
	t.Parallel()
	var set []string // all labels that begin with x, by their next byte and their last one
	for _, a := range []byte(labelBytes) {
		for _, b := range []byte(labelBytes) {
			set = append(set, fmt.Sprintf("https://x%c*%c.a.example", a, b))
		}
	}
	for _, w := range wordsOver(labelBytes, 2) {
		set = append(set, "https://x"+w+".a.example")
	}
	const spec = "https://x*.a.example"
	if witness, outcome := NewInclusion(set, plenty).Outside(spec); outcome != Inside {
		t.Errorf("with time enough: %q, %d", witness, outcome)
	}
	if witness, outcome := NewInclusion(set[1:], plenty).Outside(spec); outcome != Outside || naiveAny(set[1:], witness) {
		t.Errorf("without one of them: %q, %d", witness, outcome)
	}
	const limit = 20_000
	c := NewInclusion(set, limit)
	for i := range 1000 {
		if witness, outcome := c.Outside(spec); outcome != Unsettled {
			t.Fatalf("search %d: %q, %d", i, witness, outcome)
		}
	}
	if most := 2*limit + 10*len(set) + 1000*10; c.Work() > most {
		t.Errorf("%d steps, over %d", c.Work(), most)
	}
}

// FuzzInclusion compares the result with the real matcher.
func FuzzInclusion(f *testing.F) {
	for _, s := range [][2]string{
		{"https://a.example https://*.b.example", "https://*.example"}, {"app://* app://a:*", "app://*.b"}, {"https://a*.b.example https://*a.b.example", "https://a*a.b.example:*"},
		{"https://a_*.b.example", "https://a*.b.example"}, {"file:// http://[::1]:*", "http://[::1]"}, {"https://a*b.c.example. https://ab.c.example.", "https://*.c.example."},
	} {
		f.Add(s[0], s[1], "https://ab.c.example")
	}
	f.Fuzz(func(t *testing.T, list, spec, origin string) {
		var set []string
		for _, s := range append(strings.Fields(list), spec) {
			if _, ok := ParsePattern(s); !ok {
				return
			}
			set = append(set, s)
		}
		set = set[:len(set)-1]
		have := func(specs []string, origin string) bool {
			s, _ := NewSet(specs, func(int, string) {})
			return s.MatchExact(origin) || s.MatchWildcard(origin)
		}
		if example := Example(spec); !have([]string{spec}, example) {
			t.Errorf("%q does not match its example %q", spec, example)
		}
		c := NewInclusion(set, 5000)
		if other := c.Other(); have(set, other) {
			t.Errorf("%q has %q", set, other)
		}
		switch witness, outcome := c.Outside(spec); outcome {
		case Outside:
			if _, ok := Parse(witness); !ok || have(set, witness) || !have([]string{spec}, witness) {
				t.Errorf("%q is no witness of %q outside %q", witness, spec, set)
			}
		case Inside:
			if have([]string{spec}, origin) && !have(set, origin) {
				t.Errorf("%q is in %q, and %q is not", spec, set, origin)
			}
		case Unsettled:
		}
	})
}
