package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// heading matches the heading of a version in CHANGELOG.md, as keepachangelog.com defines
// it.
var heading = regexp.MustCompile(`^## \[([^\]]+)\](?: - (\S+))?\s*$`)

// checkChangelog returns an error if CHANGELOG.md is not ready for the release of
// version.
func checkChangelog(text, version string) error {
	name := strings.TrimPrefix(version, "v")
	sections := make(map[string]string)
	dates := make(map[string]string)
	current := ""
	for _, line := range strings.Split(text, "\n") {
		if m := heading.FindStringSubmatch(line); m != nil {
			current = m[1]
			if _, twice := sections[current]; twice {
				return fmt.Errorf("CHANGELOG.md: [%s] has two sections; make them one", current)
			}
			sections[current], dates[current] = "", m[2]
			continue
		}
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
			sections[current] += line + "\n"
		}
	}
	section, ok := sections[name]
	if !ok {
		return fmt.Errorf("CHANGELOG.md: %s has no section; write \"## [%s] - YYYY-MM-DD\" below [Unreleased], so that the entries move to it", version, name)
	}
	if section == "" {
		return fmt.Errorf("CHANGELOG.md: the section of [%s] is empty; say what a user can notice", name)
	}
	if _, err := time.Parse(time.DateOnly, dates[name]); err != nil {
		return fmt.Errorf("CHANGELOG.md: the section of [%s] has no date; write \"## [%s] - YYYY-MM-DD\"", name, name)
	}
	if sections["Unreleased"] != "" {
		return fmt.Errorf("CHANGELOG.md: [Unreleased] has entries, but they would be part of %s; move them below [%s]", version, name)
	}
	return nil
}

// breaking is the beginning of an entry of CHANGELOG.md that tells users what to change.
const breaking = "- **Breaking:**"

// checkAnnounced compares the changes in the API since the release last with the sections
// of CHANGELOG.md above that release. If a change breaks the API, an entry must say so.
// If a version is written there, that version must be allowed to make the change.
func checkAnnounced(text, last string, c change) error {
	told := false
	for line := range strings.Lines(text) {
		if m := heading.FindStringSubmatch(line); m != nil {
			version := "v" + m[1]
			if version == last {
				break
			}
			if checkVersion(version) == nil && semver.Prerelease(version) == "" {
				if err := checkBump(last, version, c); err != nil {
					return err
				}
			}
		}
		told = told || strings.HasPrefix(line, breaking)
	}
	if c != breaks {
		return nil
	}
	if major, _ := numbers(last); major > 0 {
		return fmt.Errorf("this breaks what %s promised, and only v%d.0.0 may; keep the old API next to the new one", last, major+1)
	}
	if !told {
		return fmt.Errorf("this breaks programs that use %s; keep the old API next to the new one, or tell users in CHANGELOG.md, in an entry above [%s] that begins %q",
			last, strings.TrimPrefix(last, "v"), breaking)
	}
	return nil
}
