package configlibs

import (
	"testing"

	goccy "github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	yaml3 "go.yaml.in/yaml/v3"
	yaml4 "go.yaml.in/yaml/v4"
	gopkg "gopkg.in/yaml.v3"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// TestPoliciesInYAML loads a document of policies with each library that reads YAML. A
// document with a mistake must change nothing.
func TestPoliciesInYAML(t *testing.T) {
	t.Parallel()
	for name, unmarshal := range map[string]func([]byte, any) error{
		"go.yaml.in/yaml/v3": yaml3.Unmarshal,
		"go.yaml.in/yaml/v4": func(document []byte, to any) error { return yaml4.Unmarshal(document, to) },
		"gopkg.in/yaml.v3":   gopkg.Unmarshal,
		"goccy/go-yaml":      func(document []byte, to any) error { return goccy.Unmarshal(document, to) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := policies.New(map[string]cors.Config{
				"public":   {AllowOrigins: []string{"*"}},
				"partners": {AllowOrigins: []string{"https://old.example"}},
			})
			require.NoError(t, err)
			load := func(document []byte) error { // a function for policies.Follow
				var configs map[string]cors.Config
				if err := unmarshal(document, &configs); err != nil {
					return err
				}
				return set.Load(configs)
			}
			allows := set.Get("partners").Load
			require.NoError(t, load([]byte("public:\n  allowOrigins: ['*']\npartners:\n  allowOrigins:\n    - https://new.example\n  enforce: all\n  maxAge: 10m\n")))
			assert.True(t, allows().AllowsOrigin("https://new.example"))
			assert.Equal(t, cors.EnforceAll, allows().Config().Enforce)
			for document, want := range map[string]string{
				"public:\n  allowOrigins: ['*']\npartners:\n  allowOrigns:\n    - https://typo.example\n":   "allowOrigins",
				"public:\n  allowOrigins: ['*']\npartners:\n  allowOrigins:\n    - https://typo.example/\n": "partners.allowOrigins[0]",
				"public:\n  allowOrigins: ['*']\npartnres:\n  allowOrigins:\n    - https://typo.example\n":  `the program uses no policy "partnres"`,
				"public:\n  allowOrigins: ['*']\npartners:\n":                                               "partners.allowOrigins",
				"public:\n  allowOrigins: ['*']\n":                                                          `there is no policy "partners"`,
				"":                                                                                          `there is no policy "partners"`,
				"public: {allowOrigins: ['*']}\npartners: {allowOrigins: [https://typo.example], maxAge: [1, 2]}": "maxAge",
				"- public\n": "",
				"{":          "",
			} {
				err := load([]byte(document))
				require.Error(t, err, document)
				assert.ErrorContains(t, err, want, document)
				assert.True(t, allows().AllowsOrigin("https://new.example"), document)
				assert.False(t, allows().AllowsOrigin("https://typo.example"), document)
			}
		})
	}
}
