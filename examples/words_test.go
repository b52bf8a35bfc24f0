package examples_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// unplain are words that readers had to read twice, with words to write instead.
var unplain = map[string]string{
	`\b[Bb]esides?\b`:                            `"next to", "and" or "also"`,
	`\b[Ww]hoever\b`:                             `"anyone who"`,
	`\bstands? against\b`:                        `"refuses"`,
	`\bmend(s|ed|ing)?\b`:                        `"fix"`,
	`\bheld (by|against)\b`:                      `"verified by" or "compared with"`,
	`\bclients that are no browsers\b`:           `"non-browser clients"`,
	`\bheeds?\b`:                                 `"obey"`,
	`\b(wants?|needs?|asks?) (no |for )?leave\b`: `"permission"`,
	`\banew\b`:                                   `"again"`,
	`\bthe layer\b`:                              `"the middleware"`,
}

// TestPlainWords checks that pages for users do not use these words. Code is not checked.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	expressions := make(map[*regexp.Regexp]string)
	for word, instead := range unplain {
		expressions[regexp.MustCompile(word)] = instead
	}
	block := regexp.MustCompile("(?ms)^```.*?^```$")
	pages := 0
	for _, p := range readPages(t, os.DirFS(root)) {
		users := strings.HasPrefix(p.file, "docs/") || strings.HasPrefix(p.file, "adapters/") || !strings.Contains(p.file, "/") && p.file != "CHANGELOG.md"
		if !users {
			continue
		}
		pages++
		text := block.ReplaceAllStringFunc(pageText(t, root+"/"+p.file), func(code string) string { return strings.Repeat("\n", strings.Count(code, "\n")) })
		for i, line := range strings.Split(text, "\n") {
			line = span.ReplaceAllString(line, "code")
			for word, instead := range expressions {
				if found := word.FindString(line); found != "" {
					t.Errorf("%s:%d: %q: write %s", p.file, i+1, found, instead)
				}
			}
		}
	}
	assert.Greater(t, pages, 40)
}
