package main

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/semver"
)

// noRelease is the version of siblings before the first release.
const noRelease = "v0.0.0"

// checkVersion says whether version can be a tag of these modules.
func checkVersion(version string) error {
	switch {
	case version == noRelease:
		return fmt.Errorf("version %s stands for no release; the first one can be v0.1.0", version)
	case !semver.IsValid(version) || semver.Canonical(version) != version:
		return fmt.Errorf("%q is no version; write v1.2.3, or v1.2.3-rc.1", version)
	case semver.Major(version) != "v0" && semver.Major(version) != "v1":
		return fmt.Errorf("version %s: modules of that major version have paths that end in /%s, and these do not", version, semver.Major(version))
	}
	return nil
}

// nextMinor is the minor version after last, without a pre-release.
func nextMinor(last string) string {
	major, minor := numbers(last)
	return fmt.Sprintf("v%d.%d.0", major, minor+1)
}

// checkAfter says whether next is above all versions that are tagged.
func checkAfter(tagged []string, next string) error {
	for _, v := range tagged {
		if semver.Compare(next, v) <= 0 {
			return fmt.Errorf("version %s is not above %s, which is tagged already; the next can be %s", next, v, nextMinor(v))
		}
	}
	return nil
}

// checkBump says whether next may follow the release last, by what has changed in the
// API. Before v1 a minor version may break it, and a patch may add to it
// (semver.org, 4).
func checkBump(last, next string, c change) error {
	lastMajor, lastMinor := numbers(last)
	major, minor := numbers(next)
	switch {
	case major > lastMajor || c == same:
		return nil
	case c == breaks && major > 0:
		return fmt.Errorf("version %s breaks what %s promised, and only v%d.0.0 may; keep what there was, beside the new", next, last, major+1)
	case c == breaks && minor == lastMinor:
		return fmt.Errorf("version %s breaks what %s exports, and a patch may not; make it %s", next, last, nextMinor(last))
	case c == adds && major > 0 && minor == lastMinor:
		return fmt.Errorf("version %s adds to what %s exports, and a patch may not; make it %s", next, last, nextMinor(last))
	}
	return nil
}

// numbers are the major and minor of a valid version.
func numbers(version string) (major, minor int) {
	first, second, _ := strings.Cut(strings.TrimPrefix(semver.MajorMinor(version), "v"), ".")
	major, _ = strconv.Atoi(first)
	minor, _ = strconv.Atoi(second)
	return major, minor
}
