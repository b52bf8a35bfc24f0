package policyfile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

var seeds = []string{
	"[5#c\n6#d\n\"e\"]",
	`{"": "", "0": [], "allowOrigins[0]": "", "dangerously.": {"": {}}}`,
	`{"allowOrigins": ["https://app.example.com"]}`,
	"{\n  // the shop\n  \"alowOrigins\": [\"https://Shop.example/\", \"https://{a,b}.example\", \"*\", 5,],\n  \"allowCredentials\": \"yes\"\n  \"maxAge\": \"500ms\", \"dangerously\": {\"insecureOrigin\": true}}",
	`{"public": {"allowOrigins": "*"}, "b": {"maxAge": 1.5}, "b": {}, "": {}, "$schema": 5}`,
	`{"allowOrigins": ["https://a.example"], "allowOrigins": [], "enforce": "All", "x": [{"y": {}}]}`,
	"{\"allowOrigins\": [\"a\"\n\"b\" 5 {}], \"maxAge\" 5}", `[1, 2`, `{"a":`, "\ufeff{}", "nul", `{"allowMethods": ["A B", null], "maxAge": -5}`,
	"allowOrigins:\n  - https://Shop.example/ # c\n  - *.x.example\n  - 'https://{a,b}.example'\nmaxAge: 10 m\n",
	"a: &a\n  <<: *b\nb: &b {allowOrigins: [&x \"https://A.example\", *x, !!str 5], <<: [*a, *b]}\n",
	"\ufeffallowOrigins: [https://é.example,\r\n https://B.example,\n  a\n   b]\nallowMethods:\n- |\n  PUT\n", "? [a]\n: b\n", "--- a\n--- b\n", "a: *\n", "\tb: c", "a: \x01", "a: \xff", "\ufffe", "a: \x7f\uffff",
	"allowOrigins: *\nmaxAge: 2020-01-01\npreflightStatus: '204'\nallowCredentials: yes\nenforce: .inf\nvaryBy: ~\n",
}

// TestRead reads the documents of corsdoctor's test in both formats, as FuzzRead does.
func TestRead(t *testing.T) {
	names, err := filepath.Glob("../testdata/check/*")
	if err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		readBoth(t, text)
	}
}

// readBoth checks the result of Read for a text in both formats.
func readBoth(t *testing.T, text []byte) {
	t.Helper()
	for _, form := range []policyfile.Form{policyfile.JSON, policyfile.YAML} {
		file := policyfile.Read(text, form)
		checkPlaces(t, text, file)
		if form == policyfile.JSON {
			checkJSON(t, text, file)
		} else {
			checkYAML(t, text, file)
		}
		checkFix(t, text, file)
	}
}

// FuzzRead: for any document, Read finds the problems that package cors finds, in the same
// places, and Fix applies the Repairs.
func FuzzRead(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(readBoth)
}

// checkPlaces checks that every problem has a place in the document, at which its Repair
// begins.
func checkPlaces(t *testing.T, text []byte, file *policyfile.File) {
	lines := bytes.Split(text, []byte("\n"))
	line, starts := 0, []int{0}
	for i, l := range lines {
		starts = append(starts, starts[i]+len(l)+1)
	}
	for _, p := range file.Problems {
		if p.Line < max(line, 1) || p.Line > len(lines) || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
			t.Fatalf("%q: %d:%d is not a place, or not in order: %s", text, p.Line, p.Column, p.Message)
		}
		line = p.Line
		if p.Field == "" || p.Hint == "" || p.Code == "" || p.Message == "" {
			t.Fatalf("%q: an empty field: %+v", text, p)
		}
		for _, e := range p.Repair {
			if e.Start != starts[p.Line-1]+p.Column-1 {
				t.Fatalf("%q: the Repair is not at %d:%d: %+v", text, p.Line, p.Column, p)
			}
			if e.Start < 0 || e.End < e.Start || e.End > len(text) {
				t.Fatalf("%q: no edit of this text: %+v", text, p)
			}
		}
	}
}

// checkJSON checks that Read reports everything that ParsePolicy or policies.Parse reports,
// and accepts the same documents.
func checkJSON(t *testing.T, text []byte, file *policyfile.File) {
	_, err := cors.ParsePolicy(text)
	if file.Set {
		_, err = policies.Parse(text)
	}
	if (err != nil) != file.Faulty() {
		t.Fatalf("%q: package cors says %v, Read %v", text, err, file.Problems)
	}
	if err == nil || !json.Valid(text) {
		return
	}
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var placed *cors.ParseError
		if !errors.As(e, &placed) {
			t.Fatalf("%q: no place: %v", text, e)
		}
		same := func(p policyfile.Problem) bool {
			return p.Code == placed.Err.Code && p.Line == placed.Line && p.Column == placed.Column && p.Hint == placed.Err.Hint
		}
		if !slices.ContainsFunc(file.Problems, same) && placed.Err.Code != "json-problems" && placed.Err.Code != "origins-none" {
			t.Fatalf("%q: package cors says\n%v (%s), and Read\n%s", text, placed, placed.Err.Code, listed(file))
		}
	}
}

// checkYAML checks that Read accepts a document if a program with the library could read
// it.
func checkYAML(t *testing.T, text []byte, file *policyfile.File) {
	var config cors.Config
	var err error
	if file.Set {
		set := make(map[string]cors.Config)
		if err = yaml.Load(text, &set); err == nil {
			for _, name := range file.Policies {
				if _, failed := cors.Compile(set[name.Name]); failed != nil {
					err = failed
				}
			}
		}
	} else if err = yaml.Load(text, &config); err == nil {
		_, err = cors.Compile(config)
	}
	if err != nil && !file.Faulty() {
		t.Fatalf("%q: a program would say %v, Read %v", text, err, file.Problems)
	}
	if err == nil && file.Faulty() && !file.Set {
		t.Fatalf("%q: a program would read %+v, and Read says\n%s", text, config, listed(file))
	}
	if err == nil && !file.Set {
		if want, _ := cors.Compile(config); !reflect.DeepEqual(want.Config(), file.Policies[0].Compiled.Config()) {
			t.Fatalf("%q: a program would read %+v, and Read says %+v", text, config, file.Policies[0].Compiled.Config())
		}
	}
}

// checkFix checks that problems with a Repair are gone after a few calls of Fix.
func checkFix(t *testing.T, text []byte, file *policyfile.File) {
	form := file.Form
	for round := 0; ; round++ {
		repairs := 0
		for _, p := range file.Problems {
			repairs += len(p.Repair)
		}
		fixed := policyfile.Fix(text, file.Problems)
		if repairs == 0 {
			if !bytes.Equal(fixed, text) {
				t.Fatalf("%q: changed without a Repair", text)
			}
			return
		}
		if bytes.Equal(fixed, text) || round > 40 {
			t.Fatalf("%q: the Repairs change nothing:\n%s", text, listed(file))
		}
		text, file = fixed, policyfile.Read(fixed, form)
	}
}

func listed(file *policyfile.File) string {
	var b strings.Builder
	for _, p := range file.Problems {
		fmt.Fprintf(&b, "%d:%d %s %s [%s] %+v\n", p.Line, p.Column, p.Severity, p.Message, p.Code, p.Repair)
	}
	return b.String()
}
