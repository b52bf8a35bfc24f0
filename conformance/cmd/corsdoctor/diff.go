package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policydiff"
)

// compared is what diff --json prints.
type compared struct {
	Old      string           `json:"old"`
	New      string           `json:"new"`
	Policies []comparedPolicy `json:"policies"` // only the changed ones
	Wider    int              `json:"wider"`
	Narrower int              `json:"narrower"`
	Other    int              `json:"other"`
	Exit     int              `json:"exit"`
}

// comparedPolicy is a policy that changes.
type comparedPolicy struct {
	Name    string   `json:"name,omitempty"`   // in a set
	Status  string   `json:"status,omitempty"` // "added" or "removed", if one of the sets lacks it
	Changes []change `json:"changes"`
}

// change is a change, with a request that shows it.
type change struct {
	Field     string               `json:"field"`
	Value     string               `json:"value,omitempty"`
	Direction policydiff.Direction `json:"direction"`
	Proven    bool                 `json:"proven"`
	Witness   *witness             `json:"witness,omitempty"`
	Message   string               `json:"message"`
	Line      int                  `json:"line,omitempty"` // of the field, in the new document
}

// witness is a request that the new policy newly allows or no longer allows.
type witness struct {
	Method         string `json:"method"`
	Origin         string `json:"origin"`
	RequestMethod  string `json:"requestMethod,omitempty"`
	RequestHeaders string `json:"requestHeaders,omitempty"`
}

func (c *diffCommand) run(ctx context.Context, t *terminal) (exit int, err error) {
	if c.JSON {
		c.Format = "json"
	}
	if c.Old == "-" && c.New == "-" {
		return exitUsage, fmt.Errorf("standard input is one document; name a file for the other")
	}
	var files [2]*policyfile.File
	for i, name := range []string{c.Old, c.New} {
		text, err := readRevision(ctx, name, t.in)
		if err != nil {
			return exitUsage, err
		}
		if files[i] = policyfile.Read(text, formOf(name)); files[i].Faulty() {
			return exitUsage, errNoPolicy(name, files[i])
		}
	}
	if files[0].Set != files[1].Set {
		return exitUsage, fmt.Errorf("one of %s and %s is a set of policies, and the other is one policy; compare two of a kind", c.Old, c.New)
	}
	d := compareSets(files[0], files[1])
	d.Old, d.New = c.Old, c.New
	switch c.Format {
	case "json":
		return d.Exit, t.printJSON(d)
	case "github":
		t.annotate(github(d.annotations()))
	case "gitlab":
		t.problem(d.text())
		return d.Exit, t.printJSON(gitlab(d.annotations()))
	default:
		t.print(d.text())
	}
	return d.Exit, nil
}

// compareSets compares the policies of two documents by name. A missing policy allows
// nobody.
func compareSets(old, next *policyfile.File) compared {
	d := compared{Policies: []comparedPolicy{}}
	byName := func(f *policyfile.File) map[string]policyfile.Policy {
		all := make(map[string]policyfile.Policy)
		for _, p := range f.Policies {
			all[p.Name] = p
		}
		return all
	}
	before, after := byName(old), byName(next)
	names := maps.Clone(before)
	maps.Copy(names, after)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		changes := policydiff.Diff(before[name].Compiled, after[name].Compiled)
		if len(changes) == 0 {
			continue
		}
		p := comparedPolicy{Name: name}
		if _, found := before[name]; !found {
			p.Status = "added"
		} else if _, found := after[name]; !found {
			p.Status = "removed"
		}
		for _, found := range changes {
			p.Changes = append(p.Changes, changeOf(found, after[name]))
			switch found.Direction {
			case policydiff.Wider:
				d.Wider++
			case policydiff.Narrower:
				d.Narrower++
			case policydiff.Other:
				d.Other++
			}
		}
		d.Policies = append(d.Policies, p)
	}
	if d.Wider > 0 {
		d.Exit = exitIll
	}
	return d
}

func changeOf(c policydiff.Change, next policyfile.Policy) change {
	field := documentName(c.Field)
	out := change{
		Field: field, Value: c.Value, Direction: c.Direction, Proven: c.Proven, Line: next.Line(c.Field, c.Value),
		Message: strings.Replace(c.String(), c.Field, field, 1),
	}
	if w := c.Witness; w != (cors.Request{}) {
		out.Witness = &witness{w.Method, w.Origin, w.RequestMethod, w.RequestHeaders}
	}
	return out
}

// title is the policy's name, and its status if it has one.
func (p *comparedPolicy) title() string {
	if p.Status == "" {
		return p.Name
	}
	return p.Name + " (" + p.Status + ")"
}

// text describes the difference for a reviewer, and starts with what is wider.
func (d *compared) text() string {
	if len(d.Policies) == 0 {
		return "no change for pages\n"
	}
	var b strings.Builder
	for i, p := range d.Policies {
		if p.Name != "" {
			if i > 0 {
				b.WriteString("\n")
			}
			b.WriteString(hanging("policy " + p.title() + ":"))
		}
		for _, c := range p.Changes {
			b.WriteString(hanging(c.Message))
		}
	}
	if d.Policies[0].Name != "" {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%d wider, %d narrower, %d other\n", d.Wider, d.Narrower, d.Other)
	return b.String()
}

func (d *compared) annotations() []annotation {
	var all []annotation
	file := d.New
	if isRevision(file) {
		_, file, _ = strings.Cut(file, ":")
	}
	file = annotated(file)
	for _, p := range d.Policies {
		for _, c := range p.Changes {
			message := c.Message
			if p.Name != "" {
				message = p.title() + ": " + message
			}
			level := [...]level{policydiff.Wider: isError, policydiff.Narrower: isWarning, policydiff.Other: isNotice}[c.Direction]
			all = append(all, annotation{level: level, file: file, line: max(c.Line, 1), title: c.Direction.String(), message: message})
		}
	}
	return all
}

// documentName returns the name that a field of cors.Config has in documents: with a
// lower-case first letter.
func documentName(field string) string {
	parts := strings.Split(field, ".")
	for i, part := range parts {
		parts[i] = strings.ToLower(part[:1]) + part[1:]
	}
	return strings.Join(parts, ".")
}
