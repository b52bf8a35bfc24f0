package cors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	cors "github.com/crossgate/cors/core"
)

// configMistake is a wrong value of a field other than AllowOrigins. The rest of its Config
// is right.
type configMistake struct {
	config                   cors.Config
	field, value, code, hint string
	fixed                    []string // spellings that the hint offers, each as an element of its own
}

func methodMistake(method, code, hint string, fixed ...string) configMistake {
	return configMistake{cors.Config{AllowMethods: []string{"PUT", method}}, "AllowMethods[1]", method, code, hint, fixed}
}

func headerMistake(header, code, hint string, fixed ...string) configMistake {
	return configMistake{cors.Config{AllowHeaders: []string{"x-fine", header}}, "AllowHeaders[1]", header, code, hint, fixed}
}

func exposeMistake(header, code, hint string, fixed ...string) configMistake {
	return configMistake{cors.Config{ExposeHeaders: []string{"x-fine", header}}, "ExposeHeaders[1]", header, code, hint, fixed}
}

func varyMistake(header, code, hint string, fixed ...string) configMistake {
	return configMistake{cors.Config{AllowOriginFunc: askNobody, VaryBy: []string{"x-fine", header}}, "VaryBy[1]", header, code, hint, fixed}
}

func ageMistake(age time.Duration, value, code, hint string) configMistake {
	return configMistake{cors.Config{MaxAge: age}, "MaxAge", value, code, hint, nil}
}

// everyDanger turns all errors into warnings that can be turned.
var everyDanger = cors.Dangers{
	InsecureOrigins: true, PublicSuffixes: true, NullOrigin: true, FileOrigin: true, SchemesWithCredentials: true, AnyOriginWithCredentials: true,
}

