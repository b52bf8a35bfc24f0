package conformance

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// parser reads one file of cases; testdata/cases/README.md describes the format.
type parser struct {
	rule    string
	context Case   // the setup, section and explanation of the next case
	current *draft // the case being read, nil before the first
	cases   []Case
}

// draft is a case as written in the file, before the values of its "for" lines are
// inserted.
type draft struct {
	Case
	name   string
	values [][2]string // label and value of each "for" line
	steps  []draftStep
}

type draftStep struct {
	store   string
	out, in []string // lines after ">" and after "<"
	content string
	abort   string
	body    *string
}

// done reports whether the step is complete, so that a request line begins the next step.
func (d draftStep) done() bool { return d.in != nil || d.abort != "" }

// parseCases returns the cases of a file. If the text has an error, one case that reports
// the error replaces the rest of the file, so that no case is lost silently.
func parseCases(file, text string) []Case {
	p := parser{rule: strings.TrimSuffix(path.Base(file), ".txt")}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(line); err != nil {
			return append(p.cases, Case{
				Name: p.rule + "/unreadable",
				err:  fmt.Errorf("%s:%d: %w", file, number, err),
			})
		}
	}
	if err := p.finish(); err != nil {
		return append(p.cases, Case{Name: p.rule + "/unreadable", err: fmt.Errorf("%s: %w", file, err)})
	}
	return p.cases
}

func (p *parser) line(line string) error {
	switch line[0] {
	case '>':
		return p.request(strings.TrimPrefix(line[1:], " "))
	case '<':
		return p.response(strings.TrimPrefix(line[1:], " "))
	}
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("no colon in %q", line)
	}
	value = strings.TrimLeft(value, " \t")
	switch key {
	case "section", "why", "policy", "routes", "live", "ask":
		if err := p.finish(); err != nil {
			return err
		}
		p.setContext(key, value)
		return nil
	case "case":
		if err := p.finish(); err != nil {
			return err
		}
		p.current = &draft{Case: p.context, name: value}
		return p.context.setup.check()
	}
	if p.current == nil {
		return fmt.Errorf("%q comes before the first case", key)
	}
	switch key {
	case "for":
		label, v, ok := strings.Cut(value, " = ")
		if !ok {
			return fmt.Errorf("for: %q is not «label = value»", value)
		}
		p.current.values = append(p.current.values, [2]string{label, v})
	case "connection":
		p.current.conn = map[string]connectionUse{"kept alive": keptAlive, "pipelined": pipelined}[value]
		return oneOf(key, value, "kept alive", "pipelined")
	case "server":
		p.current.mayRefuse = true
		return oneOf(key, value, "may refuse")
	case "store":
		p.current.steps = append(p.current.steps, draftStep{store: value})
	case "content", "abort":
		last := p.lastStep()
		if last == nil || last.out == nil || last.done() {
			return fmt.Errorf("%s: it belongs after a request's head", key)
		}
		if key == "content" {
			last.content = value
		} else {
			last.abort = value
		}
		return nil
	case "body":
		last := p.lastStep()
		if last == nil || last.in == nil {
			return fmt.Errorf("body: there is no response yet")
		}
		text, err := unescape(value)
		last.body = &text
		return err
	default:
		return fmt.Errorf("unknown word %q", key)
	}
	return nil
}

// oneOf checks that the value is one of values.
func oneOf(key, value string, values ...string) error {
	if !slices.Contains(values, value) {
		return fmt.Errorf("%s: %q is not one of %q", key, value, values)
	}
	return nil
}

// setContext reads a line that applies to all cases below it.
func (p *parser) setContext(key, value string) {
	switch key {
	case "section":
		p.context.Section = value
	case "why":
		p.context.Why = value
	case "ask":
		p.context.setup.ask = value
	default:
		p.context.setup = setup{kind: key, text: value}
	}
}

func (p *parser) lastStep() *draftStep {
	if p.current == nil || len(p.current.steps) == 0 {
		return nil
	}
	return &p.current.steps[len(p.current.steps)-1]
}

