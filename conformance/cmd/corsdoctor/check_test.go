package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCheck: in twenty documents with several mistakes each, check finds every mistake, its
// place and its repair. Then --fix repairs them.
func TestCheck(t *testing.T) { // not parallel: it changes the folder
	t.Chdir("testdata/check")
	documents, err := filepath.Glob("*.[jy]*")
	if err != nil || len(documents) != 20 {
		t.Fatalf("%d documents: %v", len(documents), err)
	}
	var got strings.Builder
	for _, name := range documents {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var out, problems strings.Builder
		if exit := run(t.Context(), []string{"check", name}, nil, &out, &problems); exit != exitIll || problems.Len() > 0 {
			t.Errorf("%s: exit status %d: %s", name, exit, problems.String())
		}
		got.WriteString("$ corsdoctor check " + name + "\n" + out.String() + "\n")
		out.Reset()
		run(t.Context(), []string{"check", "--fix", "--dry-run", name}, nil, &out, &problems)
		if diff, _, found := strings.Cut(out.String(), "\n"+name); found && strings.HasPrefix(diff, "--- ") {
			got.WriteString(diff + "\n\n")
		}
		fits(t, out.String(), "-", "+")
		if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, text) {
			t.Errorf("%s: --dry-run has written: %v", name, err)
		}
	}
	golden(t, "../check.golden", got.String())
}

// fits fails a test for a line that is wider than a terminal, unless it is one long word or
// begins with one of the marks of quoted text.
func fits(t *testing.T, text string, marks ...string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		quoted := false
		for _, m := range marks {
			quoted = quoted || strings.HasPrefix(line, m)
		}
		if len(line) > width && !quoted && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("wider than a terminal: %s", line)
		}
	}
}

// TestCheckFixes: --fix shows what it writes, replaces the file as a whole, keeps the
// file's mode and everything else, and follows a link.
func TestCheckFixes(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, link := filepath.Join(folder, "cors.yaml"), filepath.Join(folder, "link.yaml")
	const before = "# who may read\nallowOrigins:\n  - https://App.example/ # the application\n  - *.example.com\r\nmaxAge: 10 m # keep\n"
	const after = "# who may read\nallowOrigins:\n  - https://app.example # the application\n  - \"https://*.example.com\"\r\nmaxAge: \"10m\" # keep\n"
	if err := os.WriteFile(file, []byte(before), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	var out, problems strings.Builder
	if exit := run(t.Context(), []string{"check", "--fix", link}, nil, &out, &problems); exit != exitHealthy || problems.Len() > 0 {
		t.Errorf("exit status %d: %s%s", exit, out.String(), problems.String())
	}
	for _, want := range []string{"-  - https://App.example/ # the application\n", "+  - https://app.example # the application\n", "@@ line 3 @@\n-  - https", "\n-maxAge: 10 m # keep\n", "\n+maxAge: \"10m\" # keep\n", "no faults"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not shown:\n%s", want, out.String())
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != after {
		t.Errorf("got %q, %v", text, err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if info, err = os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}

	out.Reset()
	if exit := run(t.Context(), []string{"check", "--fix", "-"}, strings.NewReader(before), &out, &problems); exit != exitHealthy || out.String() != after {
		t.Errorf("from standard input: exit status %d: %q", exit, out.String())
	}
	if !strings.Contains(problems.String(), "+  - https://app.example") {
		t.Errorf("not shown: %s", problems.String())
	}

	if err := replaceFile(file, []byte(before), []byte("x")); err == nil || !strings.Contains(err.Error(), "has changed meanwhile") {
		t.Errorf("a file that somebody has changed: %v", err)
	}
}

// FuzzFixIsShown: the lines that --fix shows as kept, removed and added make the two texts.
func FuzzFixIsShown(f *testing.F) {
	f.Add("a\nb\nc\n", 0, 3, "x", 4, 5, "y\nz")
	f.Add("a\nb\nc", 2, 2, "\n", 2, 3, "")
	f.Fuzz(func(t *testing.T, text string, a, b int, first string, c, d int, second string) {
		if a < 0 || b < a || c < b || d < c || d > len(text) {
			t.Skip("these are not edits in order")
		}
		edits := []policyfile.Edit{{Start: a, End: b, New: first}, {Start: c, End: d, New: second}}
		now := text[:a] + first + text[b:c] + second + text[d:]
		l := newLines([]byte(text))
		l.apply([]byte(text), edits)
		if len(l) != strings.Count(now, "\n")+1 {
			t.Fatalf("%d lines for %q", len(l), now)
		}
		old, last := strings.Split(text, "\n"), -1
		for i, line := range strings.Split(now, "\n") {
			if l[i] == added {
				continue
			}
			if l[i] <= last || old[l[i]] != line {
				t.Fatalf("line %d of %q is not line %d of %q", i, now, l[i], text)
			}
			last = l[i]
		}
		hunks("x", []byte(text), []byte(now), l)
	})
}
