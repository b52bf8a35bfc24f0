package peers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// lockedVersion returns a package's version in the lock file of testdata/express.
func lockedVersion(tb testing.TB, name string) string {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "express", "package-lock.json"))
	require.NoError(tb, err)
	var lock struct {
		Packages map[string]struct {
			Version string `json:"version"`
		} `json:"packages"`
	}
	require.NoError(tb, json.Unmarshal(content, &lock))
	version := lock.Packages["node_modules/"+name].Version
	require.NotEmpty(tb, version)
	return version
}

// moduleVersion returns a module's version in go.mod.
func moduleVersion(path string) func(testing.TB) string {
	return func(tb testing.TB) string {
		tb.Helper()
		content, err := os.ReadFile("go.mod")
		require.NoError(tb, err)
		match := regexp.MustCompile(`(?m)^\s` + regexp.QuoteMeta(path) + ` (v\S+)$`).FindSubmatch(content)
		require.NotNil(tb, match, path)
		return path + " " + string(match[1])
	}
}
