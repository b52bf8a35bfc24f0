package policyfile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// documents returns texts of about n bytes, each with many elements of one kind.
func documents(n int) map[string]string {
	many := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
	return map[string]string{
		"origins.json":   `{"allowOrigins": [` + many(`"https://a#.example",`) + `"https://a.example"]}`,
		"oneline.yaml":   `{"allowOrigins": [` + many(`https://a#.example, `) + `"https://a.example"]}`,
		"origins.yaml":   "allowOrigins:\n" + many("- https://A#.example/\n"),
		"comments.json":  "{" + many("/* # */\n") + "}",
		"commas.json":    `{"allowHeaders": [` + many(`"x-#" `) + "]}",
		"sets.yaml":      many("p#: {allowOrigins: [x#]}\n"),
		"fields.yaml":    many("p#: 5\n"),
		"fields.json":    "{" + many(`"p#": 5,`) + "}",
		"nested.json":    many("["),
		"nested.yaml":    "a: " + many("["),
		"braces.yaml":    "a: " + many("{a: "),
		"stars.yaml":     many("- *#.example\n"),
		"wildcards.yaml": "allowOrigins:\n" + many("- *#.example\n"),
		"aliases.yaml":   "a: &a [" + many("x#, ") + "]\n" + many("p#: {allowOrigins: *a}\n"),
		"merges.yaml":    "a: &a {" + many("x#: 1, ") + "}\n" + many("p#: {<<: *a}\n"),
		"mergelist.yaml": "a: &a {" + many("x#: 1, ") + "}\nb: {<<: [" + many("*a, ") + "]}\n",
		"chain.yaml":     "- &q0 {}\n" + chain(n),
		"plain.yaml":     "allowOrigins: [" + many("a\n b\n") + "]",
		"tabs.yaml":      many("\t"),
		"anchors.yaml":   many("- &a# x\n"),
		"mapping.yaml":   "dangerously: {" + many("x#: true, ") + "}",
	}
}

// TestWorkIsLinear: a text of eight times the length may take about eight times as long.
// The limit is higher, for busy machines.
func TestWorkIsLinear(t *testing.T) {
	const small, large = 8 << 10, 64 << 10
	short, long := documents(small), documents(large)
	for name := range short {
		t.Run(name, func(t *testing.T) {
			form := policyfile.YAML
			if strings.HasSuffix(name, ".json") {
				form = policyfile.JSON
			}
			took := func(text string) time.Duration {
				best := time.Hour
				for range 3 {
					begin := time.Now()
					file := policyfile.Read([]byte(text), form)
					policyfile.Fix([]byte(text), file.Problems)
					best = min(best, time.Since(begin))
				}
				return best
			}
			for tries := 1; ; tries++ { // other processes may have used the CPU
				a, b := took(short[name]), took(long[name])
				t.Logf("%v, %v: %.1f", a, b, float64(b)/float64(a))
				if b <= 32*a+time.Second {
					return
				}
				if tries == 3 {
					t.Fatalf("%d bytes take %v, and %d bytes %v: more than linear", small, a, large, b)
				}
			}
		})
	}
}

// chain is a list of mappings, each with all fields of the one before.
func chain(n int) string {
	var b strings.Builder
	for i := 1; b.Len() < n; i++ {
		fmt.Fprintf(&b, "- &q%d {<<: *q%d, y%d: 1}\n", i, i-1, i)
	}
	return b.String()
}
