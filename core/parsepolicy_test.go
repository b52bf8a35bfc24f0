package cors_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// policyMistakes are documents that ParseConfig reads and Compile refuses, with the errors.
var policyMistakes = []struct{ doc, want string }{
	{"{\n  \"allowOrigins\": [\n    \"https://a.example\",\n    \"https://b.example/\"\n  ]\n}", `line 4, column 5: allowOrigins[1] "https://b.example/": an origin has no path; write "https://b.example"`},
	{`{}`, `line 1, column 1: allowOrigins: no origin is allowed`},
	{" \n {\"allowMethods\": [\"PUT\"]}", `line 2, column 2: allowOrigins: no origin is allowed`},
	{`{"allowOrigins": []}`, `line 1, column 18: allowOrigins: no origin is allowed`},
	{`{"allowOrigins": ["http://a.example"], "allowCredentials": true}`, `or set dangerously.insecureOrigins`},
	{`{"allowOrigins": ["https://*.github.io"], "allowCredentials": true}`, `or set dangerously.publicSuffixes`},
	{`{"allowOrigins": ["null"]}`, `line 1, column 19: allowOrigins[0] "null": any page can obtain the origin null with a sandboxed frame; give the page an origin of its own, or set dangerously.nullOrigin`},
	{`{"allowOrigins": ["*"], "allowCredentials": true}`, `or leave out allowCredentials`},
	{`{"allowOrigins": ["*"], "maxAge": "-5s"}`, `line 1, column 35: maxAge "-5s": write 0 to let the browser choose (5 s), or "-1s" to keep`},
	{`{"allowOrigins": ["*"], "maxAge": -300}`, `line 1, column 35: maxAge "-300": write 0`},
	{`{"allowOrigins": ["*"], "maxAge": "600ns"}`, `maxAge "600ns": the header counts whole seconds; write a duration with its unit, such as "10m"`},
	{`{"allowOrigins": ["*"], "preflightStatus": 404}`, `line 1, column 44: preflightStatus "404": browsers accept the answer to a preflight only`},
	{`{"allowOrigins": ["*"], "varyBy": ["*"]}`, `line 1, column 36: varyBy[0] "*": Vary: * keeps a response out of every cache; name the request headers that the program's AllowOriginFunc reads`},
	{`{"allowOrigins": ["*"], "allowHeaders": ["X-MaxAge, X-Enforce"]}`, `"X-MaxAge", "X-Enforce"`}, // values stay as they are
}

func TestParsePolicyErrors(t *testing.T) {
	t.Parallel()
	for _, m := range policyMistakes {
		p, err := cors.ParsePolicy([]byte(m.doc))
		if all := cors.ConfigErrors(err); p != nil || len(all) != 1 || !strings.Contains(err.Error(), m.want) {
			t.Errorf("%s: got policy %v and error\n%v\nwant\n%s", m.doc, p, err, m.want)
		}
	}
}

// TestParsePolicyReportsAll checks that all problems come at once, in the order of the
// document: those of its form, and those that Compile finds in the rest.
func TestParsePolicyReportsAll(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		doc  string
		want []string
	}{
		{`{
  "maxAge": "-5s", "allowMethods": ["PUT", "A B"],
  "allowOrigins": ["https://a.example/", "https://b.example", "b.example"],
  "exposeHeaders": ["*"], "allowCredentials": true
}`, []string{"2:13 maxAge", "2:44 allowMethods[1]", "3:20 allowOrigins[0]", "3:63 allowOrigins[2]", "4:21 exposeHeaders[0]"}},
		{`{"maxage": 5, "allowOrigins": ["https://a.example/"]}`, []string{"1:2 maxage", "1:32 allowOrigins[0]"}},
		{`{"allowOrigins": ["https://a.example/"], "maxAge": "1d", "allowHeaders": ["x a", 5]}`, []string{"1:19 allowOrigins[0]", "1:52 maxAge", "1:75 allowHeaders[0]", "1:82 allowHeaders[1]"}},
		{`{"allowOrigins": ["https://a.example/", "https://a.example/"], "allowOrigins": []}`, []string{"1:19 allowOrigins[0]", "1:41 allowOrigins[1]", "1:64 allowOrigins"}},
		// What is only a consequence is not a problem.
		{`{"allowOrigin": ["https://a.example"]}`, []string{"1:2 allowOrigin"}},
		{`{"allowOrigins": "https://a.example"}`, []string{"1:18 allowOrigins"}},
		{`{"allowOrigins": [null, 5, "https://a.example"]}`, []string{"1:19 allowOrigins[0]", "1:25 allowOrigins[1]"}},
		{`{"allowOrigins": ["*"], "preflightStatus": 99999999999999999999, "maxAge": 1.5, "enforce": 7}`, []string{"1:44 preflightStatus", "1:76 maxAge", "1:92 enforce"}},
		{`{"allowOrigins": ["http://a.example"], "allowCredentials": true, "dangerously": {"insecureOrigin": true}}`, []string{"1:82 dangerously.insecureOrigin"}},
		{`{"allowOrigins": ["null"], "dangerously": ["nullOrigin"]}`, []string{"1:43 dangerously"}},
		{`{"allowOrigins": ["https://a.example/"], "maxAge": }`, []string{"1:52 document"}},
	} {
		_, err := cors.ParsePolicy([]byte(tt.doc))
		var got []string
		for _, at := range parseErrors(t, err) {
			got = append(got, fmt.Sprintf("%d:%d %s", at.Line, at.Column, at.Err.Field))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.doc, got, tt.want)
		}
	}
}

