package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// doctor runs the program and returns what it prints.
func doctor(t *testing.T, args ...string) (exit int, out, problems string) {
	t.Helper()
	var o, p strings.Builder
	exit = run(t.Context(), args, strings.NewReader(""), &o, &p)
	return exit, o.String(), p.String()
}

// write writes a file in a folder.
func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestHelp: each command has help with examples, no wider than a terminal.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"-h"}, {"-help"}, {"check", "--help"}, {"explain", "-h"}, {"diff", "-help"}, {"fetch", "--help"}} {
		exit, out, problems := doctor(t, args...)
		if exit != exitHealthy || problems != "" || !strings.Contains(out, "Usage: corsdoctor") || !strings.Contains(out, "\nExamples:\n  corsdoctor ") {
			t.Errorf("%v: exit status %d: %s%s", args, exit, out, problems)
		}
		fits(t, out)
		if len(args) == 2 && strings.Count(out, "Usage: corsdoctor "+args[0]) != 1 {
			t.Errorf("%v: %s", args, out)
		}
	}
	if exit, out, problems := doctor(t); exit != exitUsage || out != "" || !strings.Contains(problems, "--help") {
		t.Errorf("no arguments: exit status %d: %s%s", exit, out, problems)
	}
}

// TestExamplesParse: the examples of --help can be run as they are.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	for command, lines := range examples {
		for _, line := range lines {
			line = strings.NewReplacer("xclip -o | ", "", "\\\n", "", "'", "", "*.json", "a.json", "Content-Type: application", "Content-Type:application").Replace(line)
			args := strings.Fields(line)[1:]
			exit, out, problems := doctor(t, append(args, "--help")...)
			if exit != exitHealthy || problems != "" || !strings.Contains(out, "Usage: corsdoctor") {
				t.Errorf("%s: %q: exit status %d: %s%s", command, args, exit, out, problems)
			}
		}
	}
}

// Flags may be anywhere, with one dash or two. An argument that is not a flag's name stays
// unchanged.
func TestFlagsAnywhere(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	policy := write(t, folder, "cors.json", `{"allowOrigins": ["https://app.example.com"], "allowMethods": ["PUT"], "allowHeaders": ["x-a"]}`)
	want := ""
	for _, args := range [][]string{
		{"explain", policy, "--origin", "https://app.example.com", "--method", "PUT", "--header", "X-A: 1, 2"},
		{"explain", "-origin=https://app.example.com", "-header", "X-A: 1, 2", policy, "-method", "PUT"},
		{"explain", "--header=X-A: 1, 2", "--method=PUT", policy, "-origin", "https://app.example.com"},
	} {
		exit, out, problems := doctor(t, args...)
		if exit != exitHealthy || problems != "" || want != "" && out != want {
			t.Errorf("%v: exit status %d: %s%s", args, exit, out, problems)
		}
		want = out
	}
	if got := twoDashes([]string{"-json", "-", "--", "-json"}); strings.Join(got, " ") != "--json - -- -json" {
		t.Errorf("got %q", got)
	}
}

