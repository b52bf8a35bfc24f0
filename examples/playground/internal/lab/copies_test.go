package lab_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policydiff"
	"github.com/crossgate/cors/examples/playground/internal/lab"
	"github.com/crossgate/cors/examples/playground/internal/lab/labtest"
)

// random draws cases with all kinds of pages.
func random(seed uint64, n int) []labtest.Case {
	return labtest.Random(seed, n, []string{"https://app.example.com", "https://app.example.net", "http://localhost:3000", "null", "tauri://localhost", "file://"}, "https://api.example.com")
}

// A policy's copies in JSON and YAML compile to the same policy, and the copy in the user's
// format is the user's text.
func TestCopiesAreThePolicy(t *testing.T) {
	t.Parallel()
	cases := random(3, 100)
	for _, p := range lab.Presets() {
		cases = append(cases, labtest.Case{Format: p.Format, Policy: p.Policy, Call: p.Call})
	}
	everything, err := lab.Document("yaml", everyField())
	require.NoError(t, err)
	cases = append(cases, labtest.Case{Format: "yaml", Policy: everything, Call: cases[0].Call})
	for _, c := range cases {
		want, err := lab.Compile(c.Format, c.Policy)
		require.NoError(t, err)
		k := judge(t, c.Format, c.Policy, c.Call).Copies
		for format, text := range map[string]string{"json": k.JSON, "yaml": k.YAML} {
			got, err := lab.Compile(format, text)
			if assert.NoError(t, err, text) {
				assert.Empty(t, policydiff.Diff(want, got), text)
				assert.Equal(t, want.Config(), got.Config(), text)
			}
			if format == c.Format {
				assert.Equal(t, c.Policy, text)
			}
		}
	}
}

// everyField returns a policy that sets every field of a document.
func everyField() cors.Config {
	return cors.Config{
		AllowOrigins: []string{"null", "file://", "https://app.example.com", "http://old.example.com", "app://*", "https://*.github.io"}, VaryBy: []string{"x-tenant"},
		AllowMethods: []string{"PUT"}, AllowHeaders: []string{"content-type"}, ExposeHeaders: []string{"x-a"}, MaxAge: 90e9, PreflightStatus: 200, PassPreflight: true,
		Enforce:     cors.EnforceAll,
		Dangerously: cors.Dangers{InsecureOrigins: true, PublicSuffixes: true, NullOrigin: true, FileOrigin: true, SchemesWithCredentials: true, AnyOriginWithCredentials: true},
	}
}

// The copies in Go compile to the same policy.
func TestGoCopies(t *testing.T) {
	t.Parallel()
	cases := random(4, 60)
	everything, err := lab.Document("json", everyField())
	require.NoError(t, err)
	cases = append(cases, labtest.Case{Format: "json", Policy: everything, Call: cases[0].Call})
	var program strings.Builder
	program.WriteString("package p\n\nimport (\n\t\"time\"\n\n\tcors \"github.com/crossgate/cors/core\"\n)\n\nvar _ = time.Second\n")
	for _, c := range cases {
		code := judge(t, c.Format, c.Policy, c.Call).Copies.Go
		program.WriteString("\nfunc _() {\n" + code + "_ = policy\n}\n")
		want, err := lab.Compile(c.Format, c.Policy)
		require.NoError(t, err)
		assert.Equal(t, len(want.Config().AllowOrigins) > 0, strings.Contains(code, "AllowOrigins:"), code)
		for _, list := range [][]string{want.Config().AllowOrigins, want.Config().AllowHeaders, want.Config().ExposeHeaders, want.Config().AllowMethods} {
			for _, element := range list {
				assert.Contains(t, code, `"`+element+`"`)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "copies.go")
	require.NoError(t, os.WriteFile(file, []byte(program.String()), 0o600))
	out, err := exec.CommandContext(t.Context(), "go", "vet", file).CombinedOutput() //nolint:gosec // a file that the test wrote
	require.NoError(t, err, "%s", out)
}

// A POSIX shell reads every word of a copy for curl unchanged.
func TestCurlQuoting(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no POSIX shell on this machine")
	}
	c := lab.Call{
		Origin: "https://app.example.com", URL: "https://api.example.com/items?{c,d}$(id)&q=`id`&a=\"b\"&c=\\'", Method: "PUT", Credentials: "include",
		Headers: [][2]string{{"X-Hostile", `'; touch /nowhere; echo "$HOME" \ ! # 'it''s'`}, {"X-Plain", "1"}, {"X-Empty", ""}, {"Accept", "application/json"}},
	}
	k := judge(t, "json", `{"allowOrigins": ["https://app.example.com"], "allowCredentials": true, "allowMethods": ["*"], "allowHeaders": ["*"]}`, c).Copies
	// Replace curl by a shell function that prints its words, one per line.
	out, err := exec.CommandContext(t.Context(), shell, "-c", `curl() { printf '%s\n' "$@"; printf -- '--end\n'; }`+"\n"+k.Curl).Output() //nolint:gosec // this is what is tested
	require.NoError(t, err)
	calls := strings.Split(string(out), "--end\n")
	require.Len(t, calls, 3, k.Curl)
	assert.Equal(t, []string{
		"-i", "-g", "-X", "PUT", "https://api.example.com/items?{c,d}$(id)&q=`id`&a=%22b%22&c=\\%27",
		"-H", `X-Hostile: ` + c.Headers[0][1], "-H", "X-Plain: 1", "-H", "X-Empty;", "-H", "Accept: application/json", "-H", "Origin: https://app.example.com", "-H", "Cookie: session=8f1c",
	}, lines(calls[1]))
	assert.Contains(t, lines(calls[0]), "Access-Control-Request-Method: PUT")
	assert.Equal(t, []string{"-i", "-g", "-X", "OPTIONS"}, lines(calls[0])[:4])
}

func lines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }
