package browsers

import (
	"path/filepath"
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
	"github.com/crossgate/cors/conformance/browsers/site"
)

func adapters() []site.Adapter {
	return []site.Adapter{
		{Name: "corshttp", Start: corshttptest.Start},
		{Name: "corschi", Start: corschitest.Start},
		{Name: "corsgin", Start: corsgintest.Start},
		{Name: "corsecho", Start: corsechotest.Start},
		{Name: "corsechov5", Start: corsechov5test.Start},
		{Name: "corsfasthttp", Start: corsfasthttptest.Start},
		{Name: "corsfiber", Start: corsfibertest.Start},
		{Name: "corsfiberv3", Start: corsfiberv3test.Start},
	}
}

// Every adapter must be in the table.
func TestRollCall(t *testing.T) {
	t.Parallel()
	modules, err := filepath.Glob("../../adapters/*/go.mod")
	require.NoError(t, err)
	var found, listed []string
	for _, module := range modules {
		found = append(found, filepath.Base(filepath.Dir(module)))
	}
	for _, a := range adapters() {
		listed = append(listed, a.Name)
	}
	assert.ElementsMatch(t, found, listed, "the modules under adapters, and the table in this file")
}