// TestExplain: the verdict, the steps and the fix, with the names of documents.
func TestExplain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	set := write(t, folder, "set.yaml", "shop:\n  allowOrigins: [https://shop.example]\n  allowCredentials: true\n  allowMethods: [PUT]\n  enforce: all\npublic: {allowOrigins: ['*']}\n")
	bad := write(t, folder, "bad.yaml", "allowOrigins: [https://Shop.example]\n")
	for _, tt := range []struct {
		name string
		args []string
		exit int
		says string
	}{
		{"allowed", []string{set, "--name", "shop", "--origin", "https://shop.example", "--method", "put"}, exitHealthy, "ALLOWED: a page of https://shop.example gets the response to PUT. result: allowed (preflight)"},
		{"a set of two", []string{set, "--origin", "https://shop.example"}, exitUsage, "name one of them with --name: public, shop"},
		{"no such policy", []string{set, "--name", "x", "--origin", "https://shop.example"}, exitUsage, "name one of them with --name: public, shop"},
		{"not listed", []string{set, "--name", "shop", "--origin", "https://other.example"}, exitIll, `fix: if its pages may read responses, add "https://other.example" to allowOrigins`},
		{"enforced", []string{set, "--name", "shop", "--origin", "https://other.example"}, exitIll, `enforce is "all"`},
		{"a header", []string{set, "--name", "shop", "--origin", "https://shop.example", "--header", "X-A: 1"}, exitIll, `add "x-a" to allowHeaders`},
		{"a preflight that no browser sends", []string{set, "--name", "public", "--origin", "https://a.example", "--preflight"}, exitHealthy, "result: allowed (preflight)"},
		{"a policy with an error", []string{bad, "--origin", "https://shop.example"}, exitUsage, `bad.yaml:1:16: allowOrigins[0] "https://Shop.example"`},
		{"no origin", []string{set}, exitUsage, "missing flags: --origin=ORIGIN"},
		{"not a header", []string{bad, "--origin", "https://shop.example", "--header", "X"}, exitUsage, "write it as 'Name: value'"},
	} {
		exit, out, problems := doctor(t, append([]string{"explain"}, tt.args...)...)
		if flat := strings.Join(strings.Fields(out+problems), " "); exit != tt.exit || !strings.Contains(flat, tt.says) {
			t.Errorf("%s: exit status %d: %s%s", tt.name, exit, out, problems)
		}
		fits(t, out+problems)
	}
	var document struct {
		Allowed   bool
		Exit      int
		Preflight struct{ Reason string }
		Request   *struct{}
	}
	_, out, _ := doctor(t, "explain", set, "--name", "shop", "--origin", "https://shop.example", "--method", "DELETE", "--json")
	if err := json.Unmarshal([]byte(out), &document); err != nil || document.Allowed || document.Exit != exitIll || document.Preflight.Reason != "method-not-allowed" || document.Request != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// git runs git in a folder.
func git(t *testing.T, folder string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", append([]string{"-C", folder, "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v: %s", args, err, out)
	}
}

// TestDiffRevisions reads policies from git, and passes to git only the name of a
// revision's file.
func TestDiffRevisions(t *testing.T) { // not parallel: it changes the folder
	folder := t.TempDir()
	t.Chdir(folder)
	git(t, folder, "init", "-q", "-b", "main")
	write(t, folder, "cors.json", `{"allowOrigins": ["https://app.example.com"]}`)
	write(t, folder, "set.yaml", "a: {allowOrigins: [https://a.example]}\nb: {allowOrigins: [https://b.example]}\n")
	write(t, folder, ".gitattributes", "*.json diff=run\n")
	git(t, folder, "add", ".")
	git(t, folder, "commit", "-q", "-m", "one")
	git(t, folder, "config", "diff.run.textconv", "touch "+filepath.Join(folder, "run")+"; cat")
	write(t, folder, "cors.json", `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true}`)
	write(t, folder, "set.yaml", "a: {allowOrigins: ['https://*.a.example']}\nc: {allowOrigins: [https://c.example]}\n")
	// Files whose names look like revisions. A pull request may add such files.
	for _, folder := range []string{"feature", "none"} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	git(t, folder, "branch", "feature/a")
	for _, name := range []string{"HEAD:cors.json", "feature/a:cors.json", "none/a:cors.json"} {
		write(t, folder, name, `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true}`)
	}
	for _, tt := range []struct {
		name string
		args []string
		exit int
		says string
	}{
		{"a file with a revision's name", []string{"feature/a:cors.json", "cors.json"}, exitIll, "wider: allowCredentials false -> true"},
		{"a file, and no such revision", []string{"none/a:cors.json", "cors.json"}, exitUsage, "for the file of that name, write ./none/a:cors.json"},
		{"a path with a colon", []string{"./HEAD:cors.json", "cors.json"}, exitHealthy, "no change for pages"},
		{"a whole path with a colon", []string{filepath.Join(folder, "HEAD:cors.json"), "cors.json"}, exitHealthy, "no change for pages"},
		{"a revision", []string{"HEAD:cors.json", "cors.json"}, exitIll, "wider: allowCredentials false -> true"},
		{"a branch, and the folder", []string{"main:./cors.json", "cors.json"}, exitIll, "wider: allowCredentials false -> true"},
		{"the index", []string{":cors.json", "HEAD:cors.json"}, exitHealthy, "no change for pages"},
		{"sets", []string{"HEAD:set.yaml", "set.yaml"}, exitIll, "policy a: wider: allowOrigins https://*.a.example"},
		{"sets, one is gone", []string{"HEAD:set.yaml", "set.yaml"}, exitIll, "policy b (removed): narrower: allowOrigins https://b.example"},
		{"sets, one is new", []string{"HEAD:set.yaml", "set.yaml"}, exitIll, "policy c (added): wider: allowOrigins https://c.example"},
		{"a set and one policy", []string{"HEAD:set.yaml", "cors.json"}, exitUsage, "compare two of a kind"},
		{"no such revision", []string{"nope:cors.json", "cors.json"}, exitUsage, "git cannot read nope:cors.json as a file of a revision: fatal:"},
		{"no such file", []string{"HEAD:none.json", "cors.json"}, exitUsage, "fatal: path 'none.json' does not exist in 'HEAD'; the path begins at the root of the repository: for one that begins here, write HEAD:./none.json"},
		{"a folder", []string{"HEAD:", "cors.json"}, exitUsage, "git cannot read HEAD: as"},
		{"an option of git", []string{"--", "--batch-all-objects:x", "cors.json"}, exitUsage, "is not a file of a git revision"},
		{"a command", []string{"$(touch run):x", "cors.json"}, exitUsage, "git cannot read"},
		{"a revision and a pathspec", []string{"HEAD:cors.json\n", "cors.json"}, exitUsage, "git cannot read"},
		{"no file and no revision", []string{"none.json", "cors.json"}, exitUsage, "none.json: no such file"},
		{"twice standard input", []string{"-", "-"}, exitUsage, "standard input is one document"},
	} {
		exit, out, problems := doctor(t, append([]string{"diff"}, tt.args...)...)
		if flat := strings.Join(strings.Fields(out+problems), " "); exit != tt.exit || !strings.Contains(flat, tt.says) {
			t.Errorf("%s: exit status %d: %s%s", tt.name, exit, out, problems)
		}
		fits(t, out+problems)
	}
	if _, err := os.Stat("run"); err == nil {
		t.Error("a program has run that the repository or an argument names")
	}
	t.Setenv("PATH", folder)
	if exit, _, problems := doctor(t, "diff", "HEAD:cors.json", "cors.json"); exit != exitUsage || !strings.Contains(strings.Join(strings.Fields(problems), " "), "needs git, which is not installed") {
		t.Errorf("without git: exit status %d: %s", exit, problems)
	}
}

