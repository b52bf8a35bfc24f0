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
	"unicode"

	cors "github.com/crossgate/cors/core"
)

// FuzzParseConfig checks that an accepted document is JSON, that encoding/json reads the
// same values in it, and that it can be written and read again. Each error has a place in
// the document.
func FuzzParseConfig(f *testing.F) {
	for _, m := range parseMistakes {
		f.Add([]byte(m.doc))
	}
	for _, s := range []string{
		`{"$schema":"a"}`, `{}`, `{"allowOrigins":[]}`, `{"maxAge":"1h"}`, `{"maxAge":-1}`, `{"dangerously":{}}`, `{"enforce":"all","passPreflight":true}`, `{"allowOrigins":["\ud83d\ude00","\ud800"]}`,
		`{"preflightStatus":204,"allowCredentials":false,"allowMethods":["PUT"],"allowHeaders":["*"],"exposeHeaders":["a"],"varyBy":["b"]}`, "{\"varyBy\":[\"\xff\"]}",
		strings.Repeat("[", 20000), strings.Repeat("[", 20000) + strings.Repeat("]", 20000), `{"x":` + strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 20000), `{"maxAge":"9223372036854775807ns"}`, `{"maxAge":-0}`,
		`{"maxAge":"9223372036854775808ns"}`, `{"maxAge":99999999999}`, `{"maxAge":99999999999999999999}`, `{"dangerously":{"fileOrigin":true,"schemesWithCredentials":true,"anyOriginWithCredentials":true}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := cors.ParseConfig(data)
		if err != nil {
			checkPlaces(t, data, err)
			if !reflect.DeepEqual(c, cors.Config{}) {
				t.Errorf("%q: an error, and yet %+v", data, c)
			}
			if soundDocument(data) {
				t.Errorf("%q: nothing is wrong, and yet %v", data, err)
			}
			return
		}
		if !soundDocument(data) {
			t.Errorf("%q is accepted as %+v", data, c)
		}
		if !json.Valid(data) {
			t.Errorf("%q is no JSON, and yet gives %+v", data, c)
		}
		// An accepted document has each field at most once, with its exact name, so
		// encoding/json reads the same.
		var loose struct {
			Schema                                                          string `json:"$schema"`
			AllowOrigins, VaryBy, AllowMethods, AllowHeaders, ExposeHeaders []string
			AllowCredentials, PassPreflight                                 bool
			PreflightStatus                                                 int
			MaxAge, Enforce                                                 any
			Dangerously                                                     struct{ InsecureOrigins, PublicSuffixes, NullOrigin, FileOrigin, SchemesWithCredentials, AnyOriginWithCredentials bool }
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&loose); err != nil {
			t.Errorf("%q: encoding/json says %v", data, err)
		}
		got := []any{c.AllowOrigins, c.VaryBy, c.AllowMethods, c.AllowHeaders, c.ExposeHeaders, c.AllowCredentials, c.PassPreflight, c.PreflightStatus, c.Dangerously}
		want := []any{
			loose.AllowOrigins, loose.VaryBy, loose.AllowMethods, loose.AllowHeaders, loose.ExposeHeaders, loose.AllowCredentials, loose.PassPreflight,
			loose.PreflightStatus, cors.Dangers(loose.Dangerously),
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, encoding/json reads %v", data, got, want)
		}
		if s, ok := loose.Enforce.(string); ok && s != c.Enforce.String() {
			t.Errorf("%q: enforce is %v", data, c.Enforce)
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		again, err := cors.ParseConfig(written)
		if err != nil {
			t.Fatalf("%q is written as %s: %v", data, written, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || !bytes.Equal(twice, written) || again.MaxAge != c.MaxAge || again.Enforce != c.Enforce {
			t.Errorf("%q is written as %s and then as %s (%v)", data, written, twice, err)
		}
		checkCompiledTwice(t, c, again)
		checkParsedPolicy(t, data, c)
	})
}

// soundDocument reports whether data is what ParseConfig documents: one JSON object with
// fields of Config, each at most once and of its type. It reads the object field by field,
// because json.Unmarshal does not report repetitions.
func soundDocument(data []byte) bool {
	return json.Valid(data) && soundObject(data, map[string]func(json.RawMessage) bool{
		"$schema":      func(v json.RawMessage) bool { return v[0] == '"' },
		"allowOrigins": isStrings, "varyBy": isStrings, "allowMethods": isStrings, "allowHeaders": isStrings, "exposeHeaders": isStrings,
		"allowCredentials": isBool, "passPreflight": isBool,
		"preflightStatus": func(v json.RawMessage) bool { return wholeNumber.Match(v) && fits(v, 64) },
		"maxAge": func(v json.RawMessage) bool {
			var s string
			if wholeNumber.Match(v) {
				return true // Compile says that it is too long
			}
			if v[0] != '"' || json.Unmarshal(v, &s) != nil {
				return false
			}
			_, err := time.ParseDuration(s)
			return err == nil || tooLong.MatchString(s)
		},
		"enforce": func(v json.RawMessage) bool {
			var s string
			return json.Unmarshal(v, &s) == nil && slices.Contains([]string{"none", "unsafe", "all"}, s)
		},
		"dangerously": func(v json.RawMessage) bool {
			return soundObject(v, map[string]func(json.RawMessage) bool{"insecureOrigins": isBool, "publicSuffixes": isBool, "nullOrigin": isBool, "fileOrigin": isBool, "schemesWithCredentials": isBool, "anyOriginWithCredentials": isBool})
		},
	})
}

// soundObject reports whether valid JSON is an object whose fields pass the given checks.
func soundObject(data []byte, fields map[string]func(json.RawMessage) bool) bool {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	for decoder.More() {
		name, err := decoder.Token()
		check := fields[fmt.Sprint(name)]
		var value json.RawMessage
		if err != nil || check == nil || decoder.Decode(&value) != nil || !check(value) {
			return false
		}
		delete(fields, fmt.Sprint(name)) // a second time is an error
	}
	return true
}

// tooLong matches the durations that time.ParseDuration refuses only because a time.Duration
// cannot hold them.
var tooLong = regexp.MustCompile(`\A\+?(\d+\.?\d*(ns|us|µs|μs|ms|s|m|h)|\.\d+(ns|us|µs|μs|ms|s|m|h))+\z`)

var wholeNumber = regexp.MustCompile(`\A-?[0-9]+\z`)

func fits(v json.RawMessage, bits int) bool {
	_, err := strconv.ParseInt(string(v), 10, bits)
	return err == nil
}

func isBool(v json.RawMessage) bool { return string(v) == "true" || string(v) == "false" }

func isStrings(v json.RawMessage) bool {
	var list []json.RawMessage
	return v[0] == '[' && json.Unmarshal(v, &list) == nil && !slices.ContainsFunc(list, func(e json.RawMessage) bool { return e[0] != '"' })
}

// checkCompiledTwice checks that c, and what was read from its JSON, compile to the same
// policy or fail with the same errors. The policy's Config is its own normal form.
func checkCompiledTwice(t *testing.T, c, again cors.Config) {
	t.Helper()
	p, err := cors.Compile(c)
	q, errAgain := cors.Compile(again)
	if fmt.Sprint(err) != fmt.Sprint(errAgain) {
		t.Errorf("%+v compiles with error %v, and read again with %v", c, err, errAgain)
	}
	if err != nil {
		checkConfigErrors(t, c, err)
		return
	}
	normal := p.Config()
	if !reflect.DeepEqual(q.Config(), normal) || !reflect.DeepEqual(p.Warnings(), q.Warnings()) {
		t.Errorf("%+v compiles to %+v, and read again to %+v", c, normal, q.Config())
	}
	r, err := cors.Compile(normal)
	if err != nil || !reflect.DeepEqual(r.Config(), normal) {
		t.Errorf("%+v, the normal form of %+v, is none: %v", normal, c, err)
	}
}

// checkConfigErrors checks that each error of Compile is a ConfigError about a field of c,
// with the value that c has there.
func checkConfigErrors(t *testing.T, c cors.Config, err error) {
	t.Helper()
	fields, lists := reflect.TypeFor[cors.Config](), reflect.ValueOf(c)
	all := cors.ConfigErrors(err)
	if len(all) == 0 {
		t.Errorf("%+v: %v", c, err)
	}
	for _, e := range all {
		name, index, indexed := strings.Cut(strings.TrimSuffix(e.Field, "]"), "[")
		if _, ok := fields.FieldByName(name); !ok || e.Code == "" || e.Hint == "" || strings.ContainsFunc(e.Error(), unicode.IsControl) {
			t.Fatalf("%+v: %#v", c, e)
		}
		if !indexed {
			continue
		}
		i, err := strconv.Atoi(index)
		if list := lists.FieldByName(name); err != nil || i >= list.Len() || list.Index(i).String() != e.Value {
			t.Errorf("%+v: %s is not %q", c, e.Field, e.Value)
		}
	}
}

// checkPlaces checks that each of the errors is a ParseError within data.
func checkPlaces(t *testing.T, data []byte, err error) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%q: %T", data, err)
	}
	if n := len(joined.Unwrap()); n > 101 {
		t.Errorf("%q: %d problems", data, n)
	}
	line, column := 0, 0
	rows := bytes.Split(data, []byte("\n"))
	for _, err := range joined.Unwrap() {
		var at *cors.ParseError
		if !errors.As(err, &at) || at.Err.Code == "" || at.Err.Hint == "" || at.Err.Field == "" {
			t.Fatalf("%q: %#v", data, err)
		}
		if strings.ContainsFunc(err.Error(), unicode.IsControl) {
			t.Errorf("%q: %q is not one line", data, err)
		}
		if at.Line < 1 || at.Line > len(rows) || at.Column < 1 || at.Column > len(rows[at.Line-1])+1 {
			t.Errorf("%q: line %d, column %d is outside", data, at.Line, at.Column)
		}
		if at.Line < line || at.Line == line && at.Column < column {
			t.Errorf("%q: line %d, column %d after %d, %d", data, at.Line, at.Column, line, column)
		}
		line, column = at.Line, at.Column
	}
}