var configMistakes = []configMistake{
	{cors.Config{AllowOrigins: []string{}}, "AllowOrigins", "", "origins-none", "is a variable unset?", nil},
	{cors.Config{AllowOrigins: []string{}, AllowCredentials: true, AllowMethods: []string{"*"}}, "AllowOrigins", "", "origins-none", "no origin is allowed", nil},
	{cors.Config{AllowOrigins: []string{"*"}, Enforce: cors.EnforceAll}, "AllowOrigins[0]", "*", "any-enforced", "set Enforce to EnforceUnsafe", nil},
	{cors.Config{AllowOrigins: []string{"file://"}}, "AllowOrigins[0]", "file://", "file-origin", "set Dangerously.FileOrigin", nil},
	{cors.Config{AllowOrigins: []string{"file://"}, AllowCredentials: true, Dangerously: everyDanger}, "AllowOrigins[0]", "file://", "file-credentials", "a loopback server", nil},
	{cors.Config{AllowOrigins: []string{app, "null"}}, "AllowOrigins[1]", "null", "null-origin", "set Dangerously.NullOrigin", nil},
	{cors.Config{AllowOrigins: []string{app, "null"}, AllowCredentials: true}, "AllowOrigins[1]", "null", "null-credentials", "remove it", nil},
	{
		cors.Config{AllowOrigins: []string{app, "null"}, AllowCredentials: true, Dangerously: everyDanger},
		"AllowOrigins[1]", "null", "null-credentials", "remove it", nil,
	},
	{
		cors.Config{AllowOrigins: []string{app, "*"}, AllowCredentials: true, Dangerously: cors.Dangers{NullOrigin: true, InsecureOrigins: true, PublicSuffixes: true, FileOrigin: true, SchemesWithCredentials: true}},
		"AllowOrigins[1]", "*", "any-credentials", "list the origins", nil,
	},

	varyMistake("", "header-token", "a header name is a token"),
	varyMistake("*", "vary-by-any", "name the request headers"),
	varyMistake("x a", "header-token", "a header name is a token"), // one name, or two?
	varyMistake("x-a, *", "header-token", `without "*"`),
	varyMistake("x-tenant:", "header-token", "without spaces, commas or colons", "x-tenant"),

	methodMistake("", "method-token", "a method is a token"),
	methodMistake("PATCH DELETE", "method-token", "an element of its own", "PATCH", "DELETE"),
	methodMistake("PATCH,DELETE", "method-token", "an element of its own", "PATCH", "DELETE"),
	methodMistake("PATCH, DELETE, PURGE", "method-token", "an element of its own", "PATCH", "DELETE", "PURGE"),
	methodMistake("PUT\r\nX-A: b", "method-token", "a method is a token"),
	methodMistake("A,B,C,D,E,F", "method-token", `"A", "B", "C", "D", …`, "A", "B", "C", "D"),
	methodMistake("{PUT}", "method-token", "a method is a token"),
	methodMistake("P\u00dcT", "method-token", "a method is a token"),

	headerMistake("", "header-token", "a header name is a token"),
	headerMistake("x-a, x-b", "header-token", "an element of its own", "x-a", "x-b"),
	headerMistake("x-a x-b", "header-token", "an element of its own", "x-a", "x-b"),
	headerMistake("Content Type", "header-token", "a header name is a token"), // one name, or two?
	headerMistake("X Requested With", "header-token", "a header name is a token"),
	headerMistake("authorization content-type", "header-token", "an element of its own", "authorization", "content-type"),
	headerMistake(`["x-a", "x-b"]`, "header-token", "an element of its own", "x-a", "x-b"),
	headerMistake("\ufeffx-a", "header-token", "a header name is a token", "x-a"),
	headerMistake("<headers>", "header-token", "is a variable not replaced?"),
	headerMistake("${HEADERS}", "header-token", "is a variable not replaced?"),
	headerMistake("{{ .Values.headers }}", "header-token", "is a variable not replaced?"),
	headerMistake(" x-a", "header-token", "without spaces", "x-a"),
	headerMistake("x-a:", "header-token", "colons", "x-a"),
	headerMistake("x-a\x00", "header-token", "a header name is a token"),
	headerMistake("X-\u212a", "header-token", "a header name is a token"), // Kelvin: strings.ToLower makes a k of it

	exposeMistake("", "header-token", "a header name is a token"),
	exposeMistake("x-a,x-b", "header-token", "an element of its own", "x-a", "x-b"),
	exposeMistake("x-a\r\nSet-Cookie: a=b", "header-token", "a header name is a token"),
	{cors.Config{AllowCredentials: true, ExposeHeaders: []string{"x-a, *"}}, "ExposeHeaders[0]", "x-a, *", "header-token", `without "*"`, nil},
	{cors.Config{AllowCredentials: true, ExposeHeaders: []string{"*"}}, "ExposeHeaders[0]", "*", "expose-any-credentials", "list the headers", nil},

	{cors.Config{AllowMethods: longList("M")}, "AllowMethods", "", "list-long", "at most 8192", nil},
	{cors.Config{AllowHeaders: longList("x-")}, "AllowHeaders", "", "list-long", "at most 8192", nil},
	{cors.Config{ExposeHeaders: longList("x-")}, "ExposeHeaders", "", "list-long", "at most 8192", nil},

	ageMistake(-1, "-1ns", "max-age-negative", "NoCache"),
	ageMistake(-2*time.Second, "-2s", "max-age-negative", "write 0"),
	ageMistake(-500*time.Millisecond, "-500ms", "max-age-negative", "write 0"),
	ageMistake(1500*time.Millisecond, "1.5s", "max-age-fraction", "write 2s, in Go 2 * time.Second"),
	ageMistake(time.Hour+time.Millisecond, "1h0m0.001s", "max-age-fraction", "write 1h0m0s"),
	ageMistake(600, "600ns", "max-age-fraction", "10m0s"), // the author meant seconds, and forgot the unit
	ageMistake(86400, "86.4\u00b5s", "max-age-fraction", "24h0m0s"),

	{cors.Config{PreflightStatus: 199}, "PreflightStatus", "199", "preflight-status", "200 to 299", nil},
	{cors.Config{PreflightStatus: 300}, "PreflightStatus", "300", "preflight-status", "200 to 299", nil},
	{cors.Config{PreflightStatus: 404}, "PreflightStatus", "404", "preflight-status", "write 0 for 204", nil},
	{cors.Config{PreflightStatus: -204}, "PreflightStatus", "-204", "preflight-status", "200 to 299", nil},
	{cors.Config{PreflightStatus: 1<<16 + 204}, "PreflightStatus", "65740", "preflight-status", "200 to 299", nil},
	{cors.Config{Enforce: cors.EnforceAll + 1}, "Enforce", "3", "enforce-value", "EnforceUnsafe", nil},
	{cors.Config{Enforce: 255}, "Enforce", "255", "enforce-value", "EnforceNone", nil},
}

