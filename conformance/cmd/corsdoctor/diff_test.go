package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// TestPolicyDiff checks the output for two policies in files, and the exit status.
func TestPolicyDiff(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	one := write("one.json", `{"allowOrigins": ["https://app.example.com"], "maxAge": "10m"}`)
	two := write("two.json", `{"allowOrigins": ["https://*.example.com"], "maxAge": "2h"}`)
	same := write("same.json", `{"maxAge": 600, "allowOrigins": ["https://app.example.com"]}`)
	wrong := write("wrong.json", `{"allowOrigins": ["https://app.example.com/"]}`)
	set := write("set.json", `{"shop": {"allowOrigins": ["https://a.example"]}, "admin": {"allowOrigins": ["https://b.example"]}}`)
	renamed := write("renamed.json", `{"shop": {"allowOrigins": ["https://a.example"]}, "office": {"allowOrigins": ["https://b.example"]}}`)
	for _, tt := range []struct {
		name          string
		args          []string
		exit          int
		out, problems string
	}{
		{
			"wider", []string{"diff", one, two}, exitIll,
			"wider: allowOrigins https://*.example.com, for example GET from\n    https://other.example.com\nother: maxAge 10m0s -> 2h0m0s\n1 wider, 0 narrower, 1 other\n", "",
		},
		{
			"narrower", []string{"diff", two, one}, exitHealthy,
			"narrower: allowOrigins https://*.example.com, for example GET from\n    https://other.example.com\nother: maxAge 2h0m0s -> 10m0s\n0 wider, 1 narrower, 1 other\n", "",
		},
		{
			"a policy that is renamed", []string{"diff", set, renamed}, exitIll,
			"policy admin (removed):\nnarrower: allowOrigins https://b.example, for example GET from https://b.example\n\n" +
				"policy office (added):\nwider: allowOrigins https://b.example, for example GET from https://b.example\n\n1 wider, 1 narrower, 0 other\n", "",
		},
		{"other words", []string{"diff", one, same}, exitHealthy, "no change for pages\n", ""},
		{"a wrong policy", []string{"diff", one, wrong}, exitUsage, "", `write "https://app.example.com"`},
		{"a file that is not there", []string{"diff", filepath.Join(folder, "none.json"), one}, exitUsage, "", "none.json"},
		{"one file", []string{"diff", one}, exitUsage, "", `expected "<new>"`},
		{"an unknown flag", []string{"diff", "-x", one, two}, exitUsage, "", "unknown flag -x"},
	} {
		var out, problems strings.Builder
		exit := run(t.Context(), tt.args, strings.NewReader(""), &out, &problems)
		if exit != tt.exit || out.String() != tt.out || tt.problems == "" != (problems.String() == "") || !strings.Contains(strings.Join(strings.Fields(problems.String()), " "), tt.problems) {
			t.Errorf("%s: exit %d\n%s%s", tt.name, exit, out.String(), problems.String())
		}
	}
}

// Annotations name the file in the repository, so that the reviewer sees them at its lines.
func TestAnnotatedFile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"cors.json": "cors.json", "./cors.json": "cors.json", "policies//cors.json": "policies/cors.json", "HEAD:cors.json": "cors.json",
		"origin/main:./policies/cors.json": "policies/cors.json", "./a:b.json": "a:b.json", "-": "",
	} {
		d := compared{New: name, Policies: []comparedPolicy{{Changes: []change{{}}}}}
		if all := d.annotations(); len(all) != 1 || all[0].file != want {
			t.Errorf("%s: got %+v, want %q", name, all, want)
		}
	}
	c := checks{Files: []checked{{Name: "./a:b.json", Problems: []policyfile.Problem{{}}}}}
	if all := c.annotations(); len(all) != 1 || all[0].file != "a:b.json" {
		t.Errorf("check: got %+v", all)
	}
}
