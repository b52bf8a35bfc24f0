package lab_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/examples/playground/internal/lab"
)

// TestProblems reads policies with errors and warnings. Every problem of the document or
// the policy has its place. If the right spelling is certain, the problem has a fix that
// keeps the rest of the text.
func TestProblems(t *testing.T) {
	t.Parallel()
	c := call("https://app.example.com", "GET", "omit")
	for name, tt := range map[string]struct {
		format, policy string
		problems       []string // severity line:column code, and the labels of the fixes
		fixed          string   // the text after the first fix of the first problem with a fix
	}{
		"a path in JSON": {
			"json", "{\n  \"allowOrigins\": [\"https://a.example\",  \"https://app.example.com/\"],\n\n  \"maxAge\": \"10m\"\n}\n",
			[]string{`error 2:42 origin-path [write "https://app.example.com"]`},
			"{\n  \"allowOrigins\": [\"https://a.example\",  \"https://app.example.com\"],\n\n  \"maxAge\": \"10m\"\n}\n",
		},
		"a path in YAML, plain, with a comment": {
			"yaml", "# who may read\nallowOrigins:\n  - https://app.example.com/ # ours\nmaxAge: 10m\n",
			[]string{`error 3:5 origin-path [write https://app.example.com]`},
			"# who may read\nallowOrigins:\n  - https://app.example.com # ours\nmaxAge: 10m\n",
		},
		"a list in one string": {
			"yaml", "allowOrigins: ['https://a.example, https://b.example']\n",
			[]string{`error 1:16 origin-list [write 'https://a.example', 'https://b.example']`},
			"allowOrigins: ['https://a.example', 'https://b.example']\n",
		},
		"a field that does not exist, and a value that is wrong": {
			"json", "{\"allowOrigin\": [\"*\"],\n \"allowMethods\": [\"PUT DELETE\"]}",
			[]string{"warning 1:1 content-type-missing [add content-type to allowHeaders]", `error 1:2 json-unknown-field [write "allowOrigins"]`, `error 2:19 method-token [write "PUT", "DELETE"]`},
			"{\"allowOrigin\": [\"*\"],\n \"allowMethods\": [\"PUT DELETE\"], \"allowHeaders\": [\"content-type\"]}",
		},
		"the same in YAML": {
			"yaml", "allowOrigin: ['*']\nallowMethods: [PUT DELETE]\n",
			[]string{"error 1:1 json-unknown-field [write allowOrigins]", "warning 1:1 content-type-missing [add content-type to allowHeaders]", "error 2:16 method-token [write PUT, DELETE]"},
			"allowOrigins: ['*']\nallowMethods: [PUT DELETE]\n",
		},
		"a set": {
			"yaml", "web: {allowOrigins: ['*']} # all\nadmin: {allowOrigins: [https://app.example.com], allowCredentials: true}\nold: {allowOrigin: ['*']}\n",
			[]string{`error 1:1 policy-set [take "web" alone, without comments] [take "admin" alone, without comments]`, "error 3:7 json-unknown-field [write allowOrigins]"},
			"allowOrigins:\n- '*'\n",
		},
		"no policy": {"yaml", "", []string{"error 1:1 json-type"}, ""},
		"no JSON":   {"json", "{\n  \"allowOrigins\": [\"*\"\n}\n", []string{"error 3:1 json-syntax"}, ""},
		"YAML where JSON is chosen": {
			"json", "allowOrigins: [https://app.example.com] # ours\n",
			[]string{"error 1:1 json-syntax [read it as YAML]"}, "allowOrigins: [https://app.example.com] # ours\n",
		},
		"YAML with a mistake where JSON is chosen": {
			"json", "AllowOrigins:\n  - https://app.example.com/ # ours\nallowMethods: [PUT]\nmaxAge: 10m\n",
			[]string{"error 1:1 json-syntax [read it as YAML]"}, "AllowOrigins:\n  - https://app.example.com/ # ours\nallowMethods: [PUT]\nmaxAge: 10m\n",
		},
		"a comma too few": {
			"json", "{\"allowOrigins\": [\"*\"]\n \"maxAge\": \"10m\"}", []string{"error 1:23 json-syntax [add the comma]"}, "{\"allowOrigins\": [\"*\"],\n \"maxAge\": \"10m\"}",
		},
		"single quotes": {
			"json", "{'allowOrigins': ['https://app.example.com']}",
			[]string{`error 1:2 json-syntax [write "allowOrigins"] [read it as YAML]`, `error 1:19 json-syntax [write "https://app.example.com"]`}, `{"allowOrigins": ['https://app.example.com']}`,
		},
		"curly quotes and a space that does not break": {
			"json", "{\u00a0“allowOrigins”: [‘https://app.example.com’]}", []string{"error 1:2 json-syntax [write straight quotation marks and plain spaces] [read it as YAML]"}, `{ "allowOrigins": ["https://app.example.com"]}`,
		},
		"curly quotes in YAML": {
			"yaml", "“allowOrigins”: [“https://app.example.com”] # ours\n", []string{"error 1:1 json-unknown-field [write straight quotation marks and plain spaces]"}, "\"allowOrigins\": [\"https://app.example.com\"] # ours\n",
		},
		"a comma too many": {
			"json", "{\"allowOrigins\": [\"*\"],}", []string{"error 1:23 json-syntax [remove the comma] [read it as YAML]"}, "{\"allowOrigins\": [\"*\"]}",
		},
		"comments in JSON": {
			"json", "{ // ours\n  \"allowOrigins\": [\"*\"] /* all */\n}",
			[]string{"error 1:3 json-syntax [remove the comment]", "error 2:25 json-syntax [remove the comment]"},
			"{\n  \"allowOrigins\": [\"*\"] /* all */\n}",
		},
		"a comment of several lines": {"json", "{\"allowOrigins\": /*\n all\n*/ [\"*\"]}", []string{"error 1:18 json-syntax [remove the comment]"}, "{\"allowOrigins\": [\"*\"]}"},
		"tabs in YAML": {
			"yaml", "allowOrigins:\n\t- https://app.example.com # a\ttab\n \t- https://b.example.com\n",
			[]string{"error 2:1 yaml-syntax"}, "",
		},
		"tabs in YAML, all the same": {
			"yaml", "allowOrigins:\n\t- https://app.example.com # a\ttab\n", []string{"error 2:1 yaml-syntax [indent with spaces]"},
			"allowOrigins:\n  - https://app.example.com # a\ttab\n",
		},
		"Go's names": {
			"json", "{\"AllowOrigins\": \"https://app.example.com\"}", []string{"error 1:2 json-unknown-field [write \"allowOrigins\"]", "error 1:18 json-type [write [\"https://app.example.com\"]]"}, "{\"allowOrigins\": \"https://app.example.com\"}",
		},
		"a name that is taken": {
			"yaml", "AllowOrigins: ['*']\nallowOrigins: [https://app.example.com]\n", []string{"error 1:1 json-unknown-field"}, "",
		},
		"no origins":      {"json", "{}", []string{"error 1:1 origins-none"}, ""},
		"a method twice":  {"yaml", "allowOrigins: ['*']\nallowMethods:\n  - GET\n  - PUT\nallowHeaders: [content-type]\n", []string{`warning 3:5 method-safelisted [remove "GET", which has no effect]`}, "allowOrigins: ['*']\nallowMethods:\n  - PUT\nallowHeaders: [content-type]\n"},
		"what is covered": {"json", `{"allowOrigins": ["https://*.example.com", "https://app.example.com"]}`, []string{`warning 1:44 origin-covered [remove "https://app.example.com", which has no effect]`}, `{"allowOrigins": ["https://*.example.com"]}`},
		"a warning for a field that is not there": {
			"json", "{\n  \"allowOrigins\": [\"https://app.example.com\"],\n  \"allowMethods\": [\"PUT\"]\n}",
			[]string{"warning 1:1 content-type-missing [add content-type to allowHeaders]"},
			"{\n  \"allowOrigins\": [\"https://app.example.com\"],\n  \"allowMethods\": [\"PUT\"],\n  \"allowHeaders\": [\"content-type\"]\n}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := judge(t, tt.format, tt.policy, c)
			var got []string
			var fixed string
			for _, p := range a.Problems {
				line := fmt.Sprintf("%s %d:%d %s", p.Severity, p.Line, p.Column, p.Code)
				for _, f := range p.Fixes {
					line += " [" + f.Label + "]"
					if fixed == "" {
						fixed = f.Policy
					}
				}
				got = append(got, line)
				assert.NotEmpty(t, p.Message)
				assert.NotEmpty(t, p.Hint)
			}
			assert.Equal(t, tt.problems, got)
			assert.Equal(t, tt.fixed, fixed)
		})
	}
}

