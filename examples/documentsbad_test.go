package examples_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The checks of documents find the mistakes that they are for.
func TestDocumentChecksNotice(t *testing.T) {
	t.Parallel()
	const fenced = "```"
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "# One\n\n[two](sub/two.md#b-c) [self](#one) [site](https://example.com/x) `sub/two.md` `make test`\n", ""},
		{"a file that is not there", "[x](three.md)", `README.md:1: link "three.md": leads nowhere`},
		{"a folder's", "[x](sub)", ""},
		{"an anchor that is not there", "# One\n[x](#two)", `README.md:2: link "#two": there is no such anchor`},
		{"another document's anchor", "[x](sub/two.md#b)", "there is no such anchor"},
		{"the second of two equal headings", "# A\n# A\n[x](#a-1)", ""},
		{"a third that is not there", "# A\n# A\n[x](#a-2)", "there is no such anchor"},
		{"an anchor by hand", "<a id=\"7\"></a>\n[x](#7)", ""},
		{"an anchor of no document", "[x](Makefile#test)", "anchors are for documents"},
		{"out of the repository", "[x](../y)", "leads out of the repository"},
		{"from the root", "[x](/sub)", "should be relative"},
		{"http", "[x](http://example.com)", "should be https"},
		{"bare http", "see http://example.com/x.", `"http://example.com/x": should be https`},
		{"one's own machine", "see http://127.0.0.1:8800", ""},
		{"no host", "[x](https://x)", "has no host"},
		{"nothing in it", "[x]()", "is empty"},
		{"a reference", "[x]: three.md", "leads nowhere"},
		{"in code", "`[x](three.md)`\n\n" + fenced + "\n[x](three.md)\n" + fenced, ""},
		{"a file by its name", "`sub/three.go`", "there is no such file"},
		{"a target", "`make tset`", "make has no target tset"},
		{"one of two targets", "    make test tset", "make has no target tset"},
		{"a target in a block", fenced + "sh\nmake tset # why\n" + fenced, "README.md:2: make has no target tset"},
		{"a program that is not there", fenced + "\ngo run ./cmd/x -y\n" + fenced, "./cmd/x is not there"},
		{"a module that is not there", fenced + "\ngo get github.com/crossgate/cors/adapters/corsnone\n" + fenced, "adapters/corsnone is no module"},
		{"a fragment", fenced + "go\nx := 1\n" + fenced, ""},
		{"a fragment without a context", "OTHER.md", "OTHER.md:1: a fragment of Go without a context"},
		{"a configuration", fenced + "json\n{\"allowOrigins\": [\"https://a.example\"]}\n" + fenced, ""},
		{"a wrong one", fenced + "json\n{\"allowOrigin\": []}\n" + fenced, "the configuration is wrong"},
		{"one that does not compile", fenced + "json\n{\"allowOrigins\": [\"https://a.example/\"]}\n" + fenced, `write "https://a.example"`},
		{"a language that nobody knows", fenced + "rust\nfn\n" + fenced, "nobody checks blocks of the language rust"},
		{"a block without an end", fenced + "go\nx", "nobody checks blocks of the language a block without an end"},
		{"a marked one", "<!-- unchecked: because -->\n" + fenced + "rust\nfn\n" + fenced, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			repository := fstest.MapFS{
				"README.md":  {Data: []byte(test.text)},
				"sub/two.md": {Data: []byte("# B, `c`\n")},
				"Makefile":   {Data: []byte("test: ## x\n")},
			}
			if test.text == "OTHER.md" {
				repository["OTHER.md"] = &fstest.MapFile{Data: []byte(fenced + "go\nx := 1\n" + fenced)}
			}
			pages := readPages(t, repository)
			_, counts, problems := sortBlocks(pages)
			problems = append(problems, checkPages(repository, pages)...)
			if test.want == "" {
				assert.Empty(t, problems)
			} else {
				require.Len(t, problems, 1)
				assert.Contains(t, problems[0], test.want)
			}
			if strings.Contains(test.text, "unchecked:") {
				assert.Equal(t, map[string]int{"unchecked": 1}, counts, "it is counted")
			}
		})
	}
}

// TestBlockCompilerNotices: programs and fragments of Go that do not compile are found.
func TestBlockCompilerNotices(t *testing.T) {
	t.Parallel()
	const fenced = "```"
	for text, want := range map[string]string{
		fenced + "go\npackage main\n\nfunc main() { undefined() }\n" + fenced:             "undefined: undefined",
		fenced + "go\nm := corsgin.NewMount(engine)\nerr := error(nil)\n_ = m\n" + fenced: "not enough arguments in call to corsgin.NewMount",
	} {
		programs, _, problems := sortBlocks([]page{parsePage("README.md", text)})
		require.Empty(t, problems)
		require.Len(t, programs["examples"], 1)
		out, err := typecheck(t, ".", programs["examples"])
		require.Error(t, err)
		assert.Contains(t, string(out), want)
	}
}

// slugOf returns the same anchors as GitHub.
func TestSlugs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Where do I put it":              "where-do-i-put-it",
		"CDN caching and Vary":           "cdn-caching-and-vary",
		"Report-only, the next policy":   "report-only-the-next-policy",
		"`*` with credentials":           "-with-credentials",
		"rs/cors: a `Config`":            "rscors-a-config",
		"[Linked](x.md) and _underlined": "linked-and-_underlined",
		"What's new?":                    "whats-new",
	} {
		assert.Equal(t, want, slugOf(text))
	}
}
