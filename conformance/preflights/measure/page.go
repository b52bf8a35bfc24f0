//go:build unix

package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"text/template"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/conformance/preflights"
)

// render returns README.md.
func render(all counts) ([]byte, error) {
	t, err := template.New("README.md").Parse(text)
	if err != nil {
		return nil, err
	}
	var page struct{ Engines, Policies, Forms, Ages, Same, Defaults string }
	var engines []string
	for _, name := range engine.Names() {
		if c := all[name]; c != nil {
			engines = append(engines, name+" "+c.Version)
		}
	}
	page.Engines = strings.Join(engines, ", ")
	for _, p := range preflights.Policies() {
		page.Policies += fmt.Sprintf("- **%s**: %s;\n", p.Name, p.Means)
	}
	page.Forms = table(all, "forms", []string{"", "methods", "headers"}, 1)
	page.Ages = table(all, "ages", []string{"", "`Access-Control-Max-Age`"}, 2)
	page.Same = table(all, "same", []string{"policy", "library"}, 1)
	page.Defaults = table(all, "defaults", []string{"policy", "library"}, 1)
	var b bytes.Buffer
	err = t.Execute(&b, page)
	return b.Bytes(), err
}

// table writes a part as a Markdown table. each is the number of results that an engine
// has in a row.
func table(all counts, part string, columns []string, each int) string {
	var rows []preflights.Row
	for _, name := range engine.Names() {
		c := all[name]
		if c == nil || c.Parts[part] == nil {
			continue
		}
		for i := range each {
			columns = append(columns, name+" "+c.Version+[]string{"", ", with the pause"}[i])
		}
		if rows == nil {
			rows = make([]preflights.Row, len(c.Parts[part]))
		}
		for i, row := range c.Parts[part] {
			results := append(rows[i].Results, row.Results...)
			rows[i] = row
			rows[i].Results = results
		}
	}
	if rows == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("| " + strings.Join(columns, " | ") + " |\n" + strings.Repeat("|---", len(columns)) + "|\n")
	for i, row := range rows {
		policy := row.Policy
		if i > 0 && rows[i-1].Policy == policy {
			policy = ""
		}
		name := row.Name
		if row.Ours {
			name = "**" + name + "**"
		}
		if row.Note != "" {
			name += ": " + row.Note
		}
		line := "| " + policy + " | " + name + " |"
		for _, r := range row.Results {
			line += " " + cell(r) + " |"
		}
		if len(row.Results) == 0 {
			line += strings.Repeat(" – |", len(columns)-2)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// cell returns a count as the tables show it.
func cell(r preflights.Result) string {
	if r.Failed > 0 {
		return fmt.Sprintf("%d (%d calls fail)", r.Preflights, r.Failed)
	}
	return strconv.Itoa(r.Preflights)
}
