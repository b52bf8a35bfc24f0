package policyfile_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// Strings in single quotes are read and repaired like all that is clearly meant, together
// with the other faults of their document. What holds a quote or a backslash is left alone.
func TestSingleQuotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{'allowOrigins':['https://a.example']}`:                                 `{"allowOrigins":["https://a.example"]}`,
		`{'allowOrigins': ['https://a.example/',] 'maxAge': 600,}`:               `{"allowOrigins": ["https://a.example"], "maxAge": 600}`,
		`{"shop": {'allowOrigins': ["https://a.example", 'https://b.example']}}`: `{"shop": {"allowOrigins": ["https://a.example", "https://b.example"]}}`,
		`{'allowOrigins':['https://a.example"']}`:                                "",
		`{'allowOrigins':['https://a.example\u0000']}`:                           "",
		`{'allowOrigins':['https://a.example]}`:                                  "",
	} {
		file := policyfile.Read([]byte(text), policyfile.JSON)
		if len(file.Problems) == 0 {
			t.Errorf("%s has no problems", text)
		}
		for _, p := range file.Problems {
			if strings.Contains(p.Hint, "comment") {
				t.Errorf("%s has no comments: %s", text, p.Message)
			}
		}
		fixed := []byte(text)
		for range 4 { // where two repairs change the same bytes, one comes after the other
			fixed = policyfile.Fix(fixed, policyfile.Read(fixed, policyfile.JSON).Problems)
		}
		if again := policyfile.Read(fixed, policyfile.JSON); want != "" && (string(fixed) != want || len(again.Problems) > 0) || want == "" && !again.Faulty() {
			t.Errorf("%s became %s: %v", text, fixed, again.Problems)
		}
	}
}

// A YAML document of nothing but comments is empty, and is said to be.
func TestEmptyYAML(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", " ", "# a\n", "#", "\ufeff", "\ufeff# a\n", "...\n", "\n# a\n\n# b\n"} {
		file := policyfile.Read([]byte(text), policyfile.YAML)
		if len(file.Problems) != 1 || !strings.Contains(file.Problems[0].Message, "the document is empty") {
			t.Errorf("%q: %v", text, file.Problems)
		}
	}
}
