package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// checked is a policy file with the problems that were found in it.
type checked struct {
	Name     string               `json:"file"`
	Form     policyfile.Form      `json:"form"`
	Set      bool                 `json:"set"` // its policies have names
	Policies []string             `json:"policies"`
	Problems []policyfile.Problem `json:"problems"`
	Applied  []policyfile.Edit    `json:"applied,omitempty"` // by --fix, one after the other

	text []byte
}

// checks is what check --json prints.
type checks struct {
	Files    []checked `json:"files"`
	Errors   int       `json:"errors"`
	Warnings int       `json:"warnings"`
	Exit     int       `json:"exit"`
}

func (c *checkCommand) run(_ context.Context, t *terminal) (exit int, err error) {
	if c.JSON {
		c.Format = "json"
	}
	if err := c.consistent(); err != nil {
		return exitUsage, err
	}
	var all checks
	var unread error // files that cannot be read; the others are checked all the same
	for _, name := range c.Policies {
		f, err := c.one(t, name)
		if err != nil {
			unread = errors.Join(unread, err)
			continue
		}
		all.Files = append(all.Files, f)
		for _, p := range f.Problems {
			if p.Severity == policyfile.Error {
				all.Errors++
			} else {
				all.Warnings++
			}
		}
	}
	if all.Errors > 0 || c.Strict && all.Warnings > 0 {
		all.Exit = exitIll
	}
	if unread != nil {
		all.Exit = exitUsage
		if t.fail(unread); len(all.Files) == 0 && c.Format == "text" {
			return all.Exit, nil
		}
	}
	if c.Fix && !c.DryRun && len(all.Files) == 1 && c.Policies[0] == "-" { // stdout gets the repaired document
		t.problem(all.text(c))
		t.raw(all.Files[0].text)
		return all.Exit, nil
	}
	switch c.Format {
	case "json":
		return all.Exit, t.printJSON(all)
	case "github":
		t.annotate(github(all.annotations()))
	case "gitlab":
		t.problem(all.text(c))
		return all.Exit, t.printJSON(gitlab(all.annotations()))
	default:
		t.print(all.text(c))
	}
	return all.Exit, nil
}

// consistent refuses arguments that contradict each other.
func (c *checkCommand) consistent() error {
	seen := make(map[string]bool)
	for _, name := range c.Policies {
		if seen[name] {
			return fmt.Errorf("%q is named twice", name)
		}
		seen[name] = true
	}
	if c.DryRun && !c.Fix {
		return errors.New("--dry-run is for --fix; without --fix nothing is written")
	}
	return nil
}

// one checks a file, and with --fix repairs it.
func (c *checkCommand) one(t *terminal, name string) (checked, error) {
	text, err := readFile(name, t.in)
	if err != nil {
		return checked{}, err
	}
	f := check(name, text)
	if c.Fix {
		return c.fix(t, f)
	}
	return f, nil
}

// check reads a document.
func check(name string, text []byte) checked {
	file := policyfile.Read(text, formOf(name))
	f := checked{Name: name, Form: file.Form, Set: file.Set, Policies: []string{}, Problems: append([]policyfile.Problem{}, file.Problems...), text: text}
	for _, p := range file.Policies {
		f.Policies = append(f.Policies, p.Name)
	}
	return f
}

// maxFixes limits how often a document is read again after repairs. If two repairs change
// the same bytes, the second one is made in the next round.
const maxFixes = 8

// fix shows the repairs, writes them, and reads the document again.
func (c *checkCommand) fix(t *terminal, f checked) (checked, error) {
	before, lines := f, newLines(f.text)
	for range maxFixes {
		edits := policyfile.Edits(f.text, f.Problems)
		if len(edits) == 0 {
			break
		}
		lines.apply(f.text, edits)
		next := check(f.Name, policyfile.Fix(f.text, f.Problems))
		next.Applied = append(f.Applied, edits...)
		f = next
	}
	if len(f.Applied) == 0 {
		return f, nil
	}
	shown := hunks(f.Name, before.text, f.text, lines)
	if c.Format == "text" && f.Name != "-" {
		t.print(shown)
	} else {
		t.problem(shown)
	}
	if t.failed != nil {
		return f, t.failed // if the repairs could not be shown, do not write them
	}
	if c.DryRun {
		before.Applied = f.Applied
		return before, nil
	}
	if f.Name == "-" {
		return f, nil
	}
	return f, replaceFile(f.Name, before.text, f.text)
}

// replaceFile replaces a file atomically and keeps its mode. It fails if the file has
// changed since it was read.
func replaceFile(name string, old, text []byte) error {
	target, err := filepath.EvalSymlinks(name) // follow a link, and do not replace it by a file
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file that can be replaced", name)
	}
	if info.Mode().Perm()&0o200 == 0 {
		return fmt.Errorf("%s is read-only; nothing was written", name)
	}
	now, err := readFile(target, nil)
	if err != nil {
		return err
	}
	if string(now) != string(old) {
		return fmt.Errorf("%s has changed meanwhile; nothing was written", name)
	}
	file, err := os.CreateTemp(filepath.Dir(target), ".corsdoctor-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(info.Mode().Perm()), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// text describes the problems for people and, without --fix, the repairs.
func (c *checks) text(by *checkCommand) string {
	var b strings.Builder
	repairable := 0
	for _, f := range c.Files {
		for _, p := range f.Problems {
			b.WriteString(hanging(fmt.Sprintf("%s:%d:%d: %s: %s [%s]", f.Name, p.Line, p.Column, p.Severity, p.Message, p.Code)))
			if len(p.Repair) > 0 {
				repairable++
			}
			if !by.Fix {
				b.WriteString(repairText(f.text, p.Repair))
			}
		}
		if len(f.Problems) == 0 {
			what := "no faults"
			if f.Set {
				what += " in " + count(len(f.Policies), "policy", "policies")
			}
			b.WriteString(hanging(f.Name + ": " + what))
		}
	}
	if c.Errors+c.Warnings > 0 {
		summary := count(c.Errors, "error", "errors") + ", " + count(c.Warnings, "warning", "warnings")
		switch {
		case repairable == 0:
		case by.DryRun:
			summary += "; without --dry-run, --fix repairs what is shown"
		case by.Fix: // if the document is long, the next run repairs the rest
			summary += "; --fix repairs more if you run it again"
		default:
			summary += "; --fix repairs " + fmt.Sprint(repairable)
		}
		b.WriteString(summary + "\n")
	}
	return b.String()
}

// repairText shows the text that a repair writes.
func repairText(text []byte, edits []policyfile.Edit) string {
	var b strings.Builder
	for _, e := range edits {
		switch {
		case e.New == "":
			b.WriteString(wrapped("  repair: ", "remove "+string(text[e.Start:e.End])))
		case e.Start == e.End:
			b.WriteString(wrapped("  repair: ", "insert "+e.New))
		default:
			var elements []string // of a list, one per line
			for line := range strings.Lines(e.New) {
				elements = append(elements, strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(line), "- "), ","))
			}
			b.WriteString(wrapped("  repair: ", strings.Join(elements, ", ")))
		}
	}
	return b.String()
}

// count writes a number and the noun in its singular or plural.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
