package examples_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// elsewhere are documents whose blocks other tests compile or run: the test's file by
// the beginning of their names.
func elsewhere() map[string]string {
	return map[string]string{
		"docs/migrate/":                  "conformance/peers/guides_test.go",    // runs both programs of a guide
		"conformance/peers/MIGRATION.md": "conformance/peers/migration_test.go", // prints what profile_test.go has run
		"conformance/peers/DIFFERENCES":  "conformance/peers/differences_test.go",
		"docs/blocked.md":                "conformance/peers/doctor_test.go",    // runs these changes in each system
		"docs/recipes/configuration.md":  "conformance/configlibs/page_test.go", // writes the page from the sources that it runs
	}
}

// contexts are what the fragments of Go stand in, by document: declarations, and
// after a line of dashes the statements around it.
func contexts() map[string]string {
	// What is in scope of the lines in an adapter's README.
	readme := func(adapter, framework, declarations string) string {
		return "import (\n\"" + ourPath + "adapters/" + adapter + "\"\n" + framework + "\ncors \"" + ourPath + "core\"\n)\n" + declarations + "\n---\nvar handler any\n_ = handler\n{\n%s\n_ = handler\n}"
	}
	const (
		chi     = `"github.com/go-chi/chi/v5"`
		gin     = `"github.com/gin-gonic/gin"`
		echo    = `"github.com/labstack/echo/v4"`
		echoV5  = `"github.com/labstack/echo/v5"`
		fiber   = `"github.com/gofiber/fiber/v2"`
		fiberV3 = `"github.com/gofiber/fiber/v3"`
		fast    = `"github.com/valyala/fasthttp"`
	)
	return map[string]string{
		"README.md": `import (
	"errors"
	"time"
	"` + ourPath + `adapters/corsgin"
	cors "` + ourPath + `core"
	"github.com/gin-gonic/gin"
)
var engine *gin.Engine
var adminPolicy, publicPolicy *cors.Policy
var _, _, _, _ = errors.Join, time.Now, corsgin.New, engine
---
var policy *cors.Policy
{
%s
_, _ = policy, err
}
_ = policy`,
		"docs/adapter.md": `import (
	"errors"
	"net/http"
	"github.com/gorilla/mux"
	cors "` + ourPath + `core"
	corsmux "` + ourPath + `examples/adapter"
)
var router *mux.Router
var policy, adminPolicy *cors.Policy
var items, updateUser http.HandlerFunc
---
var err error // of Compile
%s
_, _ = handler, err`,
		"docs/start.md": `import (
	"context"
	"fmt"
	cors "` + ourPath + `core"
)
var policy *cors.Policy
---
%s`,
		"docs/policy.md": `import (
	"log"
	"log/slog"
	"time"
	cors "` + ourPath + `core"
	"` + ourPath + `core/corslog"
)
var _, _, _, _ = log.Fatal, slog.Default, time.Second, corslog.New
var policy, private, public *cors.Policy
---
var routes, err any
_, _ = routes, err
{
%s
_, _, _ = policy, routes, err
}`,
		"docs/groups.md": `import (
	"errors"
	"log"
	"net/http"
	"` + ourPath + `adapters/corshttp"
	cors "` + ourPath + `core"
)
var policy, adminPolicy, publicPolicy *cors.Policy
var items, updateUser, status, jobs http.HandlerFunc
---
var err error // of Compile
%s
_ = handler`,
		"docs/production.md": `import (
	"context"
	"log"
	"log/slog"
	"net/http"
	"time"
	"` + ourPath + `adapters/corshttp"
	cors "` + ourPath + `core"
	"` + ourPath + `core/corslog"
	"` + ourPath + `core/policies"
)
var policy *cors.Policy
var active, candidate *cors.Live
var mux *http.ServeMux
var document []byte
var ctx context.Context
var report func(error)
var _, _, _, _ = log.Fatal, slog.Default, time.Second, corslog.New
var _ = policies.File
type Differences struct{}
func (*Differences) Report(cors.Request, cors.Decision, cors.Decision) {}
func NewDifferences(*slog.Logger, time.Duration) *Differences { return nil }
---
%s
var _ http.Handler = handler`,
		"adapters/corshttp/README.md":     readme("corshttp", `"net/http"`, "var mux *http.ServeMux"),
		"adapters/corschi/README.md":      readme("corschi", chi, "var r *chi.Mux"),
		"adapters/corsgin/README.md":      readme("corsgin", gin, "var r *gin.Engine"),
		"adapters/corsecho/README.md":     readme("corsecho", echo, "var e *echo.Echo"),
		"adapters/corsechov5/README.md":   readme("corsechov5", echoV5, "var e *echo.Echo"),
		"adapters/corsfiber/README.md":    readme("corsfiber", fiber, "var app *fiber.App"),
		"adapters/corsfiberv3/README.md":  readme("corsfiberv3", fiberV3, "var app *fiber.App"),
		"adapters/corsfasthttp/README.md": readme("corsfasthttp", fast, "var router fasthttp.RequestHandler"),
	}
}

