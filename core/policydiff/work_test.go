package policydiff

import (
	"fmt"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// many makes a policy of n origins. Each format makes an origin from its number.
func many(n int, formats ...string) *cors.Policy {
	var specs []string
	for i := range n {
		specs = append(specs, fmt.Sprintf(formats[i%len(formats)], i))
	}
	return cors.MustCompile(cors.Config{AllowOrigins: specs})
}

// TestWorkIsLinear counts steps, not time. Diff makes a constant number of steps for each
// origin, and those of the search.
func TestWorkIsLinear(t *testing.T) {
	t.Parallel()
	const large, n = 100_000, 6000
	exact := many(large, "https://t%d.example")
	next := append(exact.Config().AllowOrigins[1:], "https://new.example")
	mixed := []string{"https://t%d.example", "https://*.t%d.example", "https://t%d.example:*", "https://a-*.t%d.example", "app%d://*", "https://t%d.example:8080"}
	for _, tt := range []struct {
		name            string
		old, next       *cors.Policy
		wider, narrower int
	}{
		{"one new of 100,000", exact, cors.MustCompile(cors.Config{AllowOrigins: next}), 1, 1},
		{"none in common", many(n, "https://t%d.example"), many(n, "https://u%d.example"), n, n},
		{"patterns of each kind, and the same", many(n, mixed...), many(n, mixed...), 0, 0},
		{"patterns of each kind, and others", many(n, mixed...), many(n, mixed[1], mixed[2], mixed[3], mixed[4], mixed[5], mixed[0]), n, n},
		{"in-label patterns at one host", many(2000, "https://a%d-*.a.example"), many(2000, "https://*-a%d.a.example"), 2000, 2000},
		{"in-label patterns for origins", many(n, "https://a%d.a.example"), many(2000, "https://a%d*.a.example"), 10, 10}, // a0* to a9*, which cover all but a0 to a9,
	} {
		changes, work := diff(tt.old, tt.next, searchSteps)
		var count [3]int
		for _, c := range changes {
			if count[c.Direction]++; !c.Proven {
				t.Fatalf("%s: %s", tt.name, c)
			}
		}
		if count[Wider] != tt.wider || count[Narrower] != tt.narrower {
			t.Errorf("%s: %d are wider, %d narrower", tt.name, count[Wider], count[Narrower])
		}
		size := len(tt.old.Config().AllowOrigins) + len(tt.next.Config().AllowOrigins)
		t.Logf("%s: %d steps for %d origins", tt.name, work, size)
		if most := 8*size + 2*searchSteps; work > most {
			t.Errorf("%s: %d steps for %d origins", tt.name, work, size)
		}
	}
}

// BenchmarkDiff compares large policies.
func BenchmarkDiff(b *testing.B) {
	for _, bb := range []struct {
		scenario, format string
		origins, wider   int
	}{
		{"one-new", "https://t%d.example", 1000, 1}, {"one-new", "https://t%d.example", 100_000, 1},
		{"one-new", "https://*.t%d.example", 100_000, 1}, {"all-new", "https://t%d.example", 100_000, 100_000},
	} {
		b.Run(fmt.Sprintf("scenario=%s/origins=%d/%s", bb.scenario, bb.origins, bb.format[:len("https://*")]), func(b *testing.B) {
			old := many(bb.origins, bb.format)
			next := many(bb.origins+1, bb.format)
			if bb.wider > 1 {
				next = many(bb.origins, "https://u%d.example")
			}
			changes, _ := diff(old, next, searchSteps)
			wider := 0
			for _, c := range changes {
				if c.Direction == Wider && c.Proven {
					wider++
				}
			}
			if wider != bb.wider {
				b.Fatalf("%d are wider", wider)
			}
			b.ReportAllocs()
			for b.Loop() {
				Diff(old, next)
			}
		})
	}
}
