package policyfile_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// Strings in single quotes are read and repaired together with the other mistakes of their
// document, because their meaning is clear. A string with a quote or a backslash inside is
// not repaired.
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
		for range 4 { // of two repairs that change the same bytes, the second comes in the next round
			fixed = policyfile.Fix(fixed, policyfile.Read(fixed, policyfile.JSON).Problems)
		}
		if again := policyfile.Read(fixed, policyfile.JSON); want != "" && (string(fixed) != want || len(again.Problems) > 0) || want == "" && !again.Faulty() {
			t.Errorf("%s became %s: %v", text, fixed, again.Problems)
		}
	}
}

// A YAML document with only comments is empty, and the problem says so.
func TestEmptyYAML(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", " ", "# a\n", "#", "\ufeff", "\ufeff# a\n", "...\n", "\n# a\n\n# b\n"} {
		file := policyfile.Read([]byte(text), policyfile.YAML)
		if len(file.Problems) != 1 || !strings.Contains(file.Problems[0].Message, "the document is empty") {
			t.Errorf("%q: %v", text, file.Problems)
		}
	}
}

// A document in UTF-16 or UTF-32 is not repaired byte by byte: that would spoil it.
func TestNotUTF8(t *testing.T) {
	t.Parallel()
	const text = `{"allowOrigins":["https://a.example" 'https://b.example',]}`
	for name, encode := range map[string]func(r byte) string{
		"UTF-16, little-endian": func(r byte) string { return string(rune(r)) + "\x00" },
		"UTF-16, big-endian":    func(r byte) string { return "\x00" + string(rune(r)) },
		"UTF-32, little-endian": func(r byte) string { return string(rune(r)) + "\x00\x00\x00" },
	} {
		for _, mark := range []string{"", "\xff\xfe", "\xfe\xff"} {
			document := []byte(mark)
			for i := range len(text) {
				document = append(document, encode(text[i])...)
			}
			file := policyfile.Read(document, policyfile.JSON)
			if fixed := policyfile.Fix(document, file.Problems); !file.Faulty() || string(fixed) != string(document) {
				t.Errorf("%s with the mark %q: %v; it became %q", name, mark, file.Problems, fixed)
			}
		}
	}
}

// A field whose name denies what another allows is not renamed to that other.
func TestDeniedFields(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"disallowOrigins": ["https://evil.example"]}`,
		`{"allowOrigins": ["https://a.example"], "disallowCredentials": true}`,
		`{"allowOrigins": ["http://a.example"], "allowCredentials": true, "dangerously": {"secureOrigins": true}}`,
		`{"allowOrigins": ["https://a.example"], "exposeNoHeaders": ["x-a"]}`,
	} {
		file := policyfile.Read([]byte(text), policyfile.JSON)
		if fixed := policyfile.Fix([]byte(text), file.Problems); !file.Faulty() || string(fixed) != text {
			t.Errorf("%s: %v; it became %s", text, file.Problems, fixed)
		}
	}
}