func (p *parser) request(line string) error {
	if p.current == nil {
		return fmt.Errorf("a request comes before the first case")
	}
	// A request line after a response begins the next step.
	if last := p.lastStep(); last == nil || last.done() {
		p.current.steps = append(p.current.steps, draftStep{})
	}
	last := p.lastStep()
	last.out = append(last.out, line)
	return nil
}

func (p *parser) response(line string) error {
	last := p.lastStep()
	if last == nil || last.out == nil {
		return fmt.Errorf("a response comes before its request")
	}
	last.in = append(last.in, line)
	return nil
}

// finish turns the draft into a case, or into one case for each value.
func (p *parser) finish() error {
	d := p.current
	p.current = nil
	if d == nil {
		return nil
	}
	name := p.rule + "/" + d.name
	if d.Section == "" || d.Why == "" {
		return fmt.Errorf("case %q has no section or no why line", name)
	}
	if len(d.values) == 0 {
		return p.add(d, name, "")
	}
	for _, v := range d.values {
		if err := p.add(d, name+": "+v[0], v[1]); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) add(d *draft, name, value string) error {
	c := d.Case
	c.Name = name
	for i, ds := range d.steps {
		closing := c.conn == separate || c.conn == pipelined && i == len(d.steps)-1
		s, err := ds.fill(value, closing)
		if err == nil && c.conn == pipelined && (ds.store != "" || ds.abort != "") {
			err = errors.New("requests that are sent at once must have one policy, and the client must wait for all answers")
		}
		if err != nil {
			return fmt.Errorf("case %q: %w", name, err)
		}
		c.steps = append(c.steps, s)
	}
	if len(c.steps) == 0 {
		return fmt.Errorf("case %q has no request", name)
	}
	p.cases = append(p.cases, c)
	return nil
}

// placeholder is replaced in request and response lines by the value of a "for" line.
const placeholder = "$value"

// fill makes a step of the draft's lines. closing says that the connection ends after it.
func (d draftStep) fill(value string, closing bool) (step, error) {
	s := step{store: d.store, abort: abort(strings.ReplaceAll(d.abort, placeholder, value))}
	var out []string
	for _, line := range d.out {
		text, err := unescape(strings.ReplaceAll(line, placeholder, value))
		if err != nil {
			return step{}, err
		}
		out = append(out, text)
	}
	content, err := unescape(strings.ReplaceAll(d.content, placeholder, value))
	if err != nil {
		return step{}, err
	}
	s.request = request(out, content, closing)
	switch {
	case s.abort != "":
		return s, oneOf("abort", string(s.abort), string(inHead), string(inContent), string(inAnswer))
	case len(d.in) == 0:
		return step{}, fmt.Errorf("the request %q has no response", d.out)
	}
	if s.want, err = parseWant(d.in[0]); err != nil {
		return step{}, err
	}
	for _, line := range d.in[1:] {
		text, err := unescape(strings.ReplaceAll(line, placeholder, value))
		if err != nil {
			return step{}, err
		}
		name, v, ok := strings.Cut(text, ": ")
		if !ok {
			return step{}, fmt.Errorf("%q is not a field line", line)
		}
		s.want.fields = append(s.want.fields, Field{Name: name, Value: v})
	}
	s.want.body = d.body
	return s, nil
}

// parseWant reads a response's first line: "204 cors", "200 app" or "app".
func parseWant(line string) (want, error) {
	var w want
	who := line
	if code, rest, ok := strings.Cut(line, " "); ok {
		status, err := strconv.Atoi(code)
		if err != nil || status < 200 && status != 101 || status > 599 {
			return w, fmt.Errorf("%q does not begin with a final status", line)
		}
		w.status, who = status, rest
	}
	switch {
	case who == "app":
		w.by = ByApp
	case who != "cors" || w.status == 0:
		return w, fmt.Errorf("%q is neither «app» nor a status and «app» or «cors»", line)
	}
	return w, nil
}
