package policies_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// document has two policies. The policy partners lists version n.
func document(n int) []byte {
	return fmt.Appendf(nil, "{\n  \"public\": {\"allowOrigins\": [\"*\"]},\n  \"partners\": {\n    \"allowOrigins\": [\"https://v%d.example\"],\n    \"allowCredentials\": true\n  }\n}\n", n)
}

func newSet(t *testing.T) *policies.Set {
	t.Helper()
	configs, err := policies.Parse(document(0))
	if err != nil {
		t.Fatal(err)
	}
	set, err := policies.New(configs)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// inForce returns the version of partners that is in force, or -1 if it is not one below
// 20.
func inForce(set *policies.Set) int {
	for n := range 20 {
		if set.Get("partners").Load().AllowsOrigin(fmt.Sprintf("https://v%d.example", n)) {
			return n
		}
	}
	return -1
}

// The policy of a name is that of the last document.
func TestLoad(t *testing.T) {
	t.Parallel()
	set := newSet(t)
	partners := set.Get("partners")
	if partners != set.Get("partners") {
		t.Error("Get returns another Live the second time")
	}
	if err := set.LoadJSON(document(1)); err != nil || inForce(set) != 1 {
		t.Errorf("after LoadJSON version %d is in force: %v", inForce(set), err)
	}
	if err := set.Load(map[string]cors.Config{
		"public":   {AllowOrigins: []string{"https://a.example"}},
		"partners": {AllowOrigins: []string{"https://v2.example"}},
	}); err != nil || inForce(set) != 2 {
		t.Errorf("after Load version %d is in force: %v", inForce(set), err)
	}
	config := set.Get("partners").Load().Config()
	if config.AllowCredentials {
		t.Error("a policy keeps what the new Config does not name")
	}
	if set.Get("public").Load().AllowsOrigin("https://b.example") {
		t.Error("the policy public is that of the earlier document")
	}
}

// A wrong document changes nothing, and all problems are reported at once.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		document string
		want     []string
	}{
		"a misspelt name": {
			`{"public": {"allowOrigins": ["*"]}, "partnres": {"allowOrigins": ["*"]}}`,
			[]string{`policies: there is no policy "partners", which the program uses`, `policies: the program uses no policy "partnres"; it uses "partners", "public"`},
		},
		"a name too few": {`{"public": {"allowOrigins": ["*"]}}`, []string{`policies: there is no policy "partners", which the program uses`}},
		"errors in both policies": {
			"{\n  \"$schema\": \"https://example.com/s\",\n  \"public\": {\"allowOrigins\": [\"*\"], \"maxAge\": \"x\"},\n  \"partners\": {\n    \"allowOrigns\": [\"https://a.example\"]\n  }\n}\n",
			[]string{`cors: line 3, column 47: public.maxAge "x": `, `cors: line 5, column 5: partners.allowOrigns: there is no such field; write "allowOrigins"`},
		},
		"what does not compile": {
			"{\n  \"public\": {\"allowOrigins\": [\"*\"]},\n  \"partners\": {\"allowOrigins\": [\"https://a.example/\"]}\n}",
			[]string{`cors: line 3, column 33: partners.allowOrigins[0] "https://a.example/": `, `write "https://a.example"`},
		},
		"a policy that is null":          {`{"public": null, "partners": {"allowOrigins": ["*"]}}`, []string{`cors: line 1, column 12: public.document "null": write an object`}},
		"a policy that allows no origin": {`{"public": {}, "partners": {"allowOrigins": ["*"]}}`, []string{"cors: line 1, column 12: public.allowOrigins"}},
		"a policy that occurs twice":     {"{\"public\": {\"allowOrigins\": [\"*\"]},\n\"public\": {\"allowOrigins\": [\"https://a.example\"]}, \"partners\": {\"allowOrigins\": [\"*\"]}}", []string{"cors: line 2, column 1: public: the policy occurs twice; remove one"}},
		"a policy without a name":        {`{"": {"allowOrigins": ["*"]}}`, []string{"cors: line 1, column 2: document: give the policy a name"}},
		"a schema that is not a string":  {`{"$schema": 1, "public": {"allowOrigins": ["*"]}, "partners": {"allowOrigins": ["*"]}}`, []string{"cors: line 1, column 13: $schema: write the schema's address"}},
		"no policy":                      {`{}`, []string{"cors: line 1, column 1: document: there is no policy"}},
		"a schema and no policy":         {`{"$schema": "x"}`, []string{"there is no policy"}},
		"one policy in place of a set":   {`{"allowOrigins": ["*"]}`, []string{`cors: line 1, column 2: document: this is one policy, where a set of policies should be; give it a name: {"public": {"allowOrigins": …}}`}},
		"one policy, with a Danger":      {`{"dangerously": {"insecureOrigins": true}, "maxAge": "1m"}`, []string{`cors: line 1, column 44: document: this is one policy`}},
		"a list":                         {`[]`, []string{"cors: line 1, column 1: document: write an object with a policy for each name"}},
		"a text":                         {`"x"`, []string{"write an object"}},
		"a comma too many":               {"{\n  \"public\": {\"allowOrigins\": [\"*\",]}\n}\n", []string{"cors: line 2, column 35: document: this is not JSON: invalid character ']'"}},
		"something after it":             {string(document(1)) + "}", []string{"cors: line 8, column 1: document: this is not JSON: invalid character '}' after top-level value"}},
		"YAML":                           {"public:\n  allowOrigins: ['*']\n", []string{"cors: line 1, column 1: document: this is not JSON"}},
		"a byte order mark":              {"\ufeff" + string(document(1)), []string{"cors: line 1, column 1: document: the document begins with a byte order mark"}},
		"an empty file":                  {"", []string{"cors: line 1, column 1: document: the JSON document ends too early"}},
		"a file cut short":               {string(document(1)[:60]), []string{"the JSON document ends too early"}},
		"a file of zeros":                {strings.Repeat("\x00", 10), []string{"this is not JSON"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := newSet(t)
			err := set.LoadJSON([]byte(tt.document))
			if err == nil {
				t.Fatal("it is loaded")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q:\n%s", want, err)
				}
			}
			if inForce(set) != 0 || !set.Get("public").Load().AllowsOrigin("https://any.example") {
				t.Error("what is in force has changed")
			}
		})
	}
}

