package lab

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/diagnosis"
)

// Every link leads to an existing page, and to an existing heading.
func TestGuides(t *testing.T) {
	t.Parallel()
	links := []string{guide(refusedByEnforce)}
	for _, kind := range diagnosis.Kinds() {
		links = append(links, guide(string(kind)))
		assert.NotEmpty(t, title(string(kind)))
	}
	for _, s := range snippets() {
		links = append(links, s.Guide)
	}
	page, err := os.ReadFile("../playground/web/page/index.html")
	require.NoError(t, err)
	found := regexp.MustCompile(`href="(https:[^"]*)"`).FindAllStringSubmatch(string(page), -1)
	assert.NotEmpty(t, found)
	for _, link := range found {
		links = append(links, link[1])
	}
	assert.Empty(t, guide(blockedPort)+guide(notARequest))
	for _, link := range links {
		path, found := strings.CutPrefix(link, guides)
		require.True(t, found, link)
		file, anchor, _ := strings.Cut(path, "#")
		text, err := os.ReadFile("../../../../docs/" + file) //nolint:gosec // a page of the repository
		require.NoError(t, err, link)
		headings := map[string]bool{"": true}
		for line := range strings.Lines(string(text)) {
			if heading, found := strings.CutPrefix(line, "#"); found {
				headings[strings.ReplaceAll(strings.ToLower(strings.Trim(heading, "# \n")), " ", "-")] = true
			}
		}
		assert.True(t, headings[anchor], link)
	}
}
