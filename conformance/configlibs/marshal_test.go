package configlibs

import (
	"testing"

	goccy "github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	yaml3 "go.yaml.in/yaml/v3"
	yaml4 "go.yaml.in/yaml/v4"
	gopkg "gopkg.in/yaml.v3"
	sigs "sigs.k8s.io/yaml"

	cors "github.com/crossgate/cors/core"
)

// TestYAMLRoundTrip writes a Config with each YAML library, as programs do that show
// their configuration, and reads it again.
func TestYAMLRoundTrip(t *testing.T) {
	t.Parallel()
	whole := programDefaults()
	whole.AllowOriginFunc = nil
	for name, library := range map[string]struct {
		marshal func(any) ([]byte, error)
		decode  func([]byte, App) (App, error)
	}{
		"sigs.k8s.io/yaml":         {sigs.Marshal, DecodeSigs},
		"gopkg.in/yaml.v3":         {gopkg.Marshal, DecodeGopkg},
		"go.yaml.in/yaml/v3":       {yaml3.Marshal, DecodeYAML3},
		"go.yaml.in/yaml/v4":       {yaml4.Marshal, DecodeYAML4},
		"github.com/goccy/go-yaml": {func(v any) ([]byte, error) { return goccy.Marshal(v) }, DecodeGoccy},
	} {
		for _, c := range []cors.Config{whole, {}, yamlForm.wanted(), {MaxAge: cors.NoCache, AllowOrigins: []string{"*", "null", "yes", "1e3", "0x1"}}} {
			text, err := library.marshal(App{Port: 1, CORS: c})
			require.NoError(t, err, name)
			got, err := library.decode(text, App{})
			require.NoError(t, err, "%s: %s", name, text)
			assert.Equal(t, c, got.CORS, "%s: %s", name, text)
		}
		_, err := library.marshal(App{CORS: programDefaults()})
		assert.ErrorContains(t, err, "a function cannot be written into a document", name)
	}
}