// More than 100 errors or warnings still have fixes, and no text makes the list too long to
// read.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	many := func(line string) string {
		var b strings.Builder
		for i := range 300 {
			fmt.Fprintf(&b, line+"\n", i)
		}
		return b.String()
	}
	for name, tt := range map[string]struct{ format, policy, first, rest, fixAll string }{
		"wrong origins":     {"yaml", "allowOrigins:\n" + many("  - https://a%d.example/"), "write https://a0.example", "only the first 100 problems", "all 300 errors that have one right spelling"},
		"YAML read as JSON": {"json", "allowOrigins:\n" + many("  - https://a%d.example/"), "read it as YAML", "", ""},
		"elements for air":  {"yaml", "allowOrigins:\n  - https://*.example.com\n" + many("  - https://a%d.example.com"), `remove "https://a0.example.com", which has no effect`, "200 more elements like the last", ""},
		"quotes":            {"json", strings.Repeat("'", 3<<10), `write ""`, "more problems", "all 1536 errors that have one right spelling"},
		"comments":          {"json", strings.Repeat("/**/", 1000), "remove the comment", "more problems", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := judge(t, tt.format, tt.policy, call("https://app.example.com", "GET", "omit"))
			if tt.rest == "" {
				assert.Len(t, a.Problems, 1)
			} else if assert.Len(t, a.Problems, 101) {
				assert.Contains(t, a.Problems[100].Message, tt.rest)
			}
			if assert.NotEmpty(t, a.Problems[0].Fixes) {
				assert.Equal(t, tt.first, a.Problems[0].Fixes[0].Label)
			}
			if tt.fixAll == "" {
				assert.Nil(t, a.FixAll)
			} else if assert.NotNil(t, a.FixAll) {
				assert.Equal(t, tt.fixAll, a.FixAll.Label)
			}
		})
	}
}

