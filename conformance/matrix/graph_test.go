package matrix

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// foreign are modules that users of one framework must not get with another framework,
// each with the folders that may have it. A module without folders may only be in leaf
// modules.
func foreign() map[string][]string {
	return map[string][]string{
		"github.com/go-chi/chi/":       {"corschi"},
		"github.com/gin-gonic/gin@":    {"corsgin"},
		"github.com/gin-contrib/":      {"corsgin"},
		"github.com/labstack/echo/v4@": {"corsecho"},
		"github.com/labstack/echo/v5@": {"corsechov5"},
		"github.com/gofiber/fiber/v2@": {"corsfiber"},
		"github.com/gofiber/fiber/v3@": {"corsfiberv3"},
		"github.com/valyala/fasthttp@": {"corsfasthttp", "corsfiber", "corsfiberv3"},
		"github.com/chromedp/":         nil,
		"github.com/rs/cors@":          nil,
		"github.com/go-chi/cors@":      nil,
		"github.com/jub0bs/":           nil,
		"pgregory.net/":                nil,
		"github.com/nats-io/":          nil,
		"github.com/prometheus/":       nil,
		"go.opentelemetry.io/":         nil,
		"github.com/maypok86/otter":    nil,
		"modernc.org/":                 nil,
		"github.com/alecthomas/kong":   nil, // corsdoctor's own
		"go.yaml.in/yaml/v4":           nil,
	}
}

// The users of a module download and audit everything in its graph.
func TestModuleGraphs(t *testing.T) {
	t.Parallel()
	modules, err := filepath.Glob("../../adapters/*")
	require.NoError(t, err)
	modules = append(modules, "../../core", "../../conformance")
	for _, folder := range modules {
		name := filepath.Base(folder)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := moduleGraph(t, folder)
			for path, owners := range foreign() {
				if slices.Contains(owners, name) {
					assert.Contains(t, graph, path, "%s must have it in its module graph, or the table is wrong", name)
				} else {
					assert.NotContains(t, graph, path, "%s has it in its module graph", name)
				}
			}
			if slices.Contains([]string{"core", "conformance", "corshttp", "corschi"}, name) {
				assert.NotContains(t, graph, "github.com/stretchr/testify", "%s has testify in its module graph", name)
			}
		})
	}
}

// The packages below core that are used in production (policies, corslog, policydiff) add
// no modules: core needs golang.org/x/net, and the modules that it needs.
func TestCoreNeedsNetAlone(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(moduleGraph(t, "../../core")) {
		if needed, direct := strings.CutPrefix(line, "github.com/crossgate/cors/core "); direct {
			assert.Regexp(t, `^(go@|toolchain@|golang\.org/x/(net|text)@)`, needed)
		}
	}
}

// moduleGraph returns the output of go mod graph for one module.
func moduleGraph(t *testing.T, folder string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "mod", "graph")
	command.Dir = folder
	command.Env = append(command.Environ(), "GOWORK=off")
	var problems strings.Builder
	command.Stderr = &problems
	out, err := command.Output()
	require.NoError(t, err, problems.String())
	require.NotEmpty(t, out)
	return string(out)
}
