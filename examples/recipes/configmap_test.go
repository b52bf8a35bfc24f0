package recipes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

// TestMounted mounts the ConfigMap as a kubelet does: the file is a link into ..data, which
// is a link to a folder. An update makes a new folder and changes the link ..data.
func TestMounted(t *testing.T) {
	t.Parallel()
	manifest, err := os.ReadFile("configmap.yaml")
	require.NoError(t, err)
	_, indented, found := strings.Cut(string(manifest), "  cors.json: |\n")
	require.True(t, found)
	document := strings.ReplaceAll("\n"+indented, "\n    ", "\n")

	volume := t.TempDir()
	publish := func(version, text string) {
		require.NoError(t, os.Mkdir(filepath.Join(volume, version), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(volume, version, "cors.json"), []byte(text), 0o600))
		require.NoError(t, os.Symlink(version, filepath.Join(volume, "..data_tmp")))
		require.NoError(t, os.Rename(filepath.Join(volume, "..data_tmp"), filepath.Join(volume, "..data")))
	}
	publish("..1", document)
	require.NoError(t, os.Symlink("..data/cors.json", filepath.Join(volume, "cors.json")))

	defaults := map[string]cors.Config{"public": {AllowOrigins: []string{"*"}}, "private": {AllowOrigins: []string{"https://none.invalid"}}}
	reports := make(chan error, 10)
	set, err := recipes.Mounted(t.Context(), filepath.Join(volume, "cors.json"), defaults, func(err error) { reports <- err })
	require.NoError(t, err)
	require.NoError(t, <-reports)
	assert.True(t, set.Get("private").Load().AllowsOrigin(app))

	publish("..2", strings.ReplaceAll(document, app, admin))
	select {
	case err := <-reports:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		require.Fail(t, "the change was not noticed")
	}
	assert.True(t, set.Get("private").Load().AllowsOrigin(admin))
	assert.False(t, set.Get("private").Load().AllowsOrigin(app))

	deployment, err := os.ReadFile("deployment.yaml")
	require.NoError(t, err)
	assert.NotContains(t, string(deployment), "subPath:", "it would never be updated")
	assert.Contains(t, string(deployment), "name: api-cors")
	assert.Contains(t, string(manifest), "name: api-cors")
}

// TestMountedWithoutAName: a policy that does not compile is an error at start.
func TestMountedWithoutAName(t *testing.T) {
	t.Parallel()
	_, err := recipes.Mounted(t.Context(), "cors.json", map[string]cors.Config{"public": {}}, func(error) {})
	assert.ErrorContains(t, err, "public")
}
