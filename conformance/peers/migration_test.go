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

// TestMigration compares MIGRATION.md with the profiles.
func TestMigration(t *testing.T) {
	t.Parallel()
	golden(t, "MIGRATION.md", migration(t))
}

// golden compares a file with the text that it must hold.
func golden(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
	}
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	wants, has := strings.Split(want, "\n"), strings.Split(string(content), "\n")
	for i := range min(len(wants), len(has)) {
		require.Equal(t, wants[i], has[i], "line %d of %s; if the change is intended, run: go test -update", i+1, file)
	}
	assert.Len(t, has, len(wants), "the lines of %s; if the change is intended, run: go test -update", file)
}

const migrationHead = `<!-- Written by go test -run TestMigration -update; do not edit. -->
# Coming from another CORS library

This page shows common configurations of other systems, and the Config that replaces each of them. Each
pair is tested: a browser's pages fetch from both, with %d fetches from %d origins, with and without credentials, simple
requests and requests with a preflight, with paths and methods that exist and that do not, and again later, to see how long
a preflight's answer is cached. (The browser is this repository's model, conformance/browser.) The pages see the
same results, except those under **What changes**. The test has seen each of these changes.

Install a Config with the adapter of your framework:

` + "```go" + `
policy, err := cors.Compile(config) // reports all mistakes at once, each with a fix
handler := corshttp.New(policy)(mux) // or corschi, corsgin, corsecho, corsfiber
` + "```" + `

These things change for everyone:

- GET, HEAD and POST are always allowed, because browsers need no permission for them. List other methods in AllowMethods. Do not
  list OPTIONS.
- An origin is compared byte for byte. Write it as browsers send it: no trailing slash, no path, lower case.
- ` + "`*`" + ` together with AllowCredentials is an error. So is an origin that could never match.
- A preflight from an origin that is not allowed gets a 403 without CORS headers. The response to any other
  request has ` + "`Vary: Origin`" + ` if it could depend on the origin. This includes 404s and errors.

[DIFFERENCES.md](DIFFERENCES.md) shows what the systems send, and where they differ from the standard.
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
		b.WriteString("**What changes:** nothing that a page can see.\n")
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
