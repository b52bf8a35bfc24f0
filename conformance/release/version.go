package main

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/semver"
)

// noRelease is the version of siblings before the first release.
const noRelease = "v0.0.0"

// checkVersion returns an error if version cannot be a tag of these modules.
func checkVersion(version string) error {
	switch {
	case version == noRelease:
		return fmt.Errorf("version %s means that there is no release; the first release can be v0.1.0", version)
	case !semver.IsValid(version) || semver.Canonical(version) != version:
		return fmt.Errorf("%q is not a version; write v1.2.3, or v1.2.3-rc.1", version)
	case semver.Major(version) != "v0" && semver.Major(version) != "v1":
		return fmt.Errorf("version %s: modules of that major version need paths that end in /%s", version, semver.Major(version))
	}
	return nil
}

// nextMinor returns the next minor version after last, without a pre-release.
func nextMinor(last string) string {
	major, minor := numbers(last)
	return fmt.Sprintf("v%d.%d.0", major, minor+1)
}

// checkAfter returns an error if next is not above all tagged versions.
func checkAfter(tagged []string, next string) error {
	for _, v := range tagged {
		if semver.Compare(next, v) <= 0 {
			return fmt.Errorf("version %s is not above %s, which is tagged already; the next can be %s", next, v, nextMinor(v))
		}
	}
	return nil
}

// checkBump returns an error if next is too low for the change in the API since the
// release last. Before v1, a minor version may break the API, and a patch may add to it
// (semver.org, 4).
func checkBump(last, next string, c change) error {
	lastMajor, lastMinor := numbers(last)
	major, minor := numbers(next)
	switch {
	case major > lastMajor || c == same:
		return nil
	case c == breaks && major > 0:
		return fmt.Errorf("version %s breaks what %s promised, and only v%d.0.0 may; keep the old API next to the new one", next, last, major+1)
	case c == breaks && minor == lastMinor:
		return fmt.Errorf("version %s breaks what %s exports, but a patch must not; make it %s", next, last, nextMinor(last))
	case c == adds && major > 0 && minor == lastMinor:
		return fmt.Errorf("version %s adds to what %s exports, but a patch must not; make it %s", next, last, nextMinor(last))
	}
	return nil
}

// numbers returns the major and minor number of a valid version.
func numbers(version string) (major, minor int) {
	first, second, _ := strings.Cut(strings.TrimPrefix(semver.MajorMinor(version), "v"), ".")
	major, _ = strconv.Atoi(first)
	minor, _ = strconv.Atoi(second)
	return major, minor
}
