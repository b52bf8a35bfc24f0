//go:build unix

package browsers

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// measuredFile holds the measurements of TestLimits, one line each: "engine | what |
// value". A version says where it was measured, and is not compared.
const measuredFile = "testdata/measured.txt"

// The measured values.
const (
	version   = "version"
	heads     = "largest Access-Control-Allow-Headers of a preflight"
	responses = "largest header field of a response"
	redirects = "redirects that are followed"
	unsaid    = "preflight kept without Access-Control-Max-Age"
	capped    = "preflight kept with Access-Control-Max-Age: " + aYear
	answers   = "preflights' answers kept at once, of " + many
)

// measures are the measured values, by engine and name.
type measures map[[2]string]string

func readMeasured(t *testing.T) measures {
	t.Helper()
	text, err := os.ReadFile(measuredFile)
	require.NoError(t, err)
	all := make(measures)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSpace(line), " | ")
		require.Len(t, fields, 3, "%q", line)
		all[[2]string{fields[0], fields[1]}] = fields[2]
	}
	return all
}

var measuredMu sync.Mutex // protects the file

// hold compares a measurement with the file, or writes it to the file.
func hold(t *testing.T, engine, engineVersion string, got map[string]string) {
	t.Helper()
	measuredMu.Lock()
	defer measuredMu.Unlock()
	all := readMeasured(t)
	for what, value := range got {
		key := [2]string{engine, what}
		if !*update && all[key] != value {
			t.Errorf("%s %s: %s: %s, but %s says %s; see README.md for -update",
				engine, engineVersion, what, value, measuredFile, all[key])
		}
		all[key] = value
	}
	if !*update {
		return
	}
	all[[2]string{engine, version}] = engineVersion
	var lines []string
	for key, value := range all {
		lines = append(lines, fmt.Sprintf("%s | %s | %s\n", key[0], key[1], value))
	}
	slices.Sort(lines)
	text := "# Written by go test -run 'TestLimits|TestCap' -update.\n" + strings.Join(lines, "")
	require.NoError(t, os.WriteFile(measuredFile, []byte(text), 0o644))
}
