package cases

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Read reads all case files of a directory, in the order of their names. Each file's name
// is the name of its rule.
func Read(fsys fs.FS) ([]*Case, error) {
	names, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return nil, err
	}
	var all []*Case
	seen := make(map[string]bool)
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		p := parser{rule: strings.TrimSuffix(path.Base(name), ".txt")}
		if err := p.parse(string(text)); err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		for _, c := range p.cases {
			if seen[c.Name] {
				return nil, fmt.Errorf("%s: there are two cases %q", name, c.Name)
			}
			seen[c.Name] = true
		}
		all = append(all, p.cases...)
	}
	return all, nil
}

// parser reads one file.
type parser struct {
	rule    string
	lasting Case   // the section, why, page and policy of the next cases
	all     []line // the common lines of the next cases
	block   *block // the block that is being read
	cases   []*Case
}

// block holds the lines after "all:" or "case:", up to the next block.
type block struct {
	name   string // "" for all:
	lines  []line
	values []value // the block makes one case for each value
}

type line struct {
	number int
	text   string
}

// value is the content of a "for:" line.
type value struct{ label, value, code string }

func (p *parser) parse(text string) error {
	for i, text := range strings.Split(text, "\n") {
		if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := p.line(line{i + 1, text}); err != nil {
			return err
		}
	}
	return p.finish()
}

func (p *parser) line(l line) error {
	word, rest, _ := strings.Cut(l.text, ":")
	rest = strings.TrimSpace(rest)
	switch word {
	case "section", "why", "page", "policy", "all", "case":
		if err := p.finish(); err != nil {
			return err
		}
	}
	switch word {
	case "section":
		p.lasting.Section = rest
	case "why":
		p.lasting.Why = rest
	case "page":
		p.lasting.Page = rest
	case "policy":
		p.lasting.Policy = rest
	case "all":
		p.block = &block{}
	case "case":
		p.block = &block{name: p.rule + "/" + rest}
	default:
		if p.block == nil {
			return fmt.Errorf("%d: %q belongs to no case", l.number, l.text)
		}
		if word, code, _ := strings.Cut(word, " "); word == "for" {
			v, err := newValue(rest, code)
			p.block.values = append(p.block.values, v)
			return numbered(l, err)
		}
		p.block.lines = append(p.block.lines, l)
	}
	return nil
}

// newValue reads "label = value".
func newValue(text, code string) (value, error) {
	label, v, ok := strings.Cut(text+" ", " = ")
	if !ok {
		return value{}, errors.New("for: needs label = value")
	}
	return value{label: label, value: strings.TrimSpace(v), code: code}, nil
}

// finish makes the cases of the finished block.
func (p *parser) finish() error {
	b := p.block
	p.block = nil
	switch {
	case b == nil:
		return nil
	case b.name == "":
		p.all = b.lines
		return nil
	case len(b.values) == 0:
		b.values = []value{{}}
	}
	for _, v := range b.values {
		c, err := p.build(b, v)
		if err != nil {
			return err
		}
		p.cases = append(p.cases, c)
	}
	return nil
}

func numbered(l line, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%d: %w", l.number, err)
}
