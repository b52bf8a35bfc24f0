package main

import (
	"strings"
	"testing"
)

// wants fails t unless err contains part. If part is empty, err must be nil.
func wants(t *testing.T, err error, part string) {
	t.Helper()
	switch {
	case err == nil && part != "":
		t.Errorf("no error, want %q", part)
	case err != nil && part == "":
		t.Errorf("unexpected error: %v", err)
	case err != nil && !strings.Contains(err.Error(), part):
		t.Errorf("the error %q does not contain %q", err, part)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v0.1.0":       "",
		"v1.0.0":       "",
		"v1.2.3-rc.1":  "",
		"v0.0.0":       "means that there is no release",
		"0.1.0":        "write v1.2.3",
		"v0.1":         "write v1.2.3",
		"v0.1.0+build": "write v1.2.3",
		"v01.0.0":      "write v1.2.3",
		"":             "write v1.2.3",
		"v2.0.0":       "end in /v2",
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			wants(t, checkVersion(version), want)
		})
	}
}

func TestVersionsIncrease(t *testing.T) {
	t.Parallel()
	tagged := []string{"v0.1.0", "v0.2.0", "v0.10.0", "v0.11.0-rc.1"}
	for next, want := range map[string]string{
		"v0.11.0-rc.2": "",
		"v0.11.0":      "",
		"v1.0.0":       "",
		"v0.11.0-rc.1": "not above v0.11.0-rc.1",
		"v0.10.1":      "not above v0.11.0-rc.1",
		"v0.3.0":       "the next can be v0.11.0",
	} {
		t.Run(next, func(t *testing.T) {
			t.Parallel()
			wants(t, checkAfter(tagged, next), want)
		})
	}
	if got := lastRelease(tagged); got != "v0.10.0" {
		t.Errorf("the last release is %s, and not the pre-release", got)
	}
	if got := lastRelease(nil); got != noRelease {
		t.Errorf("without a tag, the last release is %s", got)
	}
}

func TestBumps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, last, next string
		change           change
		want             string
	}{
		{"a patch that changes nothing", "v0.1.0", "v0.1.1", same, ""},
		{"a patch that adds, before v1", "v0.1.0", "v0.1.1", adds, ""},
		{"a patch that breaks, before v1", "v0.1.0", "v0.1.1", breaks, "make it v0.2.0"},
		{"a minor that breaks, before v1", "v0.1.9", "v0.2.0", breaks, ""},
		{"v1 may break v0", "v0.9.0", "v1.0.0", breaks, ""},
		{"a patch that adds, after v1", "v1.1.0", "v1.1.1", adds, "make it v1.2.0"},
		{"a minor that adds, after v1", "v1.1.0", "v1.2.0", adds, ""},
		{"a minor that breaks, after v1", "v1.1.0", "v1.2.0", breaks, "only v2.0.0 may"},
		{"a patch that breaks, after v1", "v1.1.0", "v1.1.1", breaks, "only v2.0.0 may"},
		{"a pre-release of a minor that breaks", "v0.1.0", "v0.2.0-rc.1", breaks, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wants(t, checkBump(c.last, c.next, c.change), c.want)
		})
	}
}

func TestChangelog(t *testing.T) {
	t.Parallel()
	const before = "# Changelog\n\nAll changes.\n\n## [Unreleased]\n"
	for _, c := range []struct{ name, text, want string }{
		{"a section", before + "\n## [0.2.0] - 2026-11-23\n\n### Added\n\n- Something.\n\n## [0.1.0] - 2026-01-01\n\n- Old.\n", ""},
		{"the last section", "## [0.2.0] - 2026-11-23\n- Something.", ""},
		{"no section", before + "\n## [0.1.0] - 2026-01-01\n\n- Old.\n", `write "## [0.2.0] - YYYY-MM-DD"`},
		{"a longer version", before + "\n## [0.2.0-rc.1] - 2026-01-01\n\n- Old.\n", "v0.2.0 has no section"},
		{"an empty section", before + "\n## [0.2.0] - 2026-11-23\n\n### Added\n\n## [0.1.0] - 2026-01-01\n- Old.\n", "is empty"},
		{"no date", before + "\n## [0.2.0]\n- Something.\n", "has no date"},
		{"a date that does not exist", before + "\n## [0.2.0] - 2026-02-30\n- Something.\n", "has no date"},
		{"unreleased entries", before + "\n### Fixed\n\n- This.\n\n## [0.2.0] - 2026-11-23\n- Something.\n", "[Unreleased] has entries"},
		{"two sections", before + "\n## [0.2.0] - 2026-11-23\n- Something.\n## [0.2.0] - 2026-11-24\n- More.\n", "two sections"},
		{"nothing", "", "no section"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wants(t, checkChangelog(c.text, "v0.2.0"), c.want)
		})
	}
}
