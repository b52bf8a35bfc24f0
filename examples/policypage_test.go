package examples_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

const (
	policyPage = root + "/docs/policy.md"
	listedPage = "https://app.example.com"
)

// TestPolicyPage writes the tables of errors and warnings in docs/policy.md: an example of
// each code, and its text. Every code must have one.
func TestPolicyPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(policyPage)
	require.NoError(t, err)
	failures, failing := codeTables(t, errorTopics(), func(s codeSample) (string, string) {
		_, err := cors.Compile(s.config)
		if s.fail != nil {
			err = s.fail()
		}
		problems := cors.ConfigErrors(err)
		require.NotEmpty(t, problems, s.shown())
		last := problems[len(problems)-1]
		return last.Code, last.Hint
	})
	warnings, warning := codeTables(t, warningTopics(), func(s codeSample) (string, string) {
		policy, err := cors.Compile(s.config)
		require.NoError(t, err, s.shown())
		require.NotEmpty(t, policy.Warnings(), s.shown())
		return policy.Warnings()[0].Code, policy.Warnings()[0].Hint
	})

	codes, err := os.ReadFile(filepath.Join(root, "core", "testdata", "codes.txt"))
	require.NoError(t, err)
	for line := range strings.Lines(string(codes)) {
		kind, code, _ := strings.Cut(strings.TrimSpace(line), " ")
		shown := map[string]map[string]int{"error": failing, "warning": warning}[kind]
		switch {
		case code == "" || code == "origin-syntax" || code == "origins-many": // no known input leads to the first; the second needs 14,000,000 origins
		case shown == nil:
			t.Errorf("codes.txt has the line %q", line)
		default:
			assert.Equal(t, 1, shown[code], "rows of the %s %s", kind, code)
			delete(shown, code)
		}
	}
	assert.Empty(t, failing, "no such error")
	assert.Empty(t, warning, "no such warning")

	want := replaced(t, string(text), "errors", failures)
	want = replaced(t, want, "warnings", warnings)
	if *update {
		require.NoError(t, os.WriteFile(policyPage, []byte(want), 0o600))
		return
	}
	assert.Equal(t, want, string(text), "if the change is meant, run: go test ./examples -run TestPolicyPage -update")
}

// TestPolicyPageOrigins checks each row of the page's table of origins.
func TestPolicyPageOrigins(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(policyPage)
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "\n| you write | allows | does not allow |\n|---|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "|\n"), " | ")
		require.Len(t, cells, 3, line)
		policy, err := cors.Compile(cors.Config{AllowOrigins: []string{strings.Trim(cells[0], "` ")}})
		require.NoError(t, err)
		rows++
		for i, want := range map[int]bool{1: true, 2: false} {
			for _, m := range span.FindAllStringSubmatch(cells[i], -1) {
				got := policy.Decide(t.Context(), cors.Request{Method: "GET", Origin: m[1]}).Reason() == cors.Allowed
				assert.Equal(t, want, got, "%s and %s", cells[0], m[1])
			}
		}
	}
	assert.Greater(t, rows, 5)
}

// TestPolicyPageFields: the page names each field of Config in a heading or a table, and
// each Danger.
func TestPolicyPageFields(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(policyPage)
	require.NoError(t, err)
	for _, config := range []any{cors.Config{}, cors.Dangers{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(config)) {
			if field.IsExported() {
				assert.Contains(t, string(text), "`"+field.Name+"`")
			}
		}
	}
}

// TestPolicyPageAnswers sends a request for each row of the page's table of answers.
func TestPolicyPageAnswers(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(policyPage)
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "| request | any origin (`*`) | listed origins |\n|---|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	anyone := cors.MustCompile(cors.Config{AllowOrigins: []string{"*"}, ExposeHeaders: []string{"x-total"}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"content-type"}, MaxAge: time.Minute})
	listed := cors.MustCompile(cors.Config{AllowOrigins: []string{listedPage}, AllowCredentials: true, ExposeHeaders: []string{"x-total"}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"content-type"}, MaxAge: time.Minute})
	requests := map[string]cors.Request{
		"not CORS":                      {Method: "GET"},
		"actual, origin allowed":        {Method: "GET", Origin: listedPage},
		"actual, origin not allowed":    {Method: "GET", Origin: "https://evil.example"},
		"preflight, origin allowed":     {Method: "OPTIONS", Origin: listedPage, RequestMethod: "PUT"},
		"preflight, origin not allowed": {Method: "OPTIONS", Origin: "https://evil.example", RequestMethod: "PUT"},
	}
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		require.Len(t, cells, 3, line)
		r, found := requests[cells[0]]
		require.True(t, found, cells[0])
		rows++
		for i, policy := range []*cors.Policy{anyone, listed} {
			if cells[i+1] == "cannot happen" {
				assert.Equal(t, cors.Allowed, policy.Decide(t.Context(), r).Reason(), cells[0])
				continue
			}
			assert.ElementsMatch(t, strings.Split(cells[i+1], ", "), answered(policy.Decide(t.Context(), r)), "%s, column %d", cells[0], i+1)
		}
	}
	assert.Len(t, requests, rows)
}