// TestParsePolicy checks that the policy is the one of the document's Config, and that its
// warnings use the document's names.
func TestParsePolicy(t *testing.T) {
	t.Parallel()
	doc := []byte(`{"allowOrigins": ["https://*.example.com", "http://localhost:*"], "allowCredentials": true, "allowMethods": ["PUT", "post"], "maxAge": "3h", "varyBy": ["x-a"]}`)
	p, err := cors.ParsePolicy(doc)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := cors.ParseConfig(doc)
	want := compile(t, c)
	if !reflect.DeepEqual(p.Config(), want.Config()) {
		t.Errorf("got %+v, want %+v", p.Config(), want.Config())
	}
	spoken, silent := p.Warnings(), want.Warnings()
	if len(spoken) < 5 || len(spoken) != len(silent) {
		t.Fatalf("there are %d warnings and %d", len(spoken), len(silent))
	}
	for i, w := range spoken {
		if w.Field == "maxAge" && w.Value == "3h" {
			w.Value = silent[i].Value // 3h0m0s
		}
		if w.Code != silent[i].Code || w.Value != silent[i].Value || !strings.EqualFold(w.Field, silent[i].Field) {
			t.Errorf("got %v, want %v", w, silent[i])
		}
		checkDocumentWords(t, w.Field, w.Hint)
	}
	if w := compile(t, c).Warnings()[0]; !strings.HasPrefix(w.Field, "AllowOrigins[") {
		t.Errorf("without a document the field is %s", w.Field)
	}
}

// goNames are the names that only Go programs have.
var goNames = regexp.MustCompile(`\b(AllowOrigins|VaryBy|AllowCredentials|AllowMethods|AllowHeaders|ExposeHeaders|MaxAge|PreflightStatus|PassPreflight|Enforce\w*|Dangerously|NoCache|` +
	`[0-9hms]*[hm]0[ms])\b`)

var quotedText = regexp.MustCompile(`"(\\.|[^"\\])*"`)

func checkDocumentWords(t *testing.T, field, hint string) {
	t.Helper()
	if strings.ToLower(field[:1]) != field[:1] {
		t.Errorf("the field is %s", field)
	}
	if name := goNames.FindString(quotedText.ReplaceAllString(hint, "")); name != "" {
		t.Errorf("%s is no word of a document: %s", name, hint)
	}
}