// guideHandlers are the frameworks' types of handlers, by guide.
func guideHandlers() map[string]string {
	return map[string]string{
		"docs/frameworks/nethttp.md":  "http.HandlerFunc",
		"docs/frameworks/chi.md":      "http.HandlerFunc",
		"docs/frameworks/gin.md":      "gin.HandlerFunc",
		"docs/frameworks/echo.md":     "echo.HandlerFunc",
		"docs/frameworks/echov5.md":   "echo.HandlerFunc",
		"docs/frameworks/fiber.md":    "fiber.Handler",
		"docs/frameworks/fiberv3.md":  "fiber.Handler",
		"docs/frameworks/fasthttp.md": "fasthttp.RequestHandler",
	}
}

// pasteMount puts a guide's fragment into its program as the guide says: in place of the line
// with New, with two more policies, the reader's own handlers and the import of errors.
func pasteMount(program, fragment, handler string) string {
	lines := strings.Split(program, "\n")
	if i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, ".New(refusals.Of(policy))") }); i >= 0 {
		lines[i] = fragment
	}
	program = strings.Replace(strings.Join(lines, "\n"), "import (\n", "import (\n\"errors\"\n", 1)
	return program + "\nvar adminPolicy, publicPolicy *cors.Policy\nvar status, updateUser, jobs " + handler + "\nvar _ = errors.Join\n"
}

// unchecked is how many blocks may bear the mark "unchecked: why". None does.
const unchecked = 0

// TestBlocks checks every block of code in the documents: what is Go compiles, what is
// a configuration compiles too, and nothing is left out without being counted.
func TestBlocks(t *testing.T) {
	t.Parallel()
	pages := readPages(t, os.DirFS(root))
	programs, counts, problems := sortBlocks(pages)
	for _, problem := range problems {
		t.Error(problem)
	}
	t.Log(counts)
	assert.Equal(t, unchecked, counts["unchecked"])
	for _, kind := range []string{"program", "fragment", "config", "commands", "elsewhere", "other"} {
		assert.NotZero(t, counts[kind], kind)
	}
	for document, test := range elsewhere() {
		assert.FileExists(t, filepath.Join(root, test), document)
	}
	for _, folder := range slices.Sorted(maps.Keys(programs)) {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			out, err := typecheck(t, filepath.Join(root, folder), programs[folder])
			assert.NoError(t, err, "%s", out)
		})
	}
}

