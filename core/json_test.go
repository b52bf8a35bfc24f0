package cors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// parseMistake is a JSON document with one problem.
type parseMistake struct {
	doc                      string
	line, column             int // of the value or name
	field, value, code, hint string
}

var parseMistakes = []parseMistake{
	{`{"allowOrigin": ["*"]}`, 1, 2, "allowOrigin", "", "json-unknown-field", `write "allowOrigins"`},
	{`{"disallowOrigins": ["*"]}`, 1, 2, "disallowOrigins", "", "json-unknown-field", "the fields are"},
	{`{"disallowCredentials": true}`, 1, 2, "disallowCredentials", "", "json-unknown-field", "the fields are"},
	{`{"notAllowHeaders": ["x-a"]}`, 1, 2, "notAllowHeaders", "", "json-unknown-field", "the fields are"},
	{`{"allowNoMethods": ["PUT"]}`, 1, 2, "allowNoMethods", "", "json-unknown-field", "the fields are"},
	{`{"exposeNonHeaders": ["x-a"]}`, 1, 2, "exposeNonHeaders", "", "json-unknown-field", "the fields are"},
	{`{"unenforce": "all"}`, 1, 2, "unenforce", "", "json-unknown-field", "the fields are"},
	{`{"dangerously": {"secureOrigins": true}}`, 1, 18, "dangerously.secureOrigins", "", "json-unknown-field", "the fields are"},
	{`{"dangerously": {"notNullOrigin": true}}`, 1, 18, "dangerously.notNullOrigin", "", "json-unknown-field", "the fields are"},
	{`{"dangerously": {"unInsecureOrigins": true}}`, 1, 18, "dangerously.unInsecureOrigins", "", "json-unknown-field", "the fields are"},
	{`{"dangerously": {"insecureOrigin": true}}`, 1, 18, "dangerously.insecureOrigin", "", "json-unknown-field", `write "insecureOrigins"`},
	{`{"allowHeaders": "[\"x-a\", 'x-b']"}`, 1, 18, "allowHeaders", `["x-a", 'x-b']`, "json-type", `write a list of strings: ["x-a", "x-b"]`},
	{`{"AllowOrigins": ["*"]}`, 1, 2, "AllowOrigins", "", "json-unknown-field", `write "allowOrigins"`},
	{`{"maxage": 5}`, 1, 2, "maxage", "", "json-unknown-field", `write "maxAge"`},
	{"{\n  \"allowMethods\": [\"PUT\"],\n\t\"methods\" : [\"PUT\"]\n}", 3, 2, "methods", "", "json-unknown-field", `the fields are "allowOrigins", `},
	{`{"allowOriginFunc": null}`, 1, 2, "allowOriginFunc", "", "json-unknown-field", "there is no such field"},
	{`{"": 1}`, 1, 2, "document", "", "json-unknown-field", "there is no such field"},
	{`{"` + strings.Repeat("a", 1000) + `": 1}`, 1, 2, strings.Repeat("a", 120) + "…", "", "json-unknown-field", "there is no such field"},
	{`{"$Schema": "x"}`, 1, 2, "$Schema", "", "json-unknown-field", `the fields are "allowOrigins", "varyBy"`},
	{`{"dangerously": {"$schema": "x"}}`, 1, 18, "dangerously.$schema", "", "json-unknown-field", "there is no such field"},
	{`{"extra": {"allowOrigins": ["*", {"maxAge": [[]]}]}, "maxAge": 1}`, 1, 2, "extra", "", "json-unknown-field", "there is no such field"},
	{`{"dangerously": {"nullOrigins": true}}`, 1, 18, "dangerously.nullOrigins", "", "json-unknown-field", `write "nullOrigin"`},

	{"{\"maxAge\": 1,\r\n \"maxAge\": 1}", 2, 2, "maxAge", "", "json-repeated-field", "remove one"},
	{`{"maxAge": 1, "max\u0041ge": 1}`, 1, 15, "maxAge", "", "json-repeated-field", "occurs twice"},
	{`{"dangerously": {"nullOrigin": true, "nullOrigin": false}}`, 1, 38, "dangerously.nullOrigin", "", "json-repeated-field", "remove one"},

	{`null`, 1, 1, "document", "null", "json-type", "write an object"},
	{`[]`, 1, 1, "document", "[", "json-type", "write an object"},
	{` "*"`, 1, 2, "document", "*", "json-type", "write an object"},
	{`{"$schema": 7}`, 1, 13, "$schema", "7", "json-type", "as a string"},
	{`{"$schema": {"a": [1]}}`, 1, 13, "$schema", "{", "json-type", "as a string"},
	{`{"$schema": "a", "$schema": "a"}`, 1, 18, "$schema", "", "json-repeated-field", "remove one"},
	{`{"allowMethods": "` + strings.Repeat("A ", 61) + `"}`, 1, 18, "allowMethods", strings.Repeat("A ", 61), "json-type", "write a list of strings"},
	{`{"allowOrigins": "*"}`, 1, 18, "allowOrigins", "*", "json-type", `write a list of strings: ["*"]`},
	{`{"allowMethods": "PUT, PATCH"}`, 1, 18, "allowMethods", "PUT, PATCH", "json-type", `write a list of strings: ["PUT", "PATCH"]`},
	{`{"allowHeaders": null}`, 1, 18, "allowHeaders", "", "json-type", "write a list of strings"},
	{`{"exposeHeaders": {"x": ["y"]}}`, 1, 19, "exposeHeaders", "", "json-type", "write a list of strings"},
	{`{"varyBy": ["a", 7]}`, 1, 18, "varyBy[1]", "7", "json-type", "write a string"},
	{`{"varyBy": ["a",` + "\n" + `  null]}`, 2, 3, "varyBy[1]", "null", "json-type", "write a string"},
	{`{"varyBy": [["a"]]}`, 1, 13, "varyBy[0]", "[", "json-type", "write a string"},
	{`{"allowCredentials": "true"}`, 1, 22, "allowCredentials", "true", "json-type", "write true or false"},
	{`{"allowCredentials": 1}`, 1, 22, "allowCredentials", "1", "json-type", "write true or false"},
	{`{"passPreflight": null}`, 1, 19, "passPreflight", "null", "json-type", "write true or false"},
	{`{"maxAge": "ten minutes"}`, 1, 12, "maxAge", "ten minutes", "json-type", `"10m"`},
	{`{"maxAge": "600"}`, 1, 12, "maxAge", "600", "json-type", "a whole number of seconds"},
	{`{"maxAge": 1.5}`, 1, 12, "maxAge", "1.5", "json-type", "a whole number of seconds"},
	{`{"maxAge": 1e3}`, 1, 12, "maxAge", "1e3", "json-type", "a whole number of seconds"},
	{`{"maxAge": "9999999"}`, 1, 12, "maxAge", "9999999", "json-type", "a whole number of seconds"},
	{`{"maxAge": "99999999999h5"}`, 1, 12, "maxAge", "99999999999h5", "json-type", "a whole number of seconds"},
	{`{"maxAge": "-9999999h"}`, 1, 12, "maxAge", "-9999999h", "json-type", "a whole number of seconds"},
	{"\xef\xbb\xbf{}", 1, 1, "document", "", "json-syntax", "byte order mark"},
	{"\xff\xfe{\x00}\x00", 1, 1, "document", "", "json-syntax", "byte order mark"},
	{"\xfe\xff\x00{\x00}", 1, 1, "document", "", "json-syntax", "byte order mark"},
	{`{"maxAge": true}`, 1, 12, "maxAge", "true", "json-type", "a whole number of seconds"},
	{`{"preflightStatus": "204"}`, 1, 21, "preflightStatus", "204", "json-type", "a number such as 204"},
	{`{"preflightStatus": 204.0}`, 1, 21, "preflightStatus", "204.0", "json-type", "a number such as 204"},
	{`{"preflightStatus": 99999999999999999999}`, 1, 21, "preflightStatus", "99999999999999999999", "json-type", "a number such as 204"},
	{`{"enforce": "ALL"}`, 1, 13, "enforce", "ALL", "json-type", `write "none", "unsafe" or "all"`},
	{`{"enforce": true}`, 1, 13, "enforce", "true", "json-type", `write "none", "unsafe" or "all"`},
	{`{"enforce": ""}`, 1, 13, "enforce", "", "json-type", `write "none", "unsafe" or "all"`},
	{`{"dangerously": ["nullOrigin"]}`, 1, 17, "dangerously", "[", "json-type", "write an object"},
	{`{"dangerously": {"nullOrigin": "yes"}}`, 1, 32, "dangerously.nullOrigin", "yes", "json-type", "write true or false"},

	{"", 1, 1, "document", "", "json-syntax", "ends too early"},
	{" \n ", 2, 2, "document", "", "json-syntax", "ends too early"},
	{`{"allowOrigins": ["*"`, 1, 22, "document", "", "json-syntax", "ends too early"},
	{`{"maxAge": 1`, 1, 13, "document", "", "json-syntax", "ends too early"},
	{`{"maxAge": `, 1, 12, "document", "", "json-syntax", "ends too early"},
	{`{"allowOrigins": ["*"],}`, 1, 24, "document", "", "json-syntax", "not JSON"},
	{`{"allowOrigins": ["*",]}`, 1, 23, "document", "", "json-syntax", "not JSON"},
	{`{"allowOrigins": ["*"}`, 1, 22, "document", "", "json-syntax", "not JSON"},
	{`{"allowOrigins" ["*"]}`, 1, 17, "document", "", "json-syntax", "not JSON"},
	{"{\"maxAge\": 1\n \"varyBy\": []}", 2, 2, "document", "", "json-syntax", "not JSON"},
	{`{,}`, 1, 2, "document", "", "json-syntax", "not JSON"},
	{`{"maxAge": 01}`, 1, 13, "document", "", "json-syntax", "not JSON"},
	{`{"maxAge": ten}`, 1, 12, "document", "", "json-syntax", "not JSON"},
	{`{maxAge: 1}`, 1, 2, "document", "", "json-syntax", "not JSON"},
	{`{"maxAge": 1, // seconds` + "\n}", 1, 15, "document", "", "json-syntax", "not JSON"},
	{"{\"varyBy\": [\"a\",\n \"b\x01\"]}", 2, 2, "document", "", "json-syntax", "not JSON"},

	{`{"maxAge": 1}{}`, 1, 14, "document", "", "json-trailing", "remove it"},
	{"{\"maxAge\": 1}\n\n  x", 3, 3, "document", "", "json-trailing", "remove it"},
	{`{"maxAge": 1}}`, 1, 14, "document", "", "json-trailing", "remove it"},
	{`{"maxAge": 1},`, 1, 14, "document", "", "json-trailing", "remove it"},
	{`{"maxAge": 1} : `, 1, 15, "document", "", "json-trailing", "remove it"},
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, m := range parseMistakes {
		t.Run(fmt.Sprintf("%.60q", m.doc), func(t *testing.T) {
			t.Parallel()
			c, err := cors.ParseConfig([]byte(m.doc))
			var at *cors.ParseError
			if all := cors.ConfigErrors(err); len(all) != 1 || !errors.As(err, &at) || !reflect.DeepEqual(c, cors.Config{}) {
				t.Fatalf("got %+v and error %v; want one ParseError", c, err)
			}
			e := at.Err
			if e.Field != m.field || e.Value != m.value || e.Code != m.code || !strings.Contains(e.Hint, m.hint) {
				t.Errorf("got field %q, value %q, code %q, hint %q;\nwant %q, %q, %q and a hint with %q", e.Field, e.Value, e.Code, e.Hint, m.field, m.value, m.code, m.hint)
			}
			if at.Line != m.line || at.Column != m.column {
				t.Errorf("got line %d, column %d; want %d, %d: %v", at.Line, at.Column, m.line, m.column, err)
			}
			if text := at.Error(); !strings.HasPrefix(text, fmt.Sprintf("cors: line %d, column %d: %.20s", at.Line, at.Column, e.Field)) {
				t.Errorf("it reads %s", text)
			}
		})
	}
}

