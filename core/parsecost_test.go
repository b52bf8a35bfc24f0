package cors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// hostileDocuments make documents of about n bytes that would cost more than linear work if
// they were read carelessly.
var hostileDocuments = map[string]func(n int) string{
	"unknown fields":            func(n int) string { return "{" + numbered(n, `"x%d":1`) + "}" },
	"unknown fields on lines":   func(n int) string { return "{\n" + strings.ReplaceAll(numbered(n, `"x%d":1`), ",", ",\n") + "\n}" },
	"one field, many times":     func(n int) string { return "{" + numbered(n, `"maxAge":%d`) + "}" },
	"a list of wrong types":     func(n int) string { return `{"allowOrigins":[` + numbered(n, "%d") + "]}" },
	"a list of lists":           func(n int) string { return `{"allowOrigins":[` + numbered(n, "[[%d]]") + "]}" },
	"a list that is one string": func(n int) string { return `{"allowOrigins":"` + numbered(n, "https://a%d.example") + `"}` },
	"a long name":               func(n int) string { return `{"` + strings.Repeat("allowOrigins", n/12) + `":1}` },
	"long names":                func(n int) string { return "{" + numbered(n, `"`+strings.Repeat("allowOrigins", 200)+`%d":1`) + "}" },
	"names to be escaped":       func(n int) string { return "{" + numbered(n, `"`+strings.Repeat(`\u0001`, 100)+`%d":1`) + "}" },
	"a long value":              func(n int) string { return `{"maxAge":"` + strings.Repeat("\\u0001", n/6) + `"}` },
	"a long number":             func(n int) string { return `{"maxAge":` + strings.Repeat("9", n) + `}` },
	"deep lists":                func(n int) string { return `{"x":` + strings.Repeat("[", n/2) + strings.Repeat("]", n/2) + "}" },
	"deep lists in a field":     func(n int) string { return `{"varyBy":` + strings.Repeat("[", n/2) + strings.Repeat("]", n/2) + "}" },
	"deep objects":              func(n int) string { return strings.Repeat(`{"dangerously":`, n/15) },
	"deep and unknown":          func(n int) string { return strings.Repeat(`{"x":`, n/5) },
	"many lists, some deep": func(n int) string {
		return "{" + numbered(n, `"x%d":`+strings.Repeat("[", 500)+strings.Repeat("]", 500)) + "}"
	},
	"white space": func(n int) string { return strings.Repeat(" \n", n/2) + `{"x":1}` },
	"white space between": func(n int) string {
		return `{"varyBy":[` + strings.ReplaceAll(numbered(n/20, "%d"), ",", strings.Repeat(" ", 20)+",") + "]}"
	},
	"a comma too many":          func(n int) string { return "{" + numbered(n, `"x%d":1`) + ",}" },
	"commas":                    func(n int) string { return "{" + strings.Repeat(",", n) },
	"quotation marks":           func(n int) string { return strings.Repeat(`"`, n) },
	"more after the document":   func(n int) string { return "{}" + strings.Repeat("{}", n/2) },
	"a syntax error at the end": func(n int) string { return `{"varyBy":[` + numbered(n, `"a%d"`) + `}` },
	"wrong origins":             func(n int) string { return `{"allowOrigins":[` + numbered(n, `"https://%d.example/"`) + "]}" },
	"wrong methods":             func(n int) string { return `{"allowOrigins":["*"],"allowMethods":[` + numbered(n, `"a b%d"`) + "]}" },
	"one origin, many times": func(n int) string {
		return `{"allowOrigins":["https://a.example/"` + strings.Repeat(`,"https://a.example/"`, n/21) + "]}"
	},
}

// numbered repeats a form with a number in it, separated by commas, up to n bytes.
func numbered(n int, form string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

// bytesAllocated returns how many bytes f allocates. No test runs in parallel with it.
func bytesAllocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostileDocuments checks that the cost of a document, in bytes allocated, grows no
// faster than its length, and that the text of the errors is bounded.
func TestHostileDocuments(t *testing.T) {
	for name, document := range hostileDocuments {
		t.Run(name, func(t *testing.T) {
			const small, times = 1 << 14, 4
			var costs [2]uint64
			for i, n := range []int{small, small * times} {
				data := []byte(document(n))
				var err error
				costs[i] = bytesAllocated(func() { _, err = cors.ParsePolicy(data) })
				if err == nil {
					t.Fatal("it is accepted")
				}
				if said := len(err.Error()); said > 100<<10 {
					t.Errorf("of %d bytes, an error of %d bytes is made", len(data), said)
				}
				all := cors.ConfigErrors(err)
				if last := all[len(all)-1]; len(all) > 101 || (len(all) == 101) != (last.Code == "json-problems") {
					t.Errorf("%d problems are reported, the last with code %s", len(all), last.Code)
				}
			}
			if costs[1] > costs[0]*times*2 {
				t.Errorf("%d bytes are used for the document, and %d for one %d times as long", costs[0], costs[1], times)
			}
		})
	}
}

// TestProblemsEnd checks where reading ends in a document with too many problems.
func TestProblemsEnd(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{1: 1, 99: 99, 100: 101, 101: 101, 5000: 101} {
		_, err := cors.ParseConfig([]byte("{\n" + strings.Repeat("\"x\": 1,\n", n-1) + `"x": 1}`))
		all := cors.ConfigErrors(err)
		if len(all) != want {
			t.Errorf("%d unknown fields are %d problems, want %d", n, len(all), want)
		}
		if want < 101 {
			continue
		}
		joined, _ := err.(interface{ Unwrap() []error })
		var last *cors.ParseError
		if !errors.As(joined.Unwrap()[100], &last) || last.Err.Code != "json-problems" || last.Line != 101 || last.Column != 6 || !strings.Contains(last.Error(), "first 100") {
			t.Errorf("the last is %v", last)
		}
	}
	c := cors.Config{MaxAge: 5}
	if err := json.Unmarshal([]byte("{"+numbered(5000, `"x%d":1`)+"}"), &c); len(cors.ConfigErrors(err)) != 101 || c.MaxAge != 5 {
		t.Errorf("in a document of an application: %v", err)
	}
}
