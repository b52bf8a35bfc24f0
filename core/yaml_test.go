package cors_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// fromYAML reads what a YAML library has decoded.
func fromYAML(decoded any) (cors.Config, error) {
	var c cors.Config
	err := c.UnmarshalYAML(func(to any) error {
		*to.(*any) = decoded
		return nil
	})
	return c, err
}

// These are types such as YAML libraries have.
type (
	yamlItem    struct{ Key, Value any }
	yamlMapping map[string]any
	yamlString  string
	yamlPointer *yamlPointer
)

// selfPointer returns a pointer that points to itself.
func selfPointer() yamlPointer {
	var p yamlPointer
	p = &p
	return p
}

// TestYAML reads the values that YAML libraries make of a document.
func TestYAML(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		decoded any
		want    cors.Config
	}{
		{"an empty mapping", map[string]any{}, cors.Config{}},
		{"a schema for the editor", map[string]any{"$schema": "policy.schema.json"}, cors.Config{}},
		{"every kind of value", map[string]any{
			"allowOrigins": []any{"https://a.example", `a "quoted" \ one`, "\u2028\x00"}, "allowCredentials": true, "enforce": "all", "maxAge": "10m",
			"preflightStatus": 204, "dangerously": map[string]any{"nullOrigin": true},
		}, cors.Config{
			AllowOrigins: []string{"https://a.example", `a "quoted" \ one`, "\u2028\x00"}, AllowCredentials: true, Enforce: cors.EnforceAll, MaxAge: 10 * time.Minute,
			PreflightStatus: 204, Dangerously: cors.Dangers{NullOrigin: true},
		}},
		{"seconds as int", map[string]any{"maxAge": 600}, cors.Config{MaxAge: 10 * time.Minute}},
		{"seconds as int64", map[string]any{"maxAge": int64(-1)}, cors.Config{MaxAge: cors.NoCache}},
		{"seconds as uint64", map[string]any{"maxAge": uint64(600)}, cors.Config{MaxAge: 10 * time.Minute}},
		{"an ordered mapping", []yamlItem{{"allowOrigins", []any{"https://a.example"}}, {"dangerously", []yamlItem{{"nullOrigin", true}}}}, cors.Config{
			AllowOrigins: []string{"https://a.example"}, Dangerously: cors.Dangers{NullOrigin: true},
		}},
		{"an empty ordered mapping", []yamlItem{}, cors.Config{}},
		{"a named mapping", yamlMapping{"dangerously": yamlMapping{"nullOrigin": true}}, cors.Config{Dangerously: cors.Dangers{NullOrigin: true}}},
		{"a mapping of lists", map[string][]string{"allowOrigins": {"https://a.example"}}, cors.Config{AllowOrigins: []string{"https://a.example"}}},
		{"a list of strings", map[string]any{"varyBy": []string{"X-A"}}, cors.Config{VaryBy: []string{"X-A"}}},
		{"a pointer to a mapping", &map[string]any{"enforce": new("all")}, cors.Config{Enforce: cors.EnforceAll}},
		{"named scalars", map[string]any{"enforce": yamlString("all"), "preflightStatus": int16(200)}, cors.Config{Enforce: cors.EnforceAll, PreflightStatus: 200}},
		{"a duration", map[string]any{"maxAge": 10 * time.Minute}, cors.Config{MaxAge: 10 * time.Minute}},
		{"names as any", map[any]any{"dangerously": map[any]any{"nullOrigin": true}}, cors.Config{Dangerously: cors.Dangers{NullOrigin: true}}},
	} {
		if got, err := fromYAML(tt.decoded); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v and error %v, want %+v", tt.name, got, err, tt.want)
		}
	}
}