// If a document is cut short, nothing of it is loaded.
func TestCutShort(t *testing.T) {
	t.Parallel()
	set := newSet(t)
	whole := strings.TrimSpace(string(document(1)))
	for n := range len(whole) {
		if err := set.LoadJSON([]byte(whole[:n])); err == nil {
			t.Errorf("the first %d of %d bytes are loaded", n, len(whole))
		}
	}
	if inForce(set) != 0 {
		t.Error("what is in force has changed")
	}
}

// The number of errors is limited, and the last one says how many more there are.
func TestErrorsHaveAnEnd(t *testing.T) {
	t.Parallel()
	configs := make(map[string]cors.Config)
	wrong, unknown := []string{}, []string{}
	for i := range 20_000 {
		name := fmt.Sprint("p", i)
		configs[name] = cors.Config{AllowOrigins: []string{"x"}}
		wrong = append(wrong, fmt.Sprintf(`"%s": {"allowOrigins": ["x"]}`, name))
		unknown = append(unknown, fmt.Sprintf(`"%s": {"allowOrigins": ["*"]}`, name))
	}
	set := newSet(t)
	for name, call := range map[string]func() error{
		"Parse":    func() error { _, err := policies.Parse([]byte("{" + strings.Join(wrong, ",") + "}")); return err },
		"New":      func() error { _, err := policies.New(configs); return err },
		"LoadJSON": func() error { return set.LoadJSON([]byte("{" + strings.Join(unknown, ",") + "}")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := call()
			if err == nil {
				t.Fatal("there is no error")
			}
			text := err.Error()
			if lines := strings.Count(text, "\n") + 1; lines != 101 || !strings.Contains(text, "only the first 100 problems are reported; there are 199") {
				t.Errorf("the error has %d lines:\n%s", lines, text)
			}
		})
	}
}

// With exactly a hundred problems, all are listed.
func TestAHundredErrors(t *testing.T) {
	t.Parallel()
	configs := make(map[string]cors.Config)
	for i := range 100 {
		configs[fmt.Sprint("p", i)] = cors.Config{AllowOrigins: []string{"x"}}
	}
	if _, err := policies.New(configs); len(cors.ConfigErrors(err)) != 100 || strings.Contains(err.Error(), "more") {
		t.Errorf("the error is %v", err)
	}
}

