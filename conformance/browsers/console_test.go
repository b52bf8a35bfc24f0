//go:build unix

package browsers

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/cases"
	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/conformance/browsers/site"
)

func readTexts(t *testing.T) []*cases.Text {
	t.Helper()
	text, err := os.ReadFile("testdata/texts.txt")
	require.NoError(t, err)
	all, err := cases.ReadTexts(string(text))
	require.NoError(t, err)
	return all
}

// console holds an engine's messages about its failed fetches.
type console struct {
	engine string
	table  []*cases.Text
	texts  map[*site.Run][]string
	codes  map[*site.Run][]string // only Chromium reports them
	shown  map[*cases.Text]map[string]bool
}

func listen(engine string, table []*cases.Text, s *site.Site, messages []engine.Message) *console {
	c := &console{
		engine: engine, table: table,
		texts: make(map[*site.Run][]string), codes: make(map[*site.Run][]string),
		shown: make(map[*cases.Text]map[string]bool),
	}
	for _, m := range messages {
		r := s.RunOf(m.URL)
		switch {
		case r == nil: // a message about the page, or about the warm-up
		case m.Code != "":
			c.codes[r] = append(c.codes[r], m.Code)
		default:
			c.texts[r] = append(c.texts[r], m.Text)
		}
	}
	return c
}

// of returns a function to call for each error of a run, with the wanted code. It returns
// the wanted code if the engine's text may mean it, or else all codes that the text may
// mean.
func (c *console) of(r *site.Run) func(want string) string {
	texts, codes := c.texts[r], c.codes[r]
	return func(want string) string {
		t := cases.Find(c.table, c.engine, texts)
		if t == nil {
			return "unknown"
		}
		if len(t.Says) == 0 && len(texts) > 0 {
			return fmt.Sprintf("unknown: %q", texts[0])
		}
		texts = texts[len(t.Says):]
		meant := strings.Join(t.Codes, "/")
		if slices.Contains(t.Codes, want) {
			meant = want
			if c.shown[t] == nil {
				c.shown[t] = make(map[string]bool)
			}
			c.shown[t][want] = true
		}
		if c.engine != "chromium" {
			return meant
		}
		code := "-"
		if len(codes) > 0 {
			code, codes = codes[0], codes[1:]
		}
		if code != meant {
			return fmt.Sprintf("%s, but the console says %s", code, meant)
		}
		return code
	}
}

// quote returns all messages of the engine about a run.
func (c *console) quote(r *site.Run) string {
	var b strings.Builder
	for _, text := range c.texts[r] {
		fmt.Fprintf(&b, "\n  console: %s", text)
	}
	return b.String()
}

// unshown returns the texts of the table that no run has shown.
func (c *console) unshown() []string {
	var missing []string
	for _, t := range c.table {
		for _, code := range t.Codes {
			if t.Engine == c.engine && !c.shown[t][code] {
				missing = append(missing, fmt.Sprintf("%v: %s", t.Says, code))
			}
		}
	}
	return missing
}