// sortBlocks says of every block how it is checked, counts them, and returns the
// programs of Go, whole or made whole, by the folder of the module that they are for.
func sortBlocks(pages []page) (programs map[string]map[string]string, counts map[string]int, problems []string) {
	programs, counts = make(map[string]map[string]string), make(map[string]int)
	for _, p := range pages {
		covered := slices.ContainsFunc(slices.Collect(maps.Keys(elsewhere())), func(prefix string) bool { return strings.HasPrefix(p.file, prefix) })
		for _, b := range p.blocks {
			kind, problem := b.kind(p, covered)
			if problem != "" {
				problems = append(problems, fmt.Sprintf("%s:%d: %s", p.file, b.line, problem))
				continue
			}
			counts[kind]++
			program := b.text
			switch kind {
			case "fragment":
				if handler, guide := guideHandlers()[p.file]; guide {
					program = pasteMount(p.blocks[0].text, b.text, handler)
					break
				}
				declarations, around, _ := strings.Cut(contexts()[p.file], "\n---\n")
				program = "package main\n" + declarations + "\nfunc main() {\n" + fmt.Sprintf(around, b.text) + "\n}\n"
			case "program":
			default:
				continue
			}
			folder := moduleOfPage(p.file)
			if programs[folder] == nil {
				programs[folder] = make(map[string]string)
			}
			// A wrong line is reported by its place in the document.
			name := fmt.Sprintf("%s_%d", strings.NewReplacer("/", "_", ".", "_").Replace(p.file), b.line)
			programs[folder][name] = program
		}
	}
	return programs, counts, problems
}

// moduleOfPage is the folder of the module in which a page's programs compile.
func moduleOfPage(file string) string {
	framework, guide := strings.CutPrefix(file, "docs/frameworks/")
	switch {
	case strings.HasPrefix(file, "adapters/"):
		return path.Dir(file)
	case guide:
		return "adapters/cors" + strings.TrimPrefix(strings.TrimSuffix(framework, ".md"), "net")
	}
	return "examples"
}

// kind says how a block is checked, or what is wrong with it.
func (b block) kind(p page, covered bool) (kind, problem string) {
	if strings.HasPrefix(b.mark, "unchecked: ") {
		return "unchecked", ""
	}
	if covered && b.language != "" && b.language != "sh" {
		return "elsewhere", ""
	}
	if below, _, _ := strings.Cut(p.file, "/"); below == "docs" && (strings.HasPrefix(b.mark, "source: ") || strings.HasPrefix(b.mark, "file: ")) {
		return "elsewhere", "" // TestPages holds it against its source
	}
	switch b.language {
	case "go":
		if strings.HasPrefix(b.text, "package ") {
			return "program", ""
		}
		if contexts()[p.file] == "" && guideHandlers()[p.file] == "" {
			return "", "a fragment of Go without a context; give it one in blocks_test.go"
		}
		return "fragment", ""
	case "json":
		config, err := cors.ParseConfig([]byte(b.text))
		if err == nil {
			_, err = cors.Compile(config)
		}
		if err != nil {
			return "", "the configuration is wrong: " + err.Error()
		}
		return "config", ""
	case "", "sh":
		return "commands", "" // checkPages has looked at those that can be
	case "mermaid", "http":
		return "other", ""
	}
	return "", "nobody checks blocks of the language " + b.language
}

// typecheck compiles programs, without linking them, as if they lay in folders of the
// module.
func typecheck(t *testing.T, folder string, programs map[string]string) ([]byte, error) {
	t.Helper()
	folder, err := filepath.Abs(folder)
	require.NoError(t, err)
	overlay := make(map[string]string)
	replace := filepath.Join(t.TempDir(), "overlay.json")
	arguments := []string{"list", "-export", "-f", "", "-overlay", replace}
	for name, text := range programs {
		source := filepath.Join(t.TempDir(), "main.go")
		require.NoError(t, os.WriteFile(source, []byte(text), 0o600))
		overlay[filepath.Join(folder, "_documents", name, "main.go")] = source
		arguments = append(arguments, "./_documents/"+name)
	}
	content, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(replace, content, 0o600))
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Dir = folder
	return command.CombinedOutput()
}