// TestAnnotations: GitHub and GitLab can read the output, and everything that is part of
// their own syntax is escaped.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	hostile := write(t, folder, "a,b:c%.json", "{\"allowOrigins\": [\"https://a.example/%0A::error::x\", \"https://b.example/\\n::stop-commands::x\"],\n \"x\\u001b[31m\": 1}")
	exit, out, problems := doctor(t, "check", "--format", "github", hostile)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if exit != exitIll || problems != "" || len(lines) != 3 {
		t.Fatalf("exit status %d: %s%s", exit, out, problems)
	}
	printable(t, out)
	for _, line := range lines {
		if !strings.HasPrefix(line, "::error file=") || !strings.Contains(line, "a%2Cb%3Ac%25.json,line=") || strings.Count(line, "::") < 2 {
			t.Errorf("got %s", line)
		}
	}
	if !strings.Contains(out, "%250A::error::x") {
		t.Errorf("a percent sign is not escaped: %s", out)
	}

	old := write(t, folder, "old.json", `{"allowOrigins": ["https://a.example", "https://b.example"]}`)
	next := write(t, folder, "new.json", "{\"allowOrigins\": [\n\"https://a.example\",\n\"https://c.example\"],\n\"maxAge\": \"10m\"}")
	_, out, _ = doctor(t, "diff", "--format", "github", old, next)
	for _, want := range []string{
		"::error file=" + next + ",line=3,title=corsdoctor wider::wider: allowOrigins https://c.example, for example GET from https://c.example\n",
		"::warning file=" + next + ",line=1,title=corsdoctor narrower::narrower: allowOrigins https://b.example",
		"::notice file=" + next + ",line=4,title=corsdoctor other::other: maxAge 0s -> 10m0s\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing: %s", want, out)
		}
	}

	for _, args := range [][]string{{"check", "--format", "gitlab", hostile}, {"diff", "--format", "gitlab", old, next}} {
		exit, out, problems := doctor(t, args...)
		var issues []issue
		if err := json.Unmarshal([]byte(out), &issues); err != nil || exit != exitIll || len(issues) != 3 || problems == "" {
			t.Errorf("%v: exit status %d, %v: %s%s", args, exit, err, out, problems)
		}
		seen := make(map[string]bool)
		for _, i := range issues {
			if i.Description == "" || i.CheckName == "" || len(i.Fingerprint) != 64 || seen[i.Fingerprint] || i.Location.Lines.Begin < 1 || i.Location.Path == "" {
				t.Errorf("got %+v", i)
			}
			seen[i.Fingerprint] = true
		}
	}
}

