package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// annotation is a note at a line of a pull request.
type annotation struct {
	level        level
	file         string
	line, column int // column 0 means the whole line
	title        string
	message      string
}

// level says how an annotation looks.
type level uint8

const (
	isError level = iota
	isWarning
	isNotice
)

func (c *checks) annotations() []annotation {
	var all []annotation
	for _, f := range c.Files {
		for _, p := range f.Problems {
			a := annotation{isError, annotated(f.Name), p.Line, p.Column, p.Code, p.Message}
			if p.Severity == policyfile.Warning {
				a.level = isWarning
			}
			all = append(all, a)
		}
	}
	return all
}

// annotated is a file's name as annotations have it: without ./, and empty for standard
// input.
func annotated(name string) string {
	if name == "-" {
		return ""
	}
	return filepath.ToSlash(filepath.Clean(name))
}

// These escape the characters that must not appear in a workflow command's message and
// properties
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
var (
	messageEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// github writes annotations as workflow commands, one a line.
func github(all []annotation) string {
	var b strings.Builder
	for _, a := range all {
		b.WriteString("::" + [...]string{"error", "warning", "notice"}[a.level] + " ")
		if a.file != "" {
			fmt.Fprintf(&b, "file=%s,line=%d,", propertyEscapes.Replace(a.file), a.line)
		}
		if a.file != "" && a.column > 0 {
			fmt.Fprintf(&b, "col=%d,", a.column)
		}
		b.WriteString("title=" + propertyEscapes.Replace("corsdoctor "+a.title) + "::" + messageEscapes.Replace(a.message) + "\n")
	}
	return b.String()
}

// issue is an annotation in GitLab's format for code quality
// (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
type issue struct {
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// gitlab writes annotations as a code quality report. The fingerprint does not contain the
// line number, so GitLab recognizes a finding that has only moved.
func gitlab(all []annotation) []issue {
	issues := []issue{}
	seen := make(map[string]int)
	for _, a := range all {
		key := a.file + "\x00" + a.title + "\x00" + a.message
		seen[key]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		i := issue{Description: a.message, CheckName: a.title, Fingerprint: hex.EncodeToString(sum[:]), Severity: [...]string{"major", "minor", "info"}[a.level]}
		i.Location.Path, i.Location.Lines.Begin = a.file, max(a.line, 1)
		if a.file == "" {
			i.Location.Path = "-"
		}
		issues = append(issues, i)
	}
	return issues
}