// answered lists what a Decision sends, as the page writes it.
func answered(d cors.Decision) (parts []string) {
	if d.Status() != 0 {
		parts = append(parts, strconv.Itoa(d.Status()))
	}
	for name, value := range d.Headers() {
		short := "`" + strings.TrimPrefix(name, "Access-Control-") + "`"
		switch {
		case name == "Vary", name == "Access-Control-Allow-Origin" && value == "*":
			short = "`" + strings.TrimPrefix(name, "Access-Control-") + ": " + value + "`"
		}
		parts = append(parts, short)
	}
	if len(parts) == 0 {
		parts = append(parts, "–")
	}
	return parts
}

// codeTables writes a table for each topic, and counts the rows of each code.
func codeTables(t *testing.T, topics []codeTopic, say func(codeSample) (code, hint string)) (string, map[string]int) {
	t.Helper()
	var b strings.Builder
	rows := make(map[string]int)
	for _, topic := range topics {
		fmt.Fprintf(&b, "\n### %s\n\n| code | you wrote | it says |\n|---|---|---|\n", topic.title)
		for _, s := range topic.samples {
			code, hint := say(s)
			rows[code]++
			require.NotContains(t, s.shown()+hint, "|", "it would end a cell")
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", code, s.shown(), spelled(hint))
		}
	}
	return b.String() + "\n", rows
}

// spelled writes quoted text of a hint as code. Documents stay as they are.
func spelled(hint string) string {
	if strings.ContainsAny(hint, "{[") {
		return hint
	}
	return regexp.MustCompile(`"([^"`+"`"+`]+)"`).ReplaceAllString(hint, "`$1`")
}

// codeTopic is a heading and the samples in the table below it.
type codeTopic struct {
	title   string
	samples []codeSample
}

// codeSample is a Config, or a call that fails, and how the page writes it.
type codeSample struct {
	config cors.Config
	fail   func() error
	text   string // replaces the Config in the table
}

// shown writes the fields that are set, without the origin that all samples have.
func (s codeSample) shown() string {
	if s.text != "" {
		return "`" + s.text + "`"
	}
	var parts []string
	v := reflect.ValueOf(s.config)
	for _, field := range reflect.VisibleFields(v.Type()) {
		if !field.IsExported() || v.FieldByIndex(field.Index).IsZero() {
			continue
		}
		switch value := v.FieldByIndex(field.Index).Interface().(type) {
		case []string:
			if field.Name == "AllowOrigins" && len(value) == 1 && value[0] == listedPage {
				continue
			}
			quoted := make([]string, len(value))
			for i, element := range value {
				quoted[i] = fmt.Sprintf("%q", element)
			}
			parts = append(parts, field.Name+": "+strings.Join(quoted, ", "))
		case cors.Enforcement:
			parts = append(parts, fmt.Sprintf("Enforce: %q", value))
		case cors.Dangers:
			dangers := reflect.ValueOf(value)
			for _, danger := range reflect.VisibleFields(dangers.Type()) {
				if dangers.FieldByIndex(danger.Index).Bool() {
					parts = append(parts, "Dangerously."+danger.Name)
				}
			}
		default:
			if field.Type.Kind() == reflect.Func {
				parts = append(parts, field.Name+": f")
			} else {
				parts = append(parts, fmt.Sprintf("%s: %v", field.Name, value))
			}
		}
	}
	return "`" + strings.Join(parts, "` `") + "`"
}

// originSamples returns samples with one origin each.
func originSamples(origins ...string) (samples []codeSample) {
	for _, o := range origins {
		samples = append(samples, codeSample{config: cors.Config{AllowOrigins: []string{o}}})
	}
	return samples
}

// with returns samples of a Config that also allows a page.
func with(configs ...cors.Config) (samples []codeSample) {
	for _, c := range configs {
		if c.AllowOrigins == nil {
			c.AllowOrigins = []string{listedPage}
		}
		samples = append(samples, codeSample{config: c})
	}
	return samples
}

