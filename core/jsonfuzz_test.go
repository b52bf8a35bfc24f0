package cors_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// FuzzParseConfig checks that what is accepted is JSON, means what encoding/json
// reads in it, and survives being written and read again; and that every error
// has a place in the document.
func FuzzParseConfig(f *testing.F) {
	for _, m := range parseMistakes {
		f.Add([]byte(m.doc))
	}
	for _, s := range []string{
		`{}`, `{"allowOrigins":[]}`, `{"maxAge":"1h"}`, `{"maxAge":-1}`, `{"dangerously":{}}`, `{"enforce":"all","passPreflight":true}`, `{"allowOrigins":["\ud83d\ude00","\ud800"]}`,
		`{"preflightStatus":204,"allowCredentials":false,"allowMethods":["PUT"],"allowHeaders":["*"],"exposeHeaders":["a"],"varyBy":["b"]}`, "{\"varyBy\":[\"\xff\"]}",
		strings.Repeat("[", 20000), strings.Repeat("[", 20000) + strings.Repeat("]", 20000), `{"x":` + strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 20000), `{"maxAge":"9223372036854775807ns"}`, `{"maxAge":-0}`,
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
			return
		}
		if !json.Valid(data) {
			t.Errorf("%q is no JSON, and yet gives %+v", data, c)
		}
		// What is accepted has each field at most once and with its exact name,
		// so encoding/json reads the same in it.
		var loose struct {
			AllowOrigins, VaryBy, AllowMethods, AllowHeaders, ExposeHeaders []string
			AllowCredentials, PassPreflight                                 bool
			PreflightStatus                                                 int
			MaxAge, Enforce                                                 any
			Dangerously                                                     struct{ InsecureOrigins, PublicSuffixes, NullOrigin bool }
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
		_, _ = cors.Compile(c) // must not panic
	})
}

// checkPlaces checks that each of the errors is a ParseError within data.
func checkPlaces(t *testing.T, data []byte, err error) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%q: %T", data, err)
	}
	line, column := 0, 0
	rows := bytes.Split(data, []byte("\n"))
	for _, err := range joined.Unwrap() {
		var at *cors.ParseError
		if !errors.As(err, &at) || at.Err.Code == "" || at.Err.Hint == "" || at.Err.Field == "" {
			t.Fatalf("%q: %#v", data, err)
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