// A program can read the errors' fields and codes.
func TestErrors(t *testing.T) {
	t.Parallel()
	_, err := policies.New(map[string]cors.Config{"b": {AllowOrigins: []string{"https://b.example/"}}, "a": {AllowOrigins: []string{"*"}, AllowCredentials: true}})
	var fields []string
	for _, e := range cors.ConfigErrors(err) {
		fields = append(fields, e.Field)
	}
	if want := []string{"a.allowOrigins[0]", "b.allowOrigins[0]"}; !reflect.DeepEqual(fields, want) {
		t.Errorf("the fields are %q, want %q", fields, want)
	}
	for _, configs := range []map[string]cors.Config{nil, {}} {
		if _, err := policies.New(configs); err == nil {
			t.Error("New takes no policies")
		}
	}
	_, err = policies.Parse([]byte(`{"a": {"allowOrigins": ["x"], "maxAge": 1}}`))
	var placed *cors.ParseError
	if !errors.As(err, &placed) || placed.Line != 1 || placed.Err.Code == "" {
		t.Errorf("the error of Parse has no place: %v", err)
	}
}

// A Set speaks as documents do, however its policies were read.
func TestDocumentWords(t *testing.T) {
	t.Parallel()
	document := []byte(`{"a": {"allowOrigins": ["https://a.example", "http://b.example"], "maxAge": "3h"}}`)
	configs, err := policies.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	set, err := policies.New(configs)
	if err != nil {
		t.Fatal(err)
	}
	check := func(by string) {
		t.Helper()
		policy := set.Get("a").Load()
		x := policy.Explain(t.Context(), cors.Request{Method: "GET", Origin: "https://c.example"})
		warnings := fmt.Sprint(policy.Warnings())
		if text := x.String(); !strings.Contains(text, "allowOrigins") || strings.Contains(text, "AllowOrigins") || !strings.Contains(warnings, "maxAge \"3h\"") {
			t.Errorf("by %s:\n%s%s", by, text, warnings)
		}
	}
	check("New")
	if err := set.Load(configs); err != nil {
		t.Fatal(err)
	}
	check("Load")
	if err := set.LoadJSON(document); err != nil {
		t.Fatal(err)
	}
	check("LoadJSON")
}

// A program that asks for an unknown policy panics at start.
func TestGetUnknown(t *testing.T) {
	t.Parallel()
	defer func() {
		if got := fmt.Sprint(recover()); got != `policies: there is no policy "partnres"; New has "partners", "public"` {
			t.Errorf("Get panics with %s", got)
		}
	}()
	newSet(t).Get("partnres")
}

// A document cannot replace a policy that has an AllowOriginFunc.
func TestAllowOriginFuncIsKept(t *testing.T) {
	t.Parallel()
	ask := func(context.Context, cors.Request, cors.Origin) (bool, error) { return true, nil }
	set, err := policies.New(map[string]cors.Config{"tenants": {AllowOriginFunc: ask}})
	if err != nil {
		t.Fatal(err)
	}
	changed := []byte(`{"tenants": {"allowOrigins": ["https://app.example.com"]}}`)
	if err := set.LoadJSON(changed); err == nil || !strings.Contains(err.Error(), "AllowOriginFunc") {
		t.Errorf("LoadJSON over a function: %v", err)
	}
	configs, err := policies.Parse(changed)
	if err != nil {
		t.Fatal(err)
	}
	tenants := configs["tenants"]
	tenants.AllowOriginFunc = ask
	configs["tenants"] = tenants
	if err := set.Load(configs); err != nil || !set.Get("tenants").Load().AllowsOrigin("https://other.example") {
		t.Errorf("the function is not in force: %v", err)
	}
}

// Parse reads the policies that were written, whatever they are.
func FuzzParse(f *testing.F) {
	f.Add(document(1))
	f.Add([]byte(`{"$schema": "x", "a": {"allowOrigins": ["https://a.example"], "enforce": "all", "maxAge": "1m"}}`))
	f.Add([]byte(`{"a": {"allowOrigins": ["*"]}, "a": 1, "": [[[]]]}` + "\n\n x"))
	f.Fuzz(func(t *testing.T, document []byte) {
		configs, err := policies.Parse(document)
		if err != nil {
			for _, e := range cors.ConfigErrors(err) {
				if e.Field == "" || e.Hint == "" || e.Code == "" {
					t.Fatalf("an error says nothing: %#v", e)
				}
			}
			return
		}
		set, err := policies.New(configs)
		if err != nil {
			t.Fatalf("Parse takes what New does not: %v", err)
		}
		if err := set.LoadJSON(document); err != nil {
			t.Fatalf("Parse takes what LoadJSON does not: %v", err)
		}
		again, err := json.Marshal(configs)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := policies.Parse(again); err != nil || len(same) != len(configs) {
			t.Fatalf("what was written is not read: %v\n%s", err, again)
		}
	})
}
