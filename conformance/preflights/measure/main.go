//go:build unix

// Measure counts in all three engines, and writes README.md of the folder above.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/conformance/preflights"
)

// patience is how long all may take.
const patience = 40 * time.Minute

//go:embed README.md.tmpl
var text string

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := write(ctx, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// write measures everything, and prints the page.
func write(ctx context.Context, out *os.File) error {
	t, err := template.New("README.md").Parse(text)
	if err != nil {
		return err
	}
	var (
		page struct{ Engines, Policies, Forms, Ages, Same, Defaults string }
		all  [4][]preflights.Row
		head []string
	)
	for _, name := range engine.Names() {
		e, err := engine.Find(ctx, name)
		if err != nil {
			return err
		}
		head = append(head, e.Name+" "+e.Version)
		for i, measure := range []func() ([]preflights.Row, error){
			func() ([]preflights.Row, error) { return preflights.CompareForms(ctx, e) },
			func() ([]preflights.Row, error) { return preflights.CompareAges(ctx, e) },
			func() ([]preflights.Row, error) {
				return preflights.Compare(ctx, e, preflights.Policies(), preflights.Libraries(), preflights.Age)
			},
			func() ([]preflights.Row, error) {
				return preflights.Compare(ctx, e, preflights.Policies(), preflights.Libraries(), 0)
			},
		} {
			begin := time.Now()
			rows, err := measure()
			if err != nil {
				return err
			}
			log.Printf("%s: part %d of 4 in %v", e.Name, i+1, time.Since(begin).Round(time.Second))
			if all[i] == nil {
				all[i] = rows
				continue
			}
			for j := range rows {
				all[i][j].Results = append(all[i][j].Results, rows[j].Results...)
			}
		}
	}
	page.Engines = strings.Join(head, ", ")
	for _, p := range preflights.Policies() {
		page.Policies += fmt.Sprintf("- **%s**: %s;\n", p.Name, p.Means)
	}
	page.Forms = table([]string{"", "methods", "headers"}, head, 1, all[0])
	page.Ages = table([]string{"", "`Access-Control-Max-Age`"}, head, 2, all[1])
	page.Same = table([]string{"policy", "library"}, head, 1, all[2])
	page.Defaults = table([]string{"policy", "library"}, head, 1, all[3])
	return t.Execute(out, page)
}

// table writes rows in Markdown. each is how many results an engine has in a row.
func table(first, engines []string, each int, rows []preflights.Row) string {
	var b strings.Builder
	columns := first
	for _, e := range engines {
		for i := range each {
			columns = append(columns, e+[]string{"", ", after a pause"}[i])
		}
	}
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
		cells := []string{policy, name}
		for _, r := range row.Results {
			cells = append(cells, cell(r))
		}
		for len(row.Results) == 0 && len(cells) < len(columns) {
			cells = append(cells, "–")
		}
		if row.Note != "" {
			cells[1] += ": " + row.Note
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}

// cell is a count as the tables have it.
func cell(r preflights.Result) string {
	if r.Failed > 0 {
		return fmt.Sprintf("%d (%d calls fail)", r.Preflights, r.Failed)
	}
	return strconv.Itoa(r.Preflights)
}
