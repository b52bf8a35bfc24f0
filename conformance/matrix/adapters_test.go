package matrix

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corschi/corschitest"
	"github.com/crossgate/cors/adapters/corsecho/corsechotest"
	"github.com/crossgate/cors/adapters/corsechov5/corsechov5test"
	"github.com/crossgate/cors/adapters/corsfasthttp/corsfasthttptest"
	"github.com/crossgate/cors/adapters/corsfiber/corsfibertest"
	"github.com/crossgate/cors/adapters/corsfiberv3/corsfiberv3test"
	"github.com/crossgate/cors/adapters/corsgin/corsgintest"
	"github.com/crossgate/cors/adapters/corshttp/corshttptest"
	"github.com/crossgate/cors/conformance"
)

// adapter is a row of the matrix.
type adapter struct {
	name  string // the name of its folder
	start conformance.Start
	known map[string]string // cases that are known to diverge, with the reasons

	// routerless says why there is no Mount. If it is empty, there must be a Mount.
	routerless string
}

func adapters() []adapter {
	return []adapter{
		{name: "corshttp", start: corshttptest.Start},
		{name: "corschi", start: corschitest.Start},
		{name: "corsgin", start: corsgintest.Start, known: map[string]string{
			corsgintest.RedirectDivergence: corsgintest.RedirectReason,
		}},
		{name: "corsecho", start: corsechotest.Start},
		{name: "corsechov5", start: corsechov5test.Start},
		{name: "corsfasthttp", start: corsfasthttptest.Start, routerless: "fasthttp has no router"},
		{name: "corsfiber", start: corsfibertest.Start},
		{name: "corsfiberv3", start: corsfiberv3test.Start},
	}
}

// Every adapter must be in the table. If a module under adapters were missing, nobody
// would see its divergences. Each adapter must also run the suite itself.
func TestRollCall(t *testing.T) {
	t.Parallel()
	modules, err := filepath.Glob("../../adapters/*/go.mod")
	require.NoError(t, err)
	require.NotEmpty(t, modules)
	routerless := make(map[string]bool)
	for _, a := range adapters() {
		routerless[a.name] = a.routerless != ""
	}
	var found, listed []string
	for _, module := range modules {
		folder := filepath.Dir(module)
		found = append(found, filepath.Base(folder))
		tests := testsIn(t, folder)
		for _, runs := range []string{
			"conformance.Run(t, %stest.Start", "conformance.Fuzz(f, %stest.Start",
			"conformance.RunGuard(t, %stest.Start", "conformance.RunMount(t, %stest.StartMount",
		} {
			call := fmt.Sprintf(runs, filepath.Base(folder))
			if strings.HasSuffix(call, "StartMount") && routerless[filepath.Base(folder)] {
				assert.NotContains(t, tests, call, "the table says that there is no Mount")
				continue
			}
			assert.Contains(t, tests, call, "every adapter must run the suite: %s", folder)
		}
	}
	for _, a := range adapters() {
		listed = append(listed, a.name)
	}
	assert.ElementsMatch(t, found, listed, "the modules under adapters, and the table in this file")
}

// testsIn returns the source of all tests in the folder.
func testsIn(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		all.Write(text)
	}
	return all.String()
}

// Each known divergence must name an existing case.
func TestKnownDivergencesAreCases(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for c := range conformance.Cases() {
		names[c.Name] = true
	}
	for _, a := range adapters() {
		for name := range a.known {
			assert.True(t, names[name], "%s: there is no case %q", a.name, name)
		}
	}
}
