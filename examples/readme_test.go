package examples_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadmeIsShort: people who open the README have little time. A test generates its
// table of blocked calls.
func TestReadmeIsShort(t *testing.T) {
	t.Parallel()
	assert.LessOrEqual(t, strings.Count(pageText(t, root+"/README.md"), "\n"), 150)
}

// TestInstallLines: no page says "go get" for our modules before the first release.
func TestInstallLines(t *testing.T) {
	t.Parallel()
	if regexp.MustCompile(`(?m)^## \[\d+\.\d+\.\d+\]`).MatchString(pageText(t, root+"/CHANGELOG.md")) {
		assert.Contains(t, pageText(t, root+"/README.md"), "go get "+ourPath)
		return
	}
	for _, p := range readPages(t, os.DirFS(root)) {
		assert.NotRegexp(t, "go get "+ourPath+"|go install "+ourPath+`|`+ourPath+`\S*@`, pageText(t, root+"/"+p.file), p.file)
	}
}

// TestReadmeSpeed compares what the README says about speed with the benchmarks' table.
func TestReadmeSpeed(t *testing.T) {
	t.Parallel()
	assert.Contains(t, pageText(t, root+"/README.md"), "faster on average")
	row := regexp.MustCompile(`(?m)^\| (\S+) +\| (\S+) +\| +([0-9.]+) \|`)
	table := pageText(t, root+"/conformance/bench/BENCHMARKS.md")
	slower := map[string]bool{"go-chi": true, "gin-contrib": true, "echo": true, "fiber": true}
	for _, m := range row.FindAllStringSubmatch(table, -1) {
		if !slower[m[2]] {
			continue
		}
		delete(slower, m[2])
		mean, err := strconv.ParseFloat(m[3], 64)
		require.NoError(t, err)
		assert.Less(t, mean, 1.0, m[2])
	}
	assert.Empty(t, slower, "no row in the first table")
}

// TestReadmeLines checks that each line in the README's table of frameworks is in the
// framework's guide.
func TestReadmeLines(t *testing.T) {
	t.Parallel()
	_, table, found := strings.Cut(pageText(t, root+"/README.md"), "\n| framework | the line | guide |\n|---|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	guides := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		require.Len(t, cells, 3, line)
		code := span.FindAllStringSubmatch(cells[1], -1)
		require.NotEmpty(t, code, line)
		for i, m := range link.FindAllStringSubmatch(cells[2], -1) {
			install := code[0][1]
			if i > 0 { // the next major version: the same line with another package
				install = regexp.MustCompile(`cors[a-z]+\.New`).ReplaceAllString(install, code[i][1]+".New")
			}
			assert.Contains(t, programOf(t, root+"/"+m[1]), install)
			guides++
		}
	}
	adapters, err := os.ReadDir(root + "/adapters")
	require.NoError(t, err)
	assert.Equal(t, len(adapters)-1, guides, "all but fasthttp's, which is below the table")
}
