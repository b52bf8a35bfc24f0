package cors_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// updating reports whether the flag -update is set.
func updating() bool { return *update }

// TestGoldenExplanations compares the whole text of each explanation with
// testdata/explanations.golden, so that a reviewer reads each change.
func TestGoldenExplanations(t *testing.T) {
	t.Parallel()
	const file = "testdata/explanations.golden"
	var b strings.Builder
	for _, x := range explainCases {
		b.WriteString("# " + x.name + "\n" + x.explain(t).String() + "\n")
	}
	if updating() {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(b.String(), "\n\n")
	for i, part := range strings.Split(string(want), "\n\n") {
		if i >= len(got) || got[i] != part {
			t.Fatalf("got:\n%s\n\nwant:\n%s\n\nIf the words are better now, run: go test -run TestGoldenExplanations -update", strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""), part)
		}
	}
	if b.String() != string(want) {
		t.Errorf("there are more explanations than in %s", file)
	}
}