// TestDocumentSpelling writes every Config in the tables of errors and warnings as a
// document. Each problem must use the document's names, and have the place of its value.
func TestDocumentSpelling(t *testing.T) {
	t.Parallel()
	configs := []cors.Config{{AllowOrigins: []string{"*"}, MaxAge: 1500 * time.Millisecond}}
	for _, m := range configMistakes {
		configs = append(configs, m.config)
	}
	for _, w := range warningCases {
		configs = append(configs, w.config)
	}
	for _, m := range originMistakes {
		configs = append(configs, cors.Config{AllowOrigins: []string{app, m.spec}})
	}
	for _, m := range credentialMistakes {
		configs = append(configs, cors.Config{AllowOrigins: []string{m.spec, app}, AllowCredentials: true})
	}
	refused, warned := 0, 0
	for _, c := range configs {
		if c.AllowOrigins == nil {
			c.AllowOrigins = []string{app}
		}
		for _, indent := range []string{"", "\t"} {
			doc, err := json.Marshal(c)
			if err != nil {
				continue // a document cannot have a function
			}
			var b bytes.Buffer
			if indent != "" && json.Indent(&b, doc, "", indent) == nil {
				doc = b.Bytes()
			}
			if _, err := cors.ParseConfig(doc); err != nil {
				continue // nor a number for enforce
			}
			p, err := cors.ParsePolicy(doc)
			if err == nil {
				for _, w := range p.Warnings() {
					warned++
					checkDocumentWords(t, w.Field, w.Hint)
				}
				continue
			}
			for _, at := range parseErrors(t, err) {
				refused++
				checkDocumentWords(t, at.Err.Field, at.Err.Hint)
				checkPlace(t, doc, at)
			}
		}
	}
	if refused < 200 || warned < 50 {
		t.Errorf("only %d errors and %d warnings", refused, warned)
	}
}

// checkPlace checks that the document has the error's value at its line and column.
func checkPlace(t *testing.T, doc []byte, at *cors.ParseError) {
	t.Helper()
	lines := bytes.Split(doc, []byte("\n"))
	if at.Line > len(lines) || at.Column > len(lines[at.Line-1]) {
		t.Fatalf("%s: %v is outside", doc, at)
	}
	rest := lines[at.Line-1][at.Column-1:]
	if at.Err.Value == "" && !strings.HasSuffix(at.Err.Field, "]") { // a whole list, or a field that is not in the document
		if rest[0] != '[' && rest[0] != '{' {
			t.Errorf("%s: %v is where the document has %s", doc, at, rest)
		}
		return
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(rest))
	d.UseNumber()
	if err := d.Decode(&value); err != nil || fmt.Sprint(value) != at.Err.Value {
		t.Errorf("%s: %v is where the document has %s (%v)", doc, at, rest, err)
	}
}

// parseErrors returns the ParseErrors that err joins, and fails the test if there are
// others.
func parseErrors(t *testing.T, err error) []*cors.ParseError {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got error %v", err)
	}
	var all []*cors.ParseError
	for _, err := range joined.Unwrap() {
		var at *cors.ParseError
		if !errors.As(err, &at) {
			t.Fatalf("%v has no place", err)
		}
		all = append(all, at)
	}
	return all
}

// checkParsedPolicy checks a document that ParseConfig reads: ParsePolicy accepts it if
// Compile does, and its errors have places and the document's names.
func checkParsedPolicy(t *testing.T, doc []byte, c cors.Config) {
	t.Helper()
	p, err := cors.ParsePolicy(doc)
	_, errCompiled := cors.Compile(c)
	if (err == nil) != (errCompiled == nil) || (p == nil) != (err != nil) {
		t.Fatalf("%q: got error %v, and from Compile %v", doc, err, errCompiled)
	}
	if err == nil {
		return
	}
	checkPlaces(t, doc, err)
	var said, known []string
	for _, at := range parseErrors(t, err) {
		checkPlace(t, doc, at)
		if at.Err.Code != "json-problems" {
			said = append(said, strings.ToLower(at.Err.Field)+" "+at.Err.Code)
		}
	}
	for _, e := range cors.ConfigErrors(errCompiled) {
		known = append(known, strings.ToLower(e.Field)+" "+e.Code)
	}
	known = known[:min(len(known), 100)]
	slices.Sort(said)
	slices.Sort(known)
	if !slices.Equal(said, known) {
		t.Errorf("%q: got %q, and from Compile %q", doc, said, known)
	}
}

// TestParsePolicyOfManyOrigins checks the place of the last of many values.
func TestParsePolicyOfManyOrigins(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("{\"allowOrigins\": [\n")
	for i := range 20_000 {
		b.WriteString(strconv.Quote(fmt.Sprintf("https://a%d.example", i)) + ",\n")
	}
	b.WriteString("  \"https://last.example/\"]}")
	_, err := cors.ParsePolicy([]byte(b.String()))
	if want := `cors: line 20002, column 3: allowOrigins[20000] "https://last.example/": an origin has no path; write "https://last.example"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