// TestYAMLErrors checks that UnmarshalYAML is as strict as the JSON reader, and that no
// error names a place in the JSON, which the author has not seen.
func TestYAMLErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		decoded any
		want    string // the message, after "cors: "
	}{
		{map[string]any{"allowOrigin": []any{"*"}}, `allowOrigin: there is no such field; write "allowOrigins"`},
		{map[any]any{true: 1}, `true: there is no such field; the fields are "allowOrigins", `},
		{map[any]any{"dangerously": map[any]any{7: true}}, `dangerously.7: there is no such field; the fields are "insecureOrigins", `},
		{map[string]any{"allowOrigins": "https://a.example"}, `allowOrigins "https://a.example": write a list of strings: ["https://a.example"]`},
		{map[string]any{"allowOrigins": nil}, `allowOrigins: write a list of strings`},
		{map[string]any{"allowOrigins": []any{"*", 1}}, `allowOrigins[1] "1": write a string`},
		{map[string]any{"allowOrigins": []any{[]any{"*"}}}, `allowOrigins[0] "[": write a string`},
		{map[string]any{"exposeHeaders": []any{time.Unix(0, 0)}}, `exposeHeaders[0] "time.Time": write a string; the YAML library read it as this type of Go`},
		{map[string]any{"exposeHeaders": []any{math.Inf(1)}}, `exposeHeaders[0] "1e999": write a string`},
		{map[string]any{"allowCredentials": "yes"}, `allowCredentials "yes": write true or false`},
		{map[string]any{"maxAge": 600.0}, `maxAge "600.0": write a duration such as "10m", or a whole number of seconds`},
		{map[string]any{"maxAge": 1e21}, `maxAge "1e+21": write a duration`},
		{map[string]any{"maxAge": math.NaN()}, `maxAge "1e999": write a duration`},
		{map[string]any{"preflightStatus": "204"}, `preflightStatus "204": write a number such as 204`},
		{map[string]any{"enforce": true}, `enforce "true": write "none", "unsafe" or "all"`},
		{map[string]any{"dangerously": []any{"nullOrigin"}}, `dangerously "[": write an object`},
		{nil, `document "null": write an object`},
		{yamlItem{"allowOrigins", nil}, `document "cors_test.yamlItem": write an object: {…}; the YAML library read it as this type of Go`},
		{&yamlItem{}, `document "cors_test.yamlItem": write an object: {…}; the YAML library read it as this type of Go`},
		{selfPointer(), `document "cors_test.yamlPointer": write an object: {…}; the YAML library read it as this type of Go`},
		{func() {}, `document "func()": write an object: {…}; the YAML library read it as this type of Go`},
		{map[string]any{"dangerously": struct{ NullOrigin bool }{true}}, `dangerously "struct { NullOrigin bool }": write an object: {…}; the YAML library read it as this type of Go`},
		{map[string]any{"dangerously": map[string]any{"nullOrigin": time.Unix(0, 0)}}, `dangerously.nullOrigin "time.Time": write true or false; the YAML library read it as this type of Go`},
		{yamlMapping{"allowOrigin": []any{"*"}}, `allowOrigin: there is no such field; write "allowOrigins"`},
		{[]yamlItem{{"allowOrigin", []any{"*"}}}, `allowOrigin: there is no such field; write "allowOrigins"`},
		{[]yamlItem{{"enforce", "all"}, {"enforce", "none"}}, `enforce: the field occurs twice; remove one`},
		{map[any]any{"enforce": "all", yamlString("enforce"): "none"}, `enforce: the field occurs twice; remove one`},
		{map[int]any{1: 2}, `1: there is no such field; the fields are "allowOrigins", `},
		{map[string]any{"dangerously": yamlMapping{"nullOrigins": true}}, `dangerously.nullOrigins: there is no such field; write "nullOrigin"`},
		{[]any{"https://a.example"}, `document "[": write an object`},
		{"https://a.example", `document "https://a.example": write an object`},
	} {
		_, err := fromYAML(tt.decoded)
		if all := cors.ConfigErrors(err); len(all) != 1 || !strings.HasPrefix(err.Error(), "cors: "+tt.want) {
			t.Errorf("%v: got %v, want %s", tt.decoded, err, tt.want)
		}
		var place *cors.ParseError
		if errors.As(err, &place) {
			t.Errorf("%v: the error has a place: %v", tt.decoded, err)
		}
	}
	_, err := fromYAML(map[string]any{"maxage": 1, "enforce": 1, "allowOrigin": 1})
	if all := cors.ConfigErrors(err); len(all) != 3 {
		t.Errorf("three mistakes give %v", err)
	}
	broken := errors.New("line 3: a name occurs twice")
	var c cors.Config
	if err := c.UnmarshalYAML(func(any) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("the library's own error becomes %v", err)
	}
}

// TestYAMLAliases checks that content that aliases multiply is not read: here 2 to the
// power of 60 elements, in any place of a document.
func TestYAMLAliases(t *testing.T) {
	var list, mapping any = "x", "x"
	for range 60 {
		list = []any{list, list}
		mapping = map[string]any{"a": mapping, "b": mapping}
	}
	for _, many := range []any{list, mapping} {
		for i, document := range []any{
			many,
			map[string]any{"unknown": many},
			map[string]any{"$schema": many},
			map[string]any{"allowOrigins": many},
			map[string]any{"allowOrigins": []any{many, many}},
			map[string]any{"maxAge": many, "enforce": many},
			map[string]any{"dangerously": many},
			map[string]any{"dangerously": map[string]any{"nullOrigin": many, "unknown": many}},
			map[any]any{"unknown": many, 1: many},
		} {
			if _, err := fromYAML(document); len(cors.ConfigErrors(err)) == 0 {
				t.Errorf("document %d: got error %v", i, err)
			}
		}
	}
	// A long list that many names share is written only for the names of a Config.
	long := slices.Repeat([]any{"x"}, 1000)
	names := make(map[string]any)
	for i := range 1000 {
		names[fmt.Sprint("unknown", i)] = long
	}
	if allocated := bytesAllocated(func() {
		if _, err := fromYAML(names); len(cors.ConfigErrors(err)) != 101 {
			t.Errorf("got %v", err)
		}
	}); allocated > 4<<20 {
		t.Errorf("%d bytes are used", allocated)
	}
}

// FuzzUnmarshalYAML checks that UnmarshalYAML accepts and reads exactly what ParseConfig
// does, for documents that are JSON and therefore YAML.
func FuzzUnmarshalYAML(f *testing.F) {
	for _, m := range parseMistakes {
		f.Add([]byte(m.doc))
	}
	f.Add([]byte(`{"$schema":"a","allowOrigins":["https://a.example"],"maxAge":"1h","enforce":"all","dangerously":{"nullOrigin":true}}`))
	f.Add([]byte(`{"preflightStatus":204,"maxAge":-1,"varyBy":[],"allowCredentials":true,"allowMethods":["PUT","a\u0000b"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded, ok := yamlValue(data)
		if !ok {
			return // not JSON, a name twice, or numbers that Go's types cannot hold
		}
		want, wantErr := cors.ParseConfig(data)
		got, err := fromYAML(decoded)
		if (err == nil) != (wantErr == nil) || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %+v and error %v; ParseConfig reads %+v and error %v", data, got, err, want, wantErr)
		}
		if err == nil {
			return
		}
		if !reflect.DeepEqual(got, cors.Config{}) {
			t.Errorf("%q: an error, and yet %+v", data, got)
		}
		said, known := sortedFindings(err), sortedFindings(wantErr)
		if len(known) <= 100 && !slices.Equal(said, known) {
			t.Errorf("%q: got\n%s\nParseConfig says\n%s", data, strings.Join(said, "\n"), strings.Join(known, "\n"))
		}
	})
}
