package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCheck runs a whole check of a small workspace.
func TestCheck(t *testing.T) {
	t.Parallel()
	root, repo := fake(t)
	git(t, repo, "tag", "core/v0.0.9") // so the next version is v0.1.0
	folder := filepath.Join(t.TempDir(), "files")
	var out strings.Builder
	if err := run(t.Context(), root, []string{"check", "-update", "-out", folder}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"packed adapters/corsfake v0.1.0",
		"core: builds in the form of its tag",
		"adapters/corsfake: needs only the 3 modules of its list",
		"conformance/cmd/fakedoctor: needs only the 2 modules of its list",
		"adapters/corsfake: a stranger's project gets it, compiles, answers preflights, and passes the suite",
		"v0.1.0 can be released",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output does not contain %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "tools") {
		t.Errorf("a module that is not published is checked:\n%s", out.String())
	}
	const graph = "# compiled into programs that use it, on linux/amd64\n" +
		"project.example/fake/adapters/corsfake (this release)\n" +
		"project.example/fake/core (this release)\n" +
		"# only named by the module graph\n" +
		"project.example/fake/conformance (this release)\n"
	const installed = "# compiled into programs that use it, on linux/amd64\n" +
		"project.example/fake/conformance/cmd/fakedoctor (this release)\n" +
		"project.example/fake/core (this release)\n" +
		"# only named by the module graph\n"
	for name, want := range map[string]string{"corsfake.txt": graph, "fakedoctor.txt": installed} {
		got, err := os.ReadFile(filepath.Join(root, graphs, name))
		if err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	checkFiles(t, folder)
}

// checkFiles compares the files of a release with each other, and the bills of materials
// with the requirements of CycloneDX (ECMA-424).
func checkFiles(t *testing.T, folder string) {
	t.Helper()
	sums, err := os.ReadFile(filepath.Join(folder, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, line := range lines(string(sums)) {
		sum, name, _ := strings.Cut(line, "  ")
		names = append(names, name)
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if digest := sha256.Sum256(data); hex.EncodeToString(digest[:]) != sum {
			t.Errorf("the sum of %s is not the one in SHA256SUMS", name)
		}
	}
	const want = "adapters-corsfake-v0.1.0.cdx.json adapters-corsfake-v0.1.0.zip conformance-cmd-fakedoctor-v0.1.0.cdx.json conformance-cmd-fakedoctor-v0.1.0.zip conformance-v0.1.0.cdx.json conformance-v0.1.0.zip core-v0.1.0.cdx.json core-v0.1.0.zip go.sum"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the files are %s, want %s", got, want)
	}
	goSum, err := os.ReadFile(filepath.Join(folder, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^project\.example/fake/(core|conformance|adapters/corsfake|conformance/cmd/fakedoctor) v0\.1\.0(/go\.mod)? h1:[A-Za-z0-9+/]{43}=$`)
	if found := line.FindAllString(string(goSum), -1); len(found) != 8 || len(lines(string(goSum))) != 8 {
		t.Errorf("go.sum is\n%s", goSum)
	}

	data, err := os.ReadFile(filepath.Join(folder, "adapters-corsfake-v0.1.0.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var b bom
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	if b.Format != "CycloneDX" || b.SpecVersion != "1.6" || b.Version != 1 {
		t.Errorf("the document's format and versions are %q %q %d", b.Format, b.SpecVersion, b.Version)
	}
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(b.Serial) {
		t.Errorf("the serial number is %q", b.Serial)
	}
	zip, err := os.ReadFile(filepath.Join(folder, "adapters-corsfake-v0.1.0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(zip)
	subject := b.Metadata.Component
	if len(subject.Hashes) != 1 || subject.Hashes[0] != (hash{"SHA-256", hex.EncodeToString(digest[:])}) || len(subject.Licenses) != 1 || subject.Licenses[0].License.ID != "MIT" {
		t.Errorf("the described module has hashes %v and licences %v", subject.Hashes, subject.Licenses)
	}
	refs := make(map[string]bool)
	for _, c := range append(b.Components, subject) {
		if c.Type != "library" || c.Name == "" || c.Version != "v0.1.0" || c.PURL != "pkg:golang/"+c.Name+"@v0.1.0" || refs[c.Ref] {
			t.Errorf("component %+v", c)
		}
		refs[c.Ref] = true
		if len(c.Properties) != 1 || !strings.Contains(string(goSum), c.Name+" v0.1.0 "+c.Properties[0].Value+"\n") {
			t.Errorf("%s has the sums %v, and go.sum has\n%s", c.Name, c.Properties, goSum)
		}
	}
	if len(refs) != 2 {
		t.Errorf("the components are %v, but the suite is in no program", refs)
	}
	for _, d := range b.Dependencies {
		if !refs[d.Ref] {
			t.Errorf("%s has dependencies, but is not a component", d.Ref)
		}
		for _, ref := range d.DependsOn {
			if !refs[ref] {
				t.Errorf("%s depends on %s, which is not a component", d.Ref, ref)
			}
		}
	}
	if len(b.Dependencies) != 2 {
		t.Errorf("%d components list their dependencies, want 2", len(b.Dependencies))
	}
}

// TestStrangersFail changes the workspace so that check must fail. Each change must be
// found at the right step.
func TestStrangersFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, old, replacement, want string
	}{
		{"the adapter allows anyone", "adapters/corsfake/corsfake.go", "allowed := cors.Allows(r.Header.Get(\"Origin\"))", "allowed := true", "a preflight from another origin: got 204"},
		{"the suite fails", "conformance/conformance.go", `Set("Origin", cors.Origin)`, `Set("Origin", "null")`, `Access-Control-Allow-Origin is ""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root, _ := fake(t)
			edit(t, root, c.file, c.old, c.replacement)
			err := checkFake(t, root)
			wants(t, err, c.want)
			wants(t, err, "adapters/corsfake: ")
		})
	}
	t.Run("its program is missing", func(t *testing.T) {
		root, _ := fake(t)
		if err := os.Remove(filepath.Join(root, strangers, "corsfake", "main.go")); err != nil {
			t.Fatal(err)
		}
		wants(t, checkFake(t, root), strangers+"/corsfake/main.go is missing; write the program of a user of adapters/corsfake")
	})
}

// checkFake is the part of check that uses the adapter from another project.
func checkFake(t *testing.T, root string) error {
	t.Helper()
	w, err := openWorkspace(root)
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	packed, err := packTwice(t.Context(), w, work, "v0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	env, err := strangerEnv(t.Context(), w, work)
	if err != nil {
		t.Fatal(err)
	}
	m := packed[slices.IndexFunc(packed, func(a artifact) bool { return a.module.dir == "adapters/corsfake" })].module
	if err := asStranger(t.Context(), w, work, env, m, "v0.1.0"); err != nil {
		return errorOf(m, err)
	}
	return nil
}

func TestGraphsAreBounded(t *testing.T) {
	t.Parallel()
	golden := filepath.Join(t.TempDir(), "graphs", "a.txt")
	const text = "# compiled\none v1.0.0\n# named\ntwo v1.0.0\n"
	wants(t, compareGraph(golden, "a.txt", text, false), "a.txt is missing")
	wants(t, compareGraph(golden, "a.txt", text, true), "")
	wants(t, compareGraph(golden, "a.txt", text, false), "")
	err := compareGraph(golden, "a.txt", strings.Replace(text, "two v1.0.0", "two v1.1.0\nthree v0.1.0", 1), false)
	wants(t, err, "gone: two v1.0.0")
	wants(t, err, "new:  three v0.1.0")
	wants(t, compareGraph(golden, "a.txt", "# compiled\none v1.0.0\ntwo v1.0.0\n# named\n", false), "now compiled in, or no longer compiled in")
}
