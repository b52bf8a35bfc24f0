package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// heading is a version's in CHANGELOG.md, after keepachangelog.com.
var heading = regexp.MustCompile(`^## \[([^\]]+)\](?: - (\S+))?\s*$`)

// checkChangelog finds what CHANGELOG.md lacks for version to be released.
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
		return fmt.Errorf("CHANGELOG.md: %s has no section; write \"## [%s] - YYYY-MM-DD\" below [Unreleased], and leave the entries to it", version, name)
	}
	if section == "" {
		return fmt.Errorf("CHANGELOG.md: the section of [%s] is empty; say what a user can notice", name)
	}
	if _, err := time.Parse(time.DateOnly, dates[name]); err != nil {
		return fmt.Errorf("CHANGELOG.md: the section of [%s] has no date; write \"## [%s] - YYYY-MM-DD\"", name, name)
	}
	if sections["Unreleased"] != "" {
		return fmt.Errorf("CHANGELOG.md: [Unreleased] has entries, and would ship with %s; move them below [%s]", version, name)
	}
	return nil
}