// TestDocuments checks the JSON of check and diff, and the exit statuses.
func TestDocuments(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	warned := write(t, folder, "warned.json", `{"allowOrigins": ["http://a.example"]}`)
	clean := write(t, folder, "clean.yaml", "a: {allowOrigins: [https://a.example]}\n")
	for _, tt := range []struct {
		args []string
		exit int
	}{
		{[]string{clean}, exitHealthy}, {[]string{clean, warned}, exitHealthy}, {[]string{"--strict", clean}, exitHealthy},
		{[]string{warned, "--strict"}, exitIll}, {[]string{"testdata/check/01-origins.json", clean}, exitIll},
		{[]string{filepath.Join(folder, "none.json")}, exitUsage}, {[]string{folder}, exitUsage}, {nil, exitUsage}, {[]string{"--format", "xml", clean}, exitUsage},
	} {
		exit, out, problems := doctor(t, append([]string{"check", "--json"}, tt.args...)...)
		if exit != tt.exit || (exit == exitUsage) != (problems != "") {
			t.Errorf("%v: exit status %d, want %d: %s%s", tt.args, exit, tt.exit, out, problems)
		}
		var got checks
		decoder := json.NewDecoder(strings.NewReader(out))
		decoder.DisallowUnknownFields()
		if exit == exitUsage {
			continue
		}
		if err := decoder.Decode(&got); err != nil || got.Exit != exit {
			t.Errorf("%v: %v: %s", tt.args, err, out)
		}
	}
	_, out, _ := doctor(t, "check", "--json", clean, warned)
	for _, want := range []string{`"policies": [` + "\n        \"a\"", `"problems": []`, `"severity": "warning"`, `"line": 1`, `"column": 19`, `"code": "insecure-origin"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	_, out, _ = doctor(t, "diff", "--json", warned, warned)
	if !strings.Contains(out, `"policies": []`) || !strings.Contains(out, `"exit": 0`) {
		t.Errorf("got %s", out)
	}
}

// The text of a document, its name and an argument are escaped for the terminal.
func TestForeignText(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	const red = "\x1b[31m\u202e\u009b"
	file := write(t, folder, "a"+red+".yaml", "\"x"+`\e[31m`+"\u202e\": [1]\nallowOrigins: [\"https://a.example/\u202e\"]\n# \u202e\n")
	set := write(t, folder, "set.yaml", "\"a\u202e\": {allowOrigins: [https://a.example]}\nb: {allowOrigins: [https://b.example]}\n")
	other := write(t, folder, "other.yaml", "\"a\u202e\": {allowOrigins: [https://c.example]}\nb: {allowOrigins: [https://b.example]}\n")
	for _, args := range [][]string{
		{"check", file}, {"check", "--fix", "--dry-run", file}, {"check", "--format", "github", file}, {"check", "--format", "gitlab", file}, {"check", "--json", file},
		{"explain", file, "--origin", "https://a.example"}, {"explain", set, "--origin", red}, {"explain", set, "--name", "b", "--origin", red, "--method", red},
		{"diff", set, other}, {"diff", set, other, "--format", "github"}, {"diff", red + ":x", other}, {"check", "--" + red}, {red},
	} {
		_, out, problems := doctor(t, args...)
		printable(t, out)
		printable(t, problems)
		if out+problems == "" {
			t.Errorf("%q: nothing is said", args)
		}
	}
}

// Only terminals get colours; files and pipes do not.
func TestColours(t *testing.T) { // not parallel: it sets the environment
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	var b strings.Builder
	if _, err := (safeWriter{out: colours{&b}}).Write([]byte("BLOCKED: \x1b[0m\n  fix: x\n")); err != nil || b.String() != "\x1b[31mBLOCKED:\x1b[0m \\x1b[0m\n\x1b[36m  fix:\x1b[0m x\n" {
		t.Errorf("got %q, %v", b.String(), err)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, like a terminal
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if isTerminal(file) || isTerminal(&b) || !isTerminal(null) {
		t.Error("a file is taken for a terminal, or a device is not")
	}
	if !coloured() {
		t.Error("no colours")
	}
	for name, value := range map[string]string{"NO_COLOR": "1", "TERM": "dumb"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			if coloured() {
				t.Error("colours, though nobody wants any")
			}
			terminal := newTerminal(nil, null, null)
			if _, safe := terminal.documents.(safeWriter); !safe {
				t.Error("a document reaches the terminal as it is")
			}
		})
	}
}