// TestParseReportsAll checks that every problem is reported, with its place.
func TestParseReportsAll(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		doc  string
		want []string
	}{
		{`{
		"allowOrigins": ["https://app.example.com", 7, {"a": ["b"]}, false],
		"allowmethods": {"deep": [[1, {"maxAge": 2}], 3]},
		"maxAge": [10],
		"maxAge": 5,
		"dangerously": {"x": 1, "nullOrigin": 0},
		"enforce": "some"
	} trailing`, []string{
			"2:47 allowOrigins[1] json-type", "2:50 allowOrigins[2] json-type", "2:64 allowOrigins[3] json-type",
			"3:3 allowmethods json-unknown-field", "4:13 maxAge json-type", "5:3 maxAge json-repeated-field",
			"6:19 dangerously.x json-unknown-field", "6:41 dangerously.nullOrigin json-type", "7:14 enforce json-type",
			"8:4 document json-trailing",
		}},
		{`{"extra": `, []string{"1:2 extra json-unknown-field", "1:11 document json-syntax"}},
		{`{"extra": [1`, []string{"1:2 extra json-unknown-field", "1:13 document json-syntax"}},
		{`{"maxAge": {"a"`, []string{"1:12 maxAge json-type", "1:16 document json-syntax"}},
		{ // encoding/json does not read deeper
			`{"extra": ` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + "}",
			[]string{"1:2 extra json-unknown-field", "1:10010 document json-syntax"},
		},
	} {
		_, err := cors.ParseConfig([]byte(tt.doc))
		var got []string
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, err := range joined.Unwrap() {
				var at *cors.ParseError
				if errors.As(err, &at) {
					got = append(got, fmt.Sprintf("%d:%d %s %s", at.Line, at.Column, at.Err.Field, at.Err.Code))
				}
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%.100s: got\n%s\nwant\n%s", tt.doc, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// TestParse reads each field.
func TestParse(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]cors.Config{
		`{}`: {},
		` {"allowOrigins" : [ ] , "maxAge" : 0}` + "\n": {AllowOrigins: []string{}},
		`{"maxAge": 600}`:       {MaxAge: 10 * time.Minute},
		`{"maxAge": "1h30m"}`:   {MaxAge: 90 * time.Minute},
		`{"maxAge": -1}`:        {MaxAge: cors.NoCache},
		`{"maxAge": "-1s"}`:     {MaxAge: cors.NoCache},
		`{"enforce": "none"}`:   {},
		`{"enforce": "unsafe"}`: {Enforce: cors.EnforceUnsafe},
		`{"enforce": "all"}`:    {Enforce: cors.EnforceAll},
		`{"$schema": ""}`:       {},
		`{"$schema": "https://cors.example/policy.schema.json", "maxAge": 1}`: {MaxAge: time.Second},
		`{"preflightStatus": -1}`: {PreflightStatus: -1}, // Compile checks the values
		`{"allowOrigins": ["https://app.example.com", ""], "varyBy": ["a"], "allowCredentials": true, "allowMethods": ["PUT"],
		  "allowHeaders": ["\u0078-a"], "exposeHeaders": ["x-b"], "maxAge": 5, "preflightStatus": 200, "passPreflight": true,
		  "enforce": "all", "dangerously": {"insecureOrigins": true, "publicSuffixes": true, "nullOrigin": true}}`: {
			AllowOrigins: []string{"https://app.example.com", ""}, VaryBy: []string{"a"}, AllowCredentials: true, AllowMethods: []string{"PUT"},
			AllowHeaders: []string{"x-a"}, ExposeHeaders: []string{"x-b"}, MaxAge: 5 * time.Second, PreflightStatus: 200, PassPreflight: true,
			Enforce: cors.EnforceAll, Dangerously: cors.Dangers{InsecureOrigins: true, PublicSuffixes: true, NullOrigin: true},
		},
		`{"dangerously": {"publicSuffixes": true}}`: {Dangerously: cors.Dangers{PublicSuffixes: true}},
	} {
		got, err := cors.ParseConfig([]byte(doc))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v and error %v, want %+v", doc, got, err, want)
		}
	}
}

