package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// If a file cannot be read, the mistakes in others are still reported, and the exit status
// is 2. Arguments that contradict each other are refused.
func TestCheckSeveralFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	fine := write(t, folder, "fine.json", `{"allowOrigins": ["https://a.example"]}`)
	faulty := write(t, folder, "faulty.json", `{"allowOrigins": ["https://a.example/"]}`)
	warned := write(t, folder, "warned.json", `{"allowOrigins": ["https://*.a.example"], "allowCredentials": true}`)
	missing := filepath.Join(folder, "missing.json")
	for _, c := range []struct {
		args []string
		exit int
		says []string
	}{
		{[]string{fine}, exitHealthy, []string{"no faults"}},
		{[]string{fine, warned}, exitHealthy, []string{"no faults", "wildcard-credentials"}},
		{[]string{fine, warned, "--strict"}, exitIll, []string{"no faults", "wildcard-credentials"}},
		{[]string{fine, faulty}, exitIll, []string{"no faults", "origin-path"}},
		{[]string{missing, faulty, fine}, exitUsage, []string{"no such file", "origin-path", "no faults"}},
		{[]string{faulty, missing}, exitUsage, []string{"no such file", "origin-path"}},
		{[]string{folder, faulty, missing, "--json"}, exitUsage, []string{"is a directory", "no such file", `"origin-path"`, `"exit": 2`}},
		{[]string{missing, faulty, "--format", "github"}, exitUsage, []string{"no such file", "::error file="}},
		{[]string{missing, faulty, "--format", "gitlab"}, exitUsage, []string{"no such file", `"check_name": "origin-path"`}},
		{[]string{missing}, exitUsage, []string{"no such file"}},
		{[]string{missing, "--json"}, exitUsage, []string{"no such file", `"exit": 2`}},
		{[]string{""}, exitUsage, []string{"is a variable unset?"}},
		{[]string{"-", "-"}, exitUsage, []string{`"-" is named twice`}},
		{[]string{faulty, fine, faulty, "--fix"}, exitUsage, []string{"is named twice"}},
		{[]string{faulty, "--dry-run"}, exitUsage, []string{"--dry-run is for --fix"}},
		{[]string{faulty, "--fix", "--dry-run"}, exitIll, []string{"without --dry-run, --fix repairs what is shown"}},
		{[]string{missing, faulty, "--fix"}, exitUsage, []string{"no such file", `+{"allowOrigins": ["https://a.example"]}`, "no faults"}},
		{[]string{faulty, "--fix"}, exitHealthy, []string{"no faults"}},
	} {
		exit, out, problems := doctor(t, append([]string{"check"}, c.args...)...)
		if exit != c.exit {
			t.Errorf("%v: exit status %d, want %d: %s%s", c.args, exit, c.exit, out, problems)
		}
		for _, says := range c.says {
			if !strings.Contains(out+strings.Join(strings.Fields(problems), " "), says) {
				t.Errorf("%v does not say %q: %s%s", c.args, says, out, problems)
			}
		}
	}
}

// --fix does not write into a read-only file. For a long document it says that there are
// more mistakes.
func TestFixSaysWhatItLeaves(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	const text = `{"allowOrigins": ["https://a.example/"]}`
	locked := write(t, folder, "locked.json", text)
	if err := os.Chmod(locked, 0o400); err != nil {
		t.Fatal(err)
	}
	exit, out, problems := doctor(t, "check", "--fix", locked)
	now, err := os.ReadFile(locked)
	if exit != exitUsage || !strings.Contains(strings.Join(strings.Fields(problems), " "), "is read-only; nothing was written") || err != nil || string(now) != text {
		t.Errorf("exit status %d: %s%s; the file is %s", exit, out, problems, now)
	}
	long := write(t, folder, "long.json", `{"allowOrigins": [`+strings.TrimSuffix(strings.Repeat(`"https://A.example/",`, 2000), ",")+`]}`)
	if exit, out, _ := doctor(t, "check", "--fix", long); exit != exitIll || !strings.Contains(out, "--fix repairs more if you run it again") {
		t.Errorf("exit status %d: %s", exit, out[max(0, len(out)-300):])
	}
}

// A misspelt argument is an error that says what to write, and there is no verdict: an
// empty variable is not an origin that is allowed.
func TestExplainRefusesWhatNoBrowserSends(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	policy := write(t, folder, "cors.json", `{"allowOrigins": ["https://a.example"], "allowHeaders": ["x-a"]}`)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--origin", ""}, "--origin is empty"},
		{[]string{"--origin", "https://a.example/"}, `write "https://a.example"`},
		{[]string{"--origin", "HTTPS://A.example"}, `write "https://a.example"`},
		{[]string{"--origin", "https://a.example:443"}, `write "https://a.example"`},
		{[]string{"--origin", "a.example"}, `write "https://a.example"`},
		{[]string{"--origin", "https://ä.example"}, `write "https://xn--4ca.example"`},
		{[]string{"--origin", "*"}, "write one such as https://app.example.com"},
		{[]string{"--origin", "https://a.example, https://b.example"}, "no browser sends the origin"},
		{[]string{"--origin", "https://a.example", "--method", ""}, "--method is empty"},
		{[]string{"--origin", "https://a.example", "--header", "x a: 1"}, `"x a" is not a header name`},
		{[]string{"--origin", "https://a.example", "--header", "x-a"}, "'Name: value'"},
	} {
		exit, out, problems := doctor(t, append([]string{"explain", policy}, c.args...)...)
		if exit != exitUsage || out != "" || !strings.Contains(strings.Join(strings.Fields(problems), " "), c.says) {
			t.Errorf("%q: exit status %d: %s%s", c.args, exit, out, problems)
		}
	}
	for _, args := range [][]string{{"chekc", policy}, {"chekc", "--fix", policy}, {"Check", policy}, {"lint"}} {
		if exit, out, problems := doctor(t, args...); exit != exitUsage || out != "" || !strings.Contains(strings.Join(strings.Fields(problems), " "), "the commands are check, explain, diff and fetch") {
			t.Errorf("%q: exit status %d: %s%s", args, exit, out, problems)
		}
	}
}
