package peers

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
)

// caseFile holds the assertions of a peer's own tests, for the version that it names.
type caseFile struct {
	Project string     `json:"project"`
	Version string     `json:"version"`
	Licence string     `json:"licence"`
	Cases   []peerCase `json:"cases"`
}

// peerCase is one assertion. Config and Context are for the program that serves it.
type peerCase struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Test    string          `json:"test"` // the file of the assertion
	Config  json.RawMessage `json:"config"`
	Context json.RawMessage `json:"context,omitempty"`
	Request struct {
		Method  string      `json:"method"`
		Path    string      `json:"path"`
		Headers [][2]string `json:"headers"`
	} `json:"request"`
	Expect struct {
		Status         int                    `json:"status"` // 0 means any status
		Present        map[string]expectation `json:"present"`
		Absent         []string               `json:"absent"`
		ReachesHandler *bool                  `json:"reaches_handler"` // nil means that either is right
		Error          string                 `json:"error"`           // the error of the configuration
	} `json:"expect"`
	Note string `json:"note"`
}

// expectation is about one header, whose lines are joined.
type expectation struct {
	Eq       *string  `json:"eq"`
	Contains []string `json:"contains"` // parts of the value
	Exists   bool     `json:"exists"`
	Lines    []string `json:"lines"`
	Set      []string `json:"set"` // the members of a list, in any order
}

// TestPeersOwnCases runs the assertions of the peers' tests against the installed
// versions. Failing assertions are listed with the observed result. The list must be
// exact.
func TestPeersOwnCases(t *testing.T) {
	t.Parallel()
	for _, peer := range []struct {
		name    string
		version func(testing.TB) string
		serve   func(testing.TB, []peerCase) []string
	}{
		{
			"express",
			func(tb testing.TB) string { return lockedVersion(tb, "cors") },
			func(tb testing.TB, cases []peerCase) []string { return expressProgram(tb, "cases.js", cases) },
		},
		{
			"flask",
			flaskVersion,
			func(tb testing.TB, cases []peerCase) []string { return flaskProgram(tb, "cases.py", cases) },
		},
	} {
		t.Run(peer.name, func(t *testing.T) {
			t.Parallel()
			file := readCases(t, peer.name)
			addrs := peer.serve(t, file.Cases)
			require.Len(t, addrs, len(file.Cases))
			var misses strings.Builder
			held := 0
			for i, c := range file.Cases {
				if err := c.holds(t, addrs[i]); err != nil {
					fmt.Fprintf(&misses, "\n%s %s\n    %s\n", c.ID, c.Name, strings.ReplaceAll(err.Error(), "\n", "\n    "))
				} else {
					held++
				}
			}
			assert.Positive(t, held)
			golden(t, filepath.Join("testdata", "cases", peer.name+"-misses.txt"), fmt.Sprintf(
				"The tests of %[2]s %[3]s assert %[1]d cases. %[4]d pass with %[5]s. The others:\n%[6]s",
				len(file.Cases), file.Project, file.Version, held, peer.version(t), misses.String()))
		})
	}
}

func readCases(tb testing.TB, name string) caseFile {
	tb.Helper()
	content, err := os.Open(filepath.Join("testdata", "cases", name+".json"))
	require.NoError(tb, err)
	defer func() { _ = content.Close() }()
	decoder := json.NewDecoder(content)
	decoder.DisallowUnknownFields() // an unknown expectation would always pass
	var file caseFile
	require.NoError(tb, decoder.Decode(&file))
	require.NotEmpty(tb, file.Cases)
	return file
}

// holds returns an error that shows what the case does not expect.
func (c peerCase) holds(tb testing.TB, addr string) error {
	tb.Helper()
	var fields []browser.Field
	for _, h := range c.Request.Headers {
		fields = append(fields, browser.Field{Name: h[0], Value: h[1]})
	}
	a := exchange(tb, addr, c.Request.Method, c.Request.Path, fields)
	var misses []error
	if want := c.Expect.Status; want != 0 && a.status != want {
		misses = append(misses, fmt.Errorf("status %d, not %d", a.status, want))
	}
	if got := strings.Join(a.lines("X-Peer-Error"), ", "); got != c.Expect.Error {
		misses = append(misses, fmt.Errorf("error %q, not %q", got, c.Expect.Error))
	}
	if want := c.Expect.ReachesHandler; want != nil && *want != (a.lines("X-Handler") != nil) {
		misses = append(misses, fmt.Errorf("reaches the handler: %t, not %t", !*want, *want))
	}
	for _, name := range c.Expect.Absent {
		if got := a.lines(name); got != nil {
			misses = append(misses, fmt.Errorf("%s: %s, which should be absent", name, strings.Join(got, ", ")))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Expect.Present)) {
		if err := c.Expect.Present[name].check(a, name); err != nil {
			misses = append(misses, err)
		}
	}
	return errors.Join(misses...)
}

func (e expectation) check(a answer, name string) error {
	lines := a.lines(name)
	if lines == nil {
		return fmt.Errorf("%s: absent", name)
	}
	value := strings.Join(lines, ", ")
	switch {
	case e.Eq != nil && value != *e.Eq:
		return fmt.Errorf("%s: %s, not %s", name, value, *e.Eq)
	case slices.ContainsFunc(e.Contains, func(part string) bool { return !strings.Contains(value, part) }):
		return fmt.Errorf("%s: %s, without all of %q", name, value, e.Contains)
	case e.Lines != nil && !slices.Equal(lines, e.Lines):
		return fmt.Errorf("%s: lines %q, not %q", name, lines, e.Lines)
	case e.Set != nil && !slices.Equal(slices.Sorted(slices.Values(strings.Split(value, ", "))), slices.Sorted(slices.Values(e.Set))):
		return fmt.Errorf("%s: %s, not a list of %q", name, value, e.Set)
	case e.Eq == nil && e.Contains == nil && e.Lines == nil && e.Set == nil && !e.Exists:
		return fmt.Errorf("%s: the case does not say what to expect", name)
	}
	return nil
}