// longList makes a list that is 8 KiB and one byte as a header line.
func longList(prefix string) []string {
	var names []string
	n := 0
	for n < 8<<10-100 {
		names = append(names, fmt.Sprintf("%s%04d", prefix, len(names)))
		n += len(names[0]) + len(", ")
	}
	return append(names, prefix+strings.Repeat("z", 8<<10+1-n-len(prefix)))
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	for _, m := range configMistakes {
		t.Run(fmt.Sprintf("%s %.40s %s", m.field, m.value, m.code), func(t *testing.T) {
			t.Parallel()
			if m.config.AllowOrigins == nil && m.config.AllowOriginFunc == nil {
				m.config.AllowOrigins = []string{app}
			}
			p, err := cors.Compile(m.config)
			all := cors.ConfigErrors(err)
			if p != nil || len(all) != 1 {
				t.Fatalf("got policy %v and errors %v; want one error", p, err)
			}
			e := all[0]
			if e.Field != m.field || e.Value != m.value || e.Code != m.code || !strings.Contains(e.Hint, m.hint) {
				t.Errorf("got field %q, value %q, code %q, hint %q;\nwant %q, %q, %q and a hint with %q", e.Field, e.Value, e.Code, e.Hint, m.field, m.value, m.code, m.hint)
			}
			for _, fixed := range m.fixed {
				if !strings.Contains(e.Hint, fmt.Sprintf("%q", fixed)) {
					t.Errorf("the hint does not offer %q: %s", fixed, e.Hint)
				}
				whole := cors.Config{AllowOriginFunc: askNobody}
				list, _, _ := strings.Cut(m.field, "[")
				*map[string]*[]string{"VaryBy": &whole.VaryBy, "AllowMethods": &whole.AllowMethods, "AllowHeaders": &whole.AllowHeaders, "ExposeHeaders": &whole.ExposeHeaders}[list] = []string{fixed}
				if _, err := cors.Compile(whole); err != nil {
					t.Errorf("what is offered does not compile: %v", err)
				}
			}
		})
	}
}

// TestLongestLists checks that a list of exactly 8 KiB is legal.
func TestLongestLists(t *testing.T) {
	t.Parallel()
	methods, names := longList("M"), longList("x-")
	for _, list := range [][]string{methods, names} {
		last := &list[len(list)-1]
		*last = (*last)[:len(*last)-1]
	}
	p := compile(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: methods, AllowHeaders: names, ExposeHeaders: names})
	h := headers(p.Decide(t.Context(), cors.Request{Method: "OPTIONS", Origin: app, RequestMethod: "M0001"}))
	if m, a := len(h["Access-Control-Allow-Methods"]), len(h["Access-Control-Allow-Headers"]); m != 8<<10 || a != 8<<10 {
		t.Errorf("the lines have %d and %d bytes", m, a)
	}
}

// TestTooManyOrigins checks that Compile refuses more origins than a policy's table can
// hold.
func TestTooManyOrigins(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("needs 350 MB, and is slow under the race detector")
	}
	c := cors.Config{AllowOrigins: make([]string, 14_000_000)}
	for i := range c.AllowOrigins {
		c.AllowOrigins[i] = "*" // the fastest to check
	}
	_, err := cors.Compile(c)
	all := cors.ConfigErrors(err)
	if len(all) != 1 || all[0].Code != "origins-many" || all[0].Field != "AllowOrigins" || !strings.Contains(all[0].Hint, "AllowOriginFunc") {
		t.Errorf("got %v", err)
	}
}

// TestEveryProblemAtOnce checks that one error contains all problems, in the order of the
// fields.
func TestEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	p, err := cors.Compile(cors.Config{
		AllowOrigins:     []string{"https://fine.example", "https://a.example/", "*", "http://b.example", "http://*.github.io", "null", ""},
		AllowOriginFunc:  askNobody,
		VaryBy:           []string{"fine", "*", "a b"},
		AllowCredentials: true,
		AllowMethods:     append([]string{"FINE", "A B", "TRACE"}, longList("M")...),
		AllowHeaders:     []string{"x-fine", "x y", "Cookie", "Access-Control-Max-Age"},
		ExposeHeaders:    []string{"x-fine", "*", "x y", "Set-Cookie"},
		MaxAge:           -time.Minute,
		PreflightStatus:  301,
		Enforce:          9,
	})
	var got []string
	for _, e := range cors.ConfigErrors(err) {
		got = append(got, e.Field+" "+e.Code)
	}
	want := []string{
		"AllowOrigins[1] origin-path", "AllowOrigins[2] any-credentials", "AllowOrigins[3] insecure-credentials",
		"AllowOrigins[4] insecure-credentials", "AllowOrigins[4] public-suffix-credentials", "AllowOrigins[5] null-credentials",
		"AllowOrigins[6] origin-empty", "VaryBy[1] vary-by-any", "VaryBy[2] header-token",
		"AllowMethods[1] method-token", "AllowMethods list-long",
		"AllowHeaders[1] header-token",
		"ExposeHeaders[1] expose-any-credentials", "ExposeHeaders[2] header-token",
		"MaxAge max-age-negative", "PreflightStatus preflight-status", "Enforce enforce-value",
	}
	if p != nil || !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != len(want) {
		t.Errorf("the message has %d lines", n)
	}
	var first *cors.ConfigError
	if !errors.As(err, &first) || first.Field != "AllowOrigins[1]" {
		t.Errorf("errors.As finds %v", first)
	}
	defer func() {
		if e, _ := recover().(error); e == nil || len(cors.ConfigErrors(e)) != 1 {
			t.Errorf("MustCompile panics with %v", e)
		}
	}()
	cors.MustCompile(cors.Config{})
}

// TestErrorText checks the texts that people read.
func TestErrorText(t *testing.T) {
	t.Parallel()
	_, err := cors.Compile(cors.Config{AllowOrigins: []string{app, evil, "https://a.example/"}})
	if got, want := err.Error(), `cors: AllowOrigins[2] "https://a.example/": an origin has no path; write "https://a.example"`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	_, err = cors.Compile(cors.Config{})
	if got := err.Error(); !strings.HasPrefix(got, "cors: AllowOrigins: no origin is allowed") {
		t.Errorf("got %s", got)
	}
	_, err = cors.Compile(cors.Config{AllowOrigins: []string{app, ""}})
	if got := err.Error(); !strings.HasPrefix(got, `cors: AllowOrigins[1] "": an empty string`) {
		t.Errorf("got %s", got)
	}
	for i := range 4 { // each length cuts at another byte, but never within a character
		long := "https://" + strings.Repeat("x", i) + strings.Repeat("\u20ac", 1000) + "\r\nEvil: line"
		_, err = cors.Compile(cors.Config{AllowOrigins: []string{long}})
		got := err.Error()
		if e := cors.ConfigErrors(err)[0]; e.Value != long {
			t.Error("the value is not whole")
		}
		if quoted, _, _ := strings.Cut(got, `": `); len(quoted) > 200 || !utf8.ValidString(got) || strings.Contains(got, `\x`) || strings.ContainsAny(got, "\r\n") {
			t.Errorf("got %q", got)
		}
	}
	if _, err = cors.ParseConfig([]byte("{\"a\\nb\": 1}")); !strings.HasPrefix(err.Error(), `cors: line 1, column 2: "a\nb": there is no such field`) {
		t.Errorf("got %v", err)
	}
	for name, err := range map[string]error{"nil": nil, "another": errors.New("x"), "wrapped": fmt.Errorf("x: %w", context.Canceled)} {
		if all := cors.ConfigErrors(err); len(all) != 0 {
			t.Errorf("%s: got %v", name, all)
		}
	}
	if all := cors.ConfigErrors(fmt.Errorf("loading: %w", err)); len(all) != 1 {
		t.Errorf("wrapped: got %v", all)
	}
}

// TestManyProblems checks that an error does not grow with the configuration, and says how
// many problems it leaves out.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{99: 99, 100: 100, 101: 101, 20_000: 101} {
		_, err := cors.Compile(cors.Config{AllowOrigins: slices.Repeat([]string{"x"}, n)})
		got := cors.ConfigErrors(err)
		if len(got) != want {
			t.Errorf("of %d problems %d are reported, want %d", n, len(got), want)
		}
		if last := got[len(got)-1]; n > 100 && (last.Code != "config-problems" || !strings.Contains(last.Hint, fmt.Sprintf("%d more", n-100))) {
			t.Errorf("of %d problems the last is %v", n, last)
		}
	}
}