func jsonSample(text string) codeSample {
	return codeSample{text: text, fail: func() error {
		_, err := cors.ParsePolicy([]byte(text))
		return err
	}}
}

func attached(text string, attach func(*corshttp.Mount) error) codeSample {
	return codeSample{text: text, fail: func() error {
		mux := http.NewServeMux()
		m := corshttp.NewMount(mux, cors.MustCompile(cors.AllowAll()))
		m.HandleFunc("GET /admin", func(http.ResponseWriter, *http.Request) {})
		return attach(m)
	}}
}

func asIs(text string, err error) codeSample {
	return codeSample{text: text, fail: func() error { return err }}
}

func errorTopics() []codeTopic {
	public := cors.MustCompile(cors.AllowAll())
	_, nullErr := cors.ParseOrigin("null")
	_, urlErr := cors.OriginOf("mailto:me@example.com")
	_, routeErr := cors.NewRoutes(map[string]cors.Decider{"api": public})
	many := make([]string, 0, 200)
	for i := range cap(many) {
		many = append(many, fmt.Sprintf("https://app%d.example.com/", i))
	}
	long := make([]string, 3000)
	for i := range long {
		long[i] = fmt.Sprintf("X-%d", i)
	}
	_, manyErr := cors.Compile(cors.Config{AllowOrigins: many})
	_, longErr := cors.Compile(cors.Config{AllowOrigins: []string{listedPage}, AllowHeaders: long})
	_, noneErr := cors.Compile(cors.Config{})
	return []codeTopic{
		{"Errors: origins", append(append([]codeSample{asIs("cors.Config{}", noneErr)}, originSamples(
			"", "app.example.com", "https://app.example.com/", "https://app.example.com?a=1", "https://me:secret@app.example.com", "https://App.example.com",
			"https://app.example.com:443", " https://app.example.com", "'https://app.example.com'", "https://${HOST}", "https://a.example, https://b.example",
			`^https://.*\.example\.com$`, "https://bücher.example", "http://127.1", "https://app_1..example.com", "data:text/html",
		)...), asIs(`cors.ParseOrigin("null")`, nullErr), asIs(`cors.OriginOf("mailto:me@example.com")`, urlErr))},
		{"Errors: wildcards", originSamples("https://*", "*://app.example.com", "https://*.*.example.com", "https://*example.com", "https://app.example.com:80*")},
		{"Errors: credentials and enforcement", with(
			cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"http://app.example.com"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"https://*.github.io"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"chrome-extension://*"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"null"}},
			cors.Config{AllowOrigins: []string{"null"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"file://"}},
			cors.Config{AllowOrigins: []string{"file://"}, AllowCredentials: true},
			cors.Config{AllowCredentials: true, ExposeHeaders: []string{"*"}},
			cors.Config{AllowOrigins: []string{"*"}, Enforce: cors.EnforceAll},
		)},
		{"Errors: methods, headers and other settings", append(with(
			cors.Config{AllowMethods: []string{"PUT, PATCH"}},
			cors.Config{AllowHeaders: []string{"X-Total:"}},
			cors.Config{AllowOriginFunc: nobody, VaryBy: []string{"*"}},
			cors.Config{MaxAge: -2 * time.Second},
			cors.Config{MaxAge: 600},
			cors.Config{PreflightStatus: 404},
			cors.Config{Enforce: 3},
		), asIs("AllowHeaders: 3000 names", longErr), asIs("AllowOrigins: 200 mistakes", manyErr))},
		{"Errors: JSON documents", []codeSample{
			jsonSample(`{"allowOrigins": [`),
			jsonSample(`{"allowOrigins": "https://app.example.com"}`),
			jsonSample(`{"allowOrigin": ["https://app.example.com"]}`),
			jsonSample(`{"maxAge": 5, "maxAge": 6, "allowOrigins": ["https://app.example.com"]}`),
			jsonSample(`{"allowOrigins": ["https://app.example.com"]} {}`),
			{text: "a document with 150 unknown fields", fail: func() error {
				var b strings.Builder
				for i := range 150 {
					fmt.Fprintf(&b, `"x%d": 1, `, i)
				}
				_, err := cors.ParsePolicy([]byte("{" + strings.TrimSuffix(b.String(), ", ") + "}"))
				return err
			}},
			{text: `policies.Parse: {"allowOrigins": ["*"]}`, fail: func() error {
				_, err := policies.Parse([]byte(`{"allowOrigins": ["*"]}`))
				return err
			}},
		}},
		{"Errors: groups and routes", []codeSample{
			attached(`m.Group("/admin/*", p)`, func(m *corshttp.Mount) error { return m.Group("/admin/*", public) }),
			attached(`m.Group("/admin", p), twice`, func(m *corshttp.Mount) error {
				return errors.Join(m.Group("/admin", public), m.Group("/admin", public))
			}),
			attached(`m.Group("/amdin", p)`, func(m *corshttp.Mount) error { return errors.Join(m.Group("/amdin", public), m.Check()) }),
			{text: `corshttp.NewMount(mux, p), with routes that only the mux knows`, fail: func() error {
				m := corshttp.NewMount(http.NewServeMux(), public)
				return errors.Join(m.Group("/admin", public), m.Check())
			}},
			asIs(`cors.NewRoutes(map[string]cors.Decider{"api": p})`, routeErr),
		}},
	}
}

