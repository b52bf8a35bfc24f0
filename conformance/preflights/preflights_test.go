//go:build unix

package preflights_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/conformance/preflights"
)

// patience is how long an engine may take. It needs about half a minute on two idle cores.
const patience = 15 * time.Minute

// TestFewest lets the page call Crossgate and the other libraries in each engine. No
// library may cause fewer preflights than Crossgate. If the engine's version is the one
// in README.md, the counts must be the same. Two policies are enough here; `make
// preflights` uses all.
func TestFewest(t *testing.T) {
	t.Parallel()
	var policies []preflights.Policy
	for _, p := range preflights.Policies() {
		if p.Any != p.Credentials {
			policies = append(policies, p)
		}
	}
	require.Len(t, policies, 2)
	libraries := preflights.Libraries()
	libraries = append(libraries[:1:1], libraries[2:]...) // one row is enough for Crossgate too
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			e := engine.ForTest(t, name)
			rows, err := preflights.Compare(ctx, e, policies, libraries, preflights.Age)
			require.NoError(t, err)
			for _, row := range rows {
				t.Logf("%s %s: %s: %s: %+v", e.Name, e.Version, row.Policy, row.Name, row.Results)
			}
			assertFewest(t, rows)
			known := readme(t, "The same max-age")
			for _, row := range rows {
				if cells, ok := known[row.Policy+"/"+row.Name]; assert.True(t, ok, "README.md has no row for %s under %s", row.Name, row.Policy) {
					if want, ok := cells[e.Name+" "+e.Version]; ok && len(row.Results) > 0 {
						assert.Equal(t, want, row.Results[0].Preflights, "%s under %s; `make preflights` renews README.md", row.Name, row.Policy)
					}
				}
			}
		})
	}
}

// assertFewest checks that Crossgate has the fewest preflights in one engine's rows.
func assertFewest(t *testing.T, rows []preflights.Row) {
	t.Helper()
	ours := make(map[string]int)
	for _, row := range rows {
		if row.Ours {
			require.Len(t, row.Results, 1)
			require.Zero(t, row.Results[0].Failed, "calls of the page that fail with %s under %s", row.Name, row.Policy)
			require.NotZero(t, row.Results[0].Preflights)
			ours[row.Policy] = max(ours[row.Policy], row.Results[0].Preflights)
		}
	}
	compared := 0
	for _, row := range rows {
		if !row.Ours && row.Note == "" {
			compared++
			assert.GreaterOrEqual(t, row.Results[0].Preflights, ours[row.Policy], "%s under %s", row.Name, row.Policy)
		}
	}
	require.Greater(t, compared, len(ours))
}

// TestReadmeShowsFewest checks README.md: under no policy may Crossgate have more
// preflights than another library, with the same max-age or with none.
func TestReadmeShowsFewest(t *testing.T) {
	t.Parallel()
	for _, section := range []string{"The same max-age", "No max-age"} {
		if section == "No max-age" && !strings.Contains(page(t), "\n## "+section+"\n") {
			continue // this section is optional
		}
		rows := readme(t, section)
		require.Len(t, rows, len(preflights.Policies())*len(preflights.Libraries()), section)
		for _, p := range preflights.Policies() {
			for _, l := range preflights.Libraries() {
				cells, ok := rows[p.Name+"/"+l.Name]
				require.True(t, ok, "%s: %s under %s", section, l.Name, p.Name)
				if l.Unable(p) != "" {
					continue
				}
				require.Len(t, cells, len(engine.Names()), "%s: %s under %s", section, l.Name, p.Name)
				for e, count := range cells {
					assert.LessOrEqual(t, rows[p.Name+"/Crossgate"][e], count, "%s: %s under %s in %s", section, l.Name, p.Name, e)
				}
			}
		}
	}
}

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

var count = regexp.MustCompile(`^\d+`)

// readme reads the table of a section of README.md: the counts by policy and library, and
// then by engine and version.
func readme(t *testing.T, section string) map[string]map[string]int {
	t.Helper()
	_, after, ok := strings.Cut(page(t), "\n## "+section+"\n")
	require.True(t, ok, "README.md has no section %q", section)
	after, _, _ = strings.Cut(after, "\n## ")
	var (
		columns []string
		policy  string
		rows    = make(map[string]map[string]int)
	)
	for line := range strings.Lines(after) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if columns == nil {
			columns = cells
			continue
		}
		require.Len(t, cells, len(columns), line)
		if cells[0] != "" {
			policy = cells[0]
		}
		library, _, _ := strings.Cut(strings.ReplaceAll(cells[1], "**", ""), ": ")
		row := make(map[string]int)
		for i := 2; i < len(cells); i++ {
			var n int
			if digits := count.FindString(cells[i]); digits != "" {
				_, err := fmt.Sscan(digits, &n)
				require.NoError(t, err)
				row[columns[i]] = n
			}
		}
		rows[policy+"/"+library] = row
	}
	return rows
}

// The page must match its description in README.md.
func TestPage(t *testing.T) {
	t.Parallel()
	for _, cookies := range []bool{false, true} {
		calls := preflights.Page(cookies)
		require.Len(t, calls, preflights.Calls)
		urls, answers := make(map[string]int), make(map[string]bool)
		for _, c := range calls {
			urls[c.Path]++
			answers[c.Path+" "+c.Credentials] = true
		}
		once := 0
		for _, n := range urls {
			if n == 1 {
				once++
			}
		}
		assert.Equal(t, 78, len(urls), "URLs")
		assert.Equal(t, 39, once, "URLs that are called once")
		assert.Less(t, len(answers), 100, "answers to keep, of which Firefox keeps 100")
	}
}