// TestFixAll repairs all errors of a policy at once, and changes nothing else.
func TestFixAll(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ format, policy, fixed string }{
		"single quotes": {"json", "{'allowOrigins': ['https://app.example.com'],}", `{"allowOrigins": ["https://app.example.com"]}`},
		"three kinds, a warning and a comment": {
			"yaml", "allowOrigins:\n  - https://app.example.com/ # ours\nallowMethod: [get, 'PUT, DELETE']\nallowCredentials: 'yes'\n",
			"allowOrigins:\n  - https://app.example.com # ours\nallowMethods: [get, 'PUT', 'DELETE']\nallowCredentials: true\n",
		},
		"one error":   {"json", `{"allowOrigins": ["https://app.example.com/"]}`, ""},
		"no error":    {"json", `{"allowOrigins": ["https://app.example.com"]}`, ""},
		"no spelling": {"json", `{"allowOrigins": ["http://*", "null"], "allowCredentials": true}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := judge(t, tt.format, tt.policy, call("https://app.example.com", "GET", "omit"))
			if tt.fixed == "" {
				assert.Nil(t, a.FixAll)
				return
			}
			require.NotNil(t, a.FixAll)
			assert.Equal(t, tt.fixed, a.FixAll.Policy)
			assert.True(t, judge(t, tt.format, tt.fixed, call("https://app.example.com", "GET", "omit")).Compiled)
		})
	}
}

// Each preset compiles, every engine allows its call, and it does not differ from itself.
func TestPresets(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, p := range lab.Presets() {
		a, err := lab.Judge(lab.Question{Format: p.Format, Policy: p.Policy, Call: p.Call, Preset: p.ID})
		require.NoError(t, err)
		require.True(t, a.Compiled, p.ID)
		assert.True(t, a.Verdict.Allowed, p.ID)
		assert.Empty(t, a.CallProblems, p.ID)
		assert.Empty(t, a.Diff, p.ID)
		assert.False(t, a.Differ, p.ID)
		assert.Len(t, a.Engines, 3)
		for _, e := range a.Engines {
			assert.True(t, e.Allowed, p.ID)
			assert.Contains(t, e.Note, "keeps the preflight's answer for ", "%s in %s", p.ID, e.Engine)
		}
		assert.False(t, seen[p.ID], "twice")
		seen[p.ID] = true
	}
	assert.Len(t, seen, 6)
}