func warningTopics() []codeTopic {
	dangerous := func(d cors.Dangers, credentials bool, origin string) cors.Config {
		return cors.Config{AllowOrigins: []string{origin}, AllowCredentials: credentials, Dangerously: d}
	}
	return []codeTopic{
		{"Warnings: origins", append(originSamples(
			"http://app.example.com", "https://*.github.io", "https://*.surge.sh", "https://codepen.io", "capacitor://localhost", "chrome-extension://*",
			"https://app.example.com.", "http://0.0.0.0:3000", "https://192.168.1.x",
		), with(cors.Config{AllowOrigins: []string{"https://*.example.com", listedPage}})...)},
		{"Warnings: credentials and enforcement", with(
			cors.Config{AllowOrigins: []string{"https://*.example.com"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"https://app.example.com:*"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"http://localhost:3000"}, AllowCredentials: true},
			cors.Config{AllowMethods: []string{"*"}, AllowHeaders: []string{"Content-Type"}, AllowCredentials: true},
			cors.Config{AllowHeaders: []string{"*"}, AllowCredentials: true},
			cors.Config{AllowOrigins: []string{"*"}, Enforce: cors.EnforceUnsafe},
		)},
		{"Warnings: what a Danger lets through", append(with(
			dangerous(cors.Dangers{InsecureOrigins: true}, true, "http://app.example.com"),
			dangerous(cors.Dangers{PublicSuffixes: true}, true, "https://*.github.io"),
			dangerous(cors.Dangers{SchemesWithCredentials: true}, true, "chrome-extension://*"),
			dangerous(cors.Dangers{AnyOriginWithCredentials: true}, true, "*"),
			dangerous(cors.Dangers{NullOrigin: true}, false, "null"),
			dangerous(cors.Dangers{FileOrigin: true}, false, "file://"),
		), codeSample{config: cors.Config{AllowOrigins: []string{"null"}, Dangerously: cors.Dangers{NullOrigin: true}, Enforce: cors.EnforceUnsafe}})},
		{"Warnings: methods and headers", with(
			cors.Config{AllowMethods: []string{"PUT"}},
			cors.Config{AllowMethods: []string{"put"}, AllowHeaders: []string{"Content-Type"}},
			cors.Config{AllowMethods: []string{"POST"}},
			cors.Config{AllowMethods: []string{"OPTIONS"}},
			cors.Config{AllowMethods: []string{"CONNECT"}},
			cors.Config{AllowMethods: []string{"ALL"}},
			cors.Config{AllowMethods: []string{"DELET"}},
			cors.Config{AllowMethods: []string{"'PUT'"}},
			cors.Config{AllowHeaders: []string{"*"}},
			cors.Config{AllowHeaders: []string{"Accept-Language"}},
			cors.Config{AllowHeaders: []string{"Origin"}},
			cors.Config{AllowHeaders: []string{"Access-Control-Allow-Origin"}},
			cors.Config{AllowHeaders: []string{"X-HTTP-Method-Override"}},
			cors.Config{ExposeHeaders: []string{"Content-Type"}},
			cors.Config{ExposeHeaders: []string{"Cookie"}},
			cors.Config{ExposeHeaders: []string{"Set-Cookie"}},
		)},
		{"Warnings: other settings", with(
			cors.Config{MaxAge: 24 * time.Hour},
			cors.Config{MaxAge: 48 * time.Hour},
			cors.Config{VaryBy: []string{"X-Tenant"}},
			cors.Config{AllowOriginFunc: nobody, VaryBy: []string{"Cookie"}},
			cors.Config{AllowOrigins: []string{"*"}, AllowOriginFunc: nobody},
		)},
	}
}

// nobody is an AllowOriginFunc that allows no origin.
func nobody(context.Context, cors.Request, cors.Origin) (bool, error) { return false, nil }
