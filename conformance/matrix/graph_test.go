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

// foreign are the modules that a user of one framework must not get with another,
// by the folder that may have them. Those of "" are for leaf modules alone.
func foreign() map[string][]string {
	return map[string][]string{
		"corschi":   {"github.com/go-chi/chi"},
		"corsecho":  {"github.com/labstack/echo", "github.com/labstack/gommon"},
		"corsfiber": {"github.com/gofiber/fiber", "github.com/valyala/fasthttp"},
		"corsgin":   {"github.com/gin-gonic/gin", "github.com/gin-contrib"},
		"":          {"github.com/chromedp", "github.com/rs/cors", "github.com/go-chi/cors", "github.com/jub0bs"},
	}
}

// A module's users download and audit whatever is in its graph.
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
			for owner, paths := range foreign() {
				if owner == name {
					continue
				}
				for _, path := range paths {
					assert.NotContains(t, graph, path, "%s has %s in its module graph", name, path)
				}
			}
			if slices.Contains([]string{"core", "conformance", "corshttp", "corschi"}, name) {
				assert.NotContains(t, graph, "github.com/stretchr/testify", "%s has testify in its module graph", name)
			}
		})
	}
}

// moduleGraph returns what go mod graph prints for a module by itself.
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