// TestConfigInADocument reads a Config as part of a larger document.
func TestConfigInADocument(t *testing.T) {
	t.Parallel()
	var site struct {
		Name string
		CORS cors.Config
		More map[string]*cors.Config
	}
	err := json.Unmarshal([]byte(`{"name": "x", "cors": {"allowOrigins": ["*"], "maxAge": "1m"}, "more": {"/api/": {"passPreflight": true}}}`), &site)
	if err != nil || site.CORS.MaxAge != time.Minute || !slices.Equal(site.CORS.AllowOrigins, []string{"*"}) || !site.More["/api/"].PassPreflight {
		t.Errorf("got %+v and error %v", site, err)
	}
	before := site.CORS
	err = json.Unmarshal([]byte(`{"cors":   {"allowMethods": ["PUT"],`+"\n"+`"maxage": 5}}`), &site)
	if err == nil || err.Error() != `cors: maxage: there is no such field; write "maxAge"` || cors.ConfigErrors(err)[0].Code != "json-unknown-field" {
		t.Errorf("got error %v", err)
	}
	var at *cors.ParseError
	if errors.As(err, &at) {
		t.Errorf("the place is one of a part of the document: %v", at)
	}
	if !reflect.DeepEqual(site.CORS, before) {
		t.Errorf("a failure left %+v", site.CORS)
	}
}

