package policyfile_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// The parts of random documents: names, right and wrong, and values for each style.
var (
	randomNames = []string{
		"allowOrigins", "alowOrigins", "allowCredentials", "allowMethods", "AllowHeaders", "allowHeaders", "exposeHeaders", "exposedHeaders", "maxAge", "maxage", "preflightStatus",
		"passPreflight", "enforce", "enforced", "varyBy", "dangerously", "dangerous", "$schema", "", "x", "é", "a b",
	}
	randomValues = []string{
		`"https://a.example"`, `"https://A.example/"`, `"https://{a,b}.example"`, `"*"`, `"null"`, `"*.x.example"`, `"http://x.example"`, `"https://*.x.example"`, `"é.example"`, `"put"`, `"PUT, DELETE"`,
		`"Content-Type:"`, `"x-a"`, `"10m"`, `"10 m"`, `"600"`, `"500ms"`, `"yes"`, `"true"`, `"all"`, `"None"`, `"file://"`, `"a'b\"c\\d"`, `"\u202e"`, `""`,
		"true", "false", "5", "600.5", "-1", "1e3", "null", "99999999999999999999", "[]", "{}", `{"a": [1]}`, `[[1]]`,
	}
	plainValues = []string{
		"https://a.example", "https://A.example/", "https://{a}.example", "*", "*.x.example", "yes", "on", "~", "10 m", "0x1F", ".inf", "2020-01-01", "!!str 5", "!!int '5'", "'it''s'", "&a https://B.example", "*a", "a\n      b", "|\n      x", ">-\n      x\n      y",
		"https://x.example # comment", "\"q\" # comment", "",
	}
)

// TestRandomDocuments reads random documents with many mistakes, in JSON and in YAML's
// styles.
func TestRandomDocuments(t *testing.T) {
	t.Parallel()
	n := 1000
	if testing.Short() {
		n = 500
	}
	for seed := range n {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		text := randomDocument(r)
		t.Run(fmt.Sprint(seed), func(t *testing.T) { readBoth(t, []byte(text)) })
	}
}

func randomDocument(r *rand.Rand) string {
	block := r.IntN(2) == 0
	if r.IntN(4) > 0 {
		if block {
			return randomBlock(r, "")
		}
		return randomObject(r, 0)
	}
	var b strings.Builder // a set
	for i := range 1 + r.IntN(3) {
		switch {
		case block:
			fmt.Fprintf(&b, "p%d:\n%s", i, randomBlock(r, "  "))
		case i == 0:
			b.WriteString("{")
		default:
			b.WriteString(",\n")
		}
		if !block {
			fmt.Fprintf(&b, "\"p%d\": %s", r.IntN(3), randomObject(r, 0))
		}
	}
	if !block {
		b.WriteString("}")
	}
	return b.String()
}

// randomObject is JSON, or nearly.
func randomObject(r *rand.Rand, depth int) string {
	var parts []string
	for range r.IntN(5) {
		value := randomValues[r.IntN(len(randomValues))]
		switch {
		case r.IntN(2) == 0:
			var list []string
			for range r.IntN(4) {
				list = append(list, randomValues[r.IntN(len(randomValues))])
			}
			value = "[" + strings.Join(list, []string{", ", ",\n    ", " "}[r.IntN(16)%3]) + "]"
		case depth == 0 && r.IntN(5) == 0:
			value = randomObject(r, 1)
		}
		parts = append(parts, fmt.Sprintf("%q: %s", randomNames[r.IntN(len(randomNames))], value))
	}
	end := []string{"}", ",}", "\n} // end", ""}[max(0, r.IntN(16)-12)]
	return "{\n  " + strings.Join(parts, []string{",\n  ", ", ", ",\r\n", "\n"}[r.IntN(4)]) + end
}

// randomBlock is YAML in lines.
func randomBlock(r *rand.Rand, indent string) string {
	var b strings.Builder
	value := func() string {
		if r.IntN(2) == 0 {
			return randomValues[r.IntN(len(randomValues))]
		}
		return plainValues[r.IntN(len(plainValues))]
	}
	for range 1 + r.IntN(5) {
		b.WriteString(indent + randomNames[r.IntN(len(randomNames))] + ":")
		switch r.IntN(4) {
		case 0:
			b.WriteString(" " + value() + "\n")
		case 1:
			b.WriteString(" [" + value() + ", " + value() + "]\n")
		default:
			b.WriteString(" # list\n")
			for range 1 + r.IntN(3) {
				b.WriteString(indent + "  - " + value() + "\n")
			}
		}
	}
	return b.String()
}
