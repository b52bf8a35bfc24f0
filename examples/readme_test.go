package examples_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// blocks returns the fenced blocks of the README that are marked with language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	return blocksOf(t, "../README.md", language)
}

func blocksOf(t *testing.T, document, language string) []string {
	t.Helper()
	readme, err := os.ReadFile(document)
	require.NoError(t, err)
	var all []string
	for i, part := range strings.Split("\n"+string(readme), "\n```") {
		// Every other part is a block; its first line is the language.
		if found, block, _ := strings.Cut(part, "\n"); i%2 == 1 && found == language {
			all = append(all, block+"\n")
		}
	}
	require.NotEmpty(t, all)
	return all
}

// snippet is a program around a part of one.
const snippet = `package main

import (
	"errors"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	cors "github.com/crossgate/cors/core"
)

func main() {
	var engine *gin.Engine
	var policy, adminPolicy, publicPolicy *cors.Policy
	_, _, _, _, _, _, _ = engine, policy, adminPolicy, publicPolicy, time.Second, errors.Join, corsgin.New
	{
		%s
		_, _ = policy, err
	}
}
`

// TestReadmePrograms compiles each program of the README as its reader would, and
// the snippet of a policy.
func TestReadmePrograms(t *testing.T) {
	t.Parallel()
	imports := make(map[string]bool)
	programs := blocks(t, "go")
	require.Len(t, programs, 7)
	for i, program := range programs {
		if !strings.HasPrefix(program, "package main") {
			program = fmt.Sprintf(snippet, program)
		}
		for _, m := range regexp.MustCompile(`adapters/(\w+)`).FindAllStringSubmatch(program, -1) {
			imports[m[1]] = true
		}
		// Inside the module, whose requirements it needs, and hidden from ./... .
		dir, err := os.MkdirTemp(".", "_readme") //nolint:usetesting // it has to lie inside the module
		require.NoError(t, err)
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o600))
		out, err := exec.Command("go", "vet", "./"+dir).CombinedOutput()
		assert.NoError(t, err, "program %d:\n%s\n%s", i, program, out)
	}
	assert.Len(t, imports, 5, "one program for each adapter")
}

// TestAdapterReadmePrograms compiles the program of each adapter's README in the
// adapter's own module.
func TestAdapterReadmePrograms(t *testing.T) {
	t.Parallel()
	modules, err := filepath.Glob("../adapters/*/go.mod")
	require.NoError(t, err)
	require.NotEmpty(t, modules)
	for _, module := range modules {
		folder, err := filepath.Abs(filepath.Dir(module))
		require.NoError(t, err)
		program := blocksOf(t, filepath.Join(folder, "README.md"), "go")[0]
		require.True(t, strings.HasPrefix(program, "package main"), folder)
		file := filepath.Join(t.TempDir(), "main.go")
		require.NoError(t, os.WriteFile(file, []byte(program), 0o600))
		overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(folder, "_readme", "main.go"): file}})
		require.NoError(t, err)
		replace := filepath.Join(t.TempDir(), "overlay.json")
		require.NoError(t, os.WriteFile(replace, overlay, 0o600))
		command := exec.CommandContext(t.Context(), "go", "build", "-o", os.DevNull, "-overlay", replace, "./_readme")
		command.Dir = folder
		out, err := command.CombinedOutput()
		assert.NoError(t, err, "%s:\n%s", folder, out)
	}
}

// TestReadmeOutput holds what the README says is printed against what is.
func TestReadmeOutput(t *testing.T) {
	t.Parallel()
	texts := strings.Join(blocks(t, ""), "\n")

	_, err := cors.Compile(cors.Config{
		AllowOrigins:     []string{"https://app.example.com/", "https://*.vercel.app"},
		AllowCredentials: true,
		AllowHeaders:     []string{"content-type", "authorization", "Cookie"},
	})
	errs := cors.ConfigErrors(err)
	require.Len(t, errs, 3)
	unfolded := strings.ReplaceAll(texts, "\n      ", " ")
	for _, e := range errs {
		assert.Contains(t, unfolded, e.Error()+"\n")
	}

	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	x := policy.Explain(t.Context(), cors.Request{Method: "OPTIONS", Origin: "https://app.example.com", RequestMethod: "DELETE"})
	assert.Contains(t, texts, fmt.Sprint(x))
}

// TestReadmeJSON compiles the README's JSON configuration.
func TestReadmeJSON(t *testing.T) {
	t.Parallel()
	for _, doc := range blocks(t, "json") {
		c, err := cors.ParseConfig([]byte(doc))
		require.NoError(t, err)
		_, err = cors.Compile(c)
		assert.NoError(t, err)
	}
}

// TestReadmeLinks checks that every relative link of the documents leads somewhere.
func TestReadmeLinks(t *testing.T) {
	t.Parallel()
	documents, err := filepath.Glob("../*.md")
	require.NoError(t, err)
	require.NotEmpty(t, documents)
	guides, err := filepath.Glob("../adapters/*/README.md")
	require.NoError(t, err)
	require.NotEmpty(t, guides)
	for _, document := range append(documents, guides...) {
		text, err := os.ReadFile(document)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "://") {
				_, err := os.Stat(filepath.Join(filepath.Dir(document), m[1]))
				assert.NoError(t, err, "%s links to %s", document, m[1])
			}
		}
	}
}
