package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Difference is a known difference of an engine from the standard.
type Difference struct {
	Name     string
	Engine   string // or "model" for all models of package browser, or "model/firefox" for one
	Seen     string // the engine's version in which it was observed
	Section  string // the section of the standard
	Evidence string

	// Unmodelled says why package browser's model of the engine does not have this
	// difference. If it is empty, the model has it.
	Unmodelled string

	Shown []Shown
}

// Shown says how a difference shows in some cases.
type Shown struct {
	Cases []string  // names; "*" at the end of a name matches anything
	Steps []Outcome // what the page sees; nil: the outcome of the case
	Wire  []string  // what the server sees; nil: the requests of the case
}

// In reports whether the difference shows in a case, and how.
func (d *Difference) In(c *Case) (Shown, bool) {
	for _, s := range d.Shown {
		for _, name := range s.Cases {
			prefix, open := strings.CutSuffix(name, "*")
			if name == c.Name || open && strings.HasPrefix(c.Name, prefix) {
				return s, true
			}
		}
	}
	return Shown{}, false
}

// ReadDifferences reads a file of differences.
func ReadDifferences(text string) ([]*Difference, error) {
	var all []*Difference
	open := false // the last Shown may get more cases
	for i, text := range strings.Split(text, "\n") {
		l := line{i + 1, text}
		if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#") {
			continue
		}
		word, rest, _ := strings.Cut(text, ":")
		rest = strings.TrimSpace(rest)
		if word == "difference" {
			all = append(all, &Difference{Name: rest})
			open = false
			continue
		}
		if len(all) == 0 {
			return nil, numbered(l, errors.New("before the first difference"))
		}
		d := all[len(all)-1]
		if word == "case" {
			if !open {
				d.Shown = append(d.Shown, Shown{})
			}
			s := &d.Shown[len(d.Shown)-1]
			s.Cases = append(s.Cases, rest)
			open = true
			continue
		}
		open = false
		if err := d.word(word, rest); err != nil {
			return nil, numbered(l, err)
		}
	}
	for _, d := range all {
		if slices.Contains([]string{d.Engine, d.Section, d.Evidence}, "") || len(d.Shown) == 0 {
			return nil, fmt.Errorf("difference %q needs engine, section, evidence and a case", d.Name)
		}
		if d.Seen == "" && !strings.HasPrefix(d.Engine, "model") {
			return nil, fmt.Errorf("difference %q does not say in which version it was observed", d.Name)
		}
	}
	return all, nil
}

func (d *Difference) word(word, rest string) error {
	switch word {
	case "engine":
		d.Engine = rest
	case "seen":
		d.Seen = rest
	case "section":
		d.Section = rest
	case "evidence":
		d.Evidence = rest
	case "unmodelled":
		d.Unmodelled = rest
	default:
		if len(d.Shown) == 0 {
			return fmt.Errorf("%q before a case", word)
		}
		return d.Shown[len(d.Shown)-1].word(word, rest)
	}
	return nil
}

func (s *Shown) word(word, rest string) error {
	switch word {
	case "sees", "blocked":
		o, err := outcome(word, rest)
		s.Steps = append(s.Steps, o)
		return err
	case "wire":
		s.Wire = wire(rest)
		return nil
	default:
		return fmt.Errorf("unknown word %q", word)
	}
}
