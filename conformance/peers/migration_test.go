package peers

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite MIGRATION.md, DIFFERENCES.md and the lists of cases that do not hold")

// TestMigration holds MIGRATION.md against the profiles.
func TestMigration(t *testing.T) {
	t.Parallel()
	golden(t, "MIGRATION.md", migration(t))
}

// golden holds a file against what it is to hold.
func golden(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
	}
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	wants, has := strings.Split(want, "\n"), strings.Split(string(content), "\n")
	for i := range min(len(wants), len(has)) {
		require.Equal(t, wants[i], has[i], "line %d of %s; if the change is meant, run: go test -update", i+1, file)
	}
	assert.Len(t, has, len(wants), "the lines of %s; if the change is meant, run: go test -update", file)
}

const migrationHead = `<!-- Written by go test -run TestMigration -update; do not edit. -->
# Coming from another CORS library

For the usual configurations of other systems: what is written there, and the Config that takes its place here. Each
pair is run, and a browser's pages fetch from both: %d fetches from %d origins, with and without credentials, simple
ones and such as need a preflight, of paths and methods that exist and that do not, and again after a while, to see how long
a preflight's answer is kept. (The browser is this repository's model of one, conformance/browser.) The pages see the
same, but for what stands under **what changes**; that has been seen to change.

Install a Config with the adapter of your framework:

` + "```go" + `
policy, err := cors.Compile(config) // tells all that is wrong at once, each with what to write instead
handler := corshttp.New(policy)(mux) // or corschi, corsgin, corsecho, corsfiber
` + "```" + `

Some things change wherever you come from:

- GET, HEAD and POST are always allowed, as browsers need no permission for them; list the others in AllowMethods. OPTIONS
  belongs in no list.
- An origin is compared byte for byte, and written as browsers send it: no trailing slash, no path, lower case.
- ` + "`*`" + ` together with AllowCredentials is an error. So is what could never match.
- A preflight from an origin that is not allowed is answered 403, without CORS headers; the response to any other
  request carries ` + "`Vary: Origin`" + ` wherever it could depend on the origin, 404s and errors included.

What the systems send, and where they differ from the standard, is in [DIFFERENCES.md](DIFFERENCES.md).
`

// migration writes the table.
func migration(tb testing.TB) string {
	tb.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, migrationHead, len(fetches()), len(origins()))
	sources := profileSources(tb)
	for _, p := range peers() {
		fmt.Fprintf(&b, "\n## %s\n", p.name)
		for _, profile := range p.profiles {
			source, ok := sources[p.source+"/"+profile.name]
			require.True(tb, ok, "%s: no source of %q", p.source, profile.name)
			fmt.Fprintf(&b, "\n### %s: %s\n\n", p.name, profile.name)
			fmt.Fprintf(&b, "```%s\n%s\n```\n\nbecomes\n\n```go\n%s\n```\n\n", p.language, source["there"], source["here"])
			b.WriteString(profile.changes())
		}
	}
	return b.String()
}

func (p profile) changes() string {
	var b strings.Builder
	if len(p.differs) == 0 {
		b.WriteString("**What changes:** nothing that a page could see.\n")
	} else {
		b.WriteString("**What changes:**\n\n")
	}
	for _, d := range p.differs {
		change := "blocked before, allowed now"
		if d.allowedThere {
			change = "allowed before, blocked now"
		}
		fmt.Fprintf(&b, "- %s: %s. Why: %s.\n", d.what, change, d.why)
	}
	if p.note != "" {
		b.WriteString("\n" + p.note + "\n")
	}
	return b.String()
}
