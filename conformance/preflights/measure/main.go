//go:build unix

// Measure counts preflights in all three engines, stores the counts in counts.json, and
// writes README.md from them. With arguments, such as "webkit" or "forms", it counts only
// in these engines, or these parts, and keeps the other counts. With "page" it only
// writes README.md.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io/fs"
	"log"
	"os"
	"slices"
	"time"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/conformance/preflights"
)

// patience is the time limit for everything.
const patience = 40 * time.Minute

const store = "counts.json"

//go:embed README.md.tmpl
var text string

// counts are the rows of each part, by engine.
type counts map[string]*counted

type counted struct {
	Version string
	Parts   map[string][]preflights.Row
}

// part is one table.
type part struct {
	name  string
	count func(context.Context, *engine.Engine) ([]preflights.Row, error)
}

func parts() []part {
	libraries := func(age time.Duration) func(context.Context, *engine.Engine) ([]preflights.Row, error) {
		return func(ctx context.Context, e *engine.Engine) ([]preflights.Row, error) {
			return preflights.Compare(ctx, e, preflights.Policies(), preflights.Libraries(), age)
		}
	}
	return []part{
		{"forms", preflights.CompareForms},
		{"same", libraries(preflights.Age)},
		{"ages", preflights.CompareAges},
		{"defaults", libraries(0)},
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := measure(ctx, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

// measure counts what the arguments select, and updates the files.
func measure(ctx context.Context, only []string) error {
	all, err := read()
	if err != nil {
		return err
	}
	if slices.Equal(only, []string{"page"}) {
		return write(all)
	}
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	for _, name := range chosen(engine.Names(), only) {
		e, err := engine.Find(ctx, name)
		if err != nil {
			return err
		}
		if all[name] == nil || all[name].Version != e.Version {
			all[name] = &counted{Version: e.Version, Parts: make(map[string][]preflights.Row)}
		}
		for _, p := range parts() {
			if !slices.Contains(chosen(names, only), p.name) {
				continue
			}
			begin := time.Now()
			rows, err := p.count(ctx, e)
			if err != nil {
				return err
			}
			log.Printf("%s: %s, in %v", e.Name, p.name, time.Since(begin).Round(time.Second))
			all[name].Parts[p.name] = rows
			if err := write(all); err != nil {
				return err
			}
		}
	}
	return write(all)
}

// chosen returns the names that are in only, or all names if only holds none of them.
func chosen(names, only []string) []string {
	some := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(only, name) })
	if len(some) == 0 {
		return names
	}
	return some
}

func read() (counts, error) {
	all := make(counts)
	data, err := os.ReadFile(store)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	return all, err
}

// write stores the counts, and writes README.md from them.
func write(all counts) error {
	data, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	page, err := render(all)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(store, append(data, '\n'), 0o644), os.WriteFile("README.md", page, 0o644))
}