// TestMarshal checks what a Config looks like as JSON.
func TestMarshal(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]cors.Config{
		`{}`: {AllowMethods: []string{}},
		`{"allowOrigins":["*"],"allowMethods":["*"],"allowHeaders":["*","authorization"]}`: cors.AllowAll(),
		`{"maxAge":"-1s"}`:    {MaxAge: cors.NoCache},
		`{"maxAge":"2h"}`:     {MaxAge: 2 * time.Hour},
		`{"maxAge":"1h30m"}`:  {MaxAge: 90 * time.Minute},
		`{"maxAge":"1h0m1s"}`: {MaxAge: time.Hour + time.Second},
		`{"maxAge":"20m"}`:    {MaxAge: 20 * time.Minute},
		`{"maxAge":"-1m"}`:    {MaxAge: -time.Minute},
		`{"maxAge":"1.5s"}`:   {MaxAge: 1500 * time.Millisecond},
		`{"dangerously":{"insecureOrigins":true,"nullOrigin":true,"publicSuffixes":true}}`: {Dangerously: cors.Dangers{InsecureOrigins: true, PublicSuffixes: true, NullOrigin: true}},
		`{"varyBy":["a"],"allowCredentials":true,"exposeHeaders":["b"],"preflightStatus":200,"passPreflight":true,"enforce":"unsafe","dangerously":{"nullOrigin":true}}`: {
			VaryBy: []string{"a"}, AllowCredentials: true, ExposeHeaders: []string{"b"}, PreflightStatus: 200, PassPreflight: true,
			Enforce: cors.EnforceUnsafe, Dangerously: cors.Dangers{NullOrigin: true},
		},
	} {
		got, err := json.Marshal(c)
		if err != nil || string(got) != want {
			t.Errorf("got %s and error %v, want %s", got, err, want)
		}
	}
	if got, err := json.Marshal(cors.Config{AllowOriginFunc: askNobody}); err == nil || !strings.Contains(err.Error(), "AllowOriginFunc") {
		t.Errorf("with a function: got %s and error %v", got, err)
	}
	if got, err := (cors.Config{AllowOriginFunc: askNobody}).MarshalYAML(); err == nil || !strings.Contains(err.Error(), "AllowOriginFunc") {
		t.Errorf("with a function: got %v and error %v", got, err)
	}
}

// TestLongMaxAge checks that ParseConfig reads any maxAge, however long. Compile cuts it
// with a warning, as it does for 48 hours.
func TestLongMaxAge(t *testing.T) {
	t.Parallel()
	for _, written := range []string{`"48h"`, `172800`, `"9999999h"`, `"99999999999999999999s"`, `"9999999h59m0.5s"`, `"+9999999h.5s"`, `9223372037`, `99999999999`, `999999999999999999999999`} {
		p, err := cors.ParsePolicy([]byte(`{"allowOrigins": ["https://a.example"], "maxAge": ` + written + `}`))
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		if w := p.Warnings(); len(w) != 1 || w[0].Code != "max-age-long" || p.Config().MaxAge != 24*time.Hour {
			t.Errorf("%s: %v, with warnings %q", written, p.Config().MaxAge, w)
		}
	}
	p, err := cors.CompileDocument(cors.Config{AllowOrigins: []string{"https://a.example"}, MaxAge: 48 * time.Hour})
	if err != nil || len(p.Warnings()) != 1 || p.Warnings()[0].Value != "48h" {
		t.Errorf("48 hours: %v, %v", p, err) // in the words of documents
	}
	for _, written := range []string{`-99999999999`, `-999999999999999999999999`} {
		if _, err := cors.ParsePolicy([]byte(`{"allowOrigins": ["https://a.example"], "maxAge": ` + written + `}`)); !strings.Contains(fmt.Sprint(err), "maxAge") {
			t.Errorf("%s: %v", written, err)
		}
	}
}
