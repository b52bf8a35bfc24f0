package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// builder makes one case.
type builder struct {
	c         Case
	head      *Head         // the head that header lines belong to
	wait      time.Duration // before the next fetch
	inherited map[string]bool
}

// build makes the case of a block for one value.
func (p *parser) build(b *block, v value) (*Case, error) {
	build := builder{c: p.lasting, inherited: make(map[string]bool)}
	build.c.Name = b.name
	if v.label != "" {
		build.c.Name += ": " + v.label
	}
	build.c.Resources = make(map[string]Resource)
	put := strings.NewReplacer("$value", v.value, "$code", v.code)
	for _, l := range p.all {
		if err := build.line(put.Replace(l.text)); err != nil {
			return nil, numbered(l, err)
		}
	}
	// The case's first part of a kind replaces all parts of that kind from "all:".
	for at := range build.c.Resources {
		build.inherited["preflight "+at], build.inherited["response "+at] = true, true
	}
	build.inherited["fetch"], build.head = true, nil
	for _, l := range b.lines {
		if err := build.line(put.Replace(l.text)); err != nil {
			return nil, numbered(l, err)
		}
	}
	if err := build.c.complete(); err != nil {
		return nil, fmt.Errorf(" %s: %w", build.c.Name, err)
	}
	return &build.c, nil
}

// replaces reports whether this is the case's first part of its kind.
func (b *builder) replaces(part string) bool {
	was := b.inherited[part]
	delete(b.inherited, part)
	return was
}

func (b *builder) line(text string) error {
	if field, ok := strings.CutPrefix(text, "< "); ok {
		if b.head == nil {
			return errors.New("a header field without a response")
		}
		b.head.Lines = append(b.head.Lines, field)
		return nil
	}
	word, rest, _ := strings.Cut(text, ":")
	word, at, _ := strings.Cut(word, " ")
	rest = strings.TrimSpace(rest)
	var err error
	switch word {
	case "preflight", "response":
		return b.addHead(word, at, rest)
	case "fetch":
		return b.addStep(rest)
	case "wait":
		b.wait, err = time.ParseDuration(rest)
	case "sees", "blocked":
		b.lastStep().Want, err = outcome(word, rest)
	case "reads":
		reads := strings.Fields(rest)
		slices.Sort(reads)
		b.lastStep().Want.Reads = reads
	case "wire":
		b.c.Wire = wire(rest)
	default:
		err = fmt.Errorf("unknown word %q", word)
	}
	return err
}

func (b *builder) addHead(kind, at, status string) error {
	code, _ := strconv.Atoi(status) // the text from all: may still lack a value; complete checks the result
	r := b.c.Resources[at]
	heads := &r.Responses
	if kind == "preflight" {
		heads = &r.Preflights
	}
	if b.replaces(kind + " " + at) {
		*heads = nil
	}
	*heads = append(*heads, Head{Status: code})
	b.c.Resources[at] = r
	b.head = &(*heads)[len(*heads)-1]
	return nil
}

// addStep reads METHOD [target] [JSON object].
func (b *builder) addStep(text string) error {
	if b.replaces("fetch") {
		b.c.Steps = nil
	}
	text, init, hasInit := strings.Cut(text, " {")
	fields := strings.Fields(text)
	step := Step{Init: json.RawMessage("{}"), Wait: b.wait}
	b.wait = 0
	switch len(fields) {
	case 2:
		step.Target = fields[1]
		fallthrough
	case 1:
		step.Method = fields[0]
	}
	if hasInit {
		step.Init = json.RawMessage("{" + init)
	}
	if !json.Valid(step.Init) {
		return fmt.Errorf("fetch: this is not JSON: %s", step.Init)
	}
	b.c.Steps = append(b.c.Steps, step)
	return nil
}

// lastStep returns the step that an outcome belongs to. Without a fetch, it is a GET.
func (b *builder) lastStep() *Step {
	if len(b.c.Steps) == 0 {
		b.c.Steps = []Step{{Method: "GET", Init: json.RawMessage("{}")}}
	}
	return &b.c.Steps[len(b.c.Steps)-1]
}

// outcome reads the text after "sees:" or "blocked:".
func outcome(word, text string) (Outcome, error) {
	fields := strings.Fields(text)
	switch {
	case word == "blocked" && len(fields) == 1:
		return Outcome{Type: "error", Code: fields[0]}, nil
	case word == "blocked":
		return Outcome{}, errors.New("blocked: needs a code, or -")
	case len(fields) != 1:
		return Outcome{}, errors.New("sees: needs a status, opaque or opaqueredirect")
	case fields[0] == "opaque", fields[0] == "opaqueredirect":
		return Outcome{Type: fields[0]}, nil
	}
	status, err := strconv.Atoi(fields[0])
	o := Outcome{Type: "cors", Status: status}
	if !bodiless(status) {
		o.Reads = []string{"content-length"} // every response has it, and every page may read it
	}
	return o, err
}

func bodiless(status int) bool { return status == 204 || status == 304 }

// wire reads requests that are separated by "|".
func wire(text string) []string {
	requests := []string{}
	for _, request := range strings.Split(text, " | ") {
		if request = strings.TrimSpace(request); request != "" {
			requests = append(requests, request)
		}
	}
	return requests
}

// complete adds what a case may leave out, and returns an error for what it must not
// leave out.
func (c *Case) complete() error {
	switch {
	case c.Section == "" || c.Why == "":
		return errors.New("it has no section or no why")
	case len(c.Steps) == 0:
		return errors.New("it fetches nothing")
	case c.Policy == "" && len(c.Resources) == 0:
		return errors.New("it has neither a policy nor a response")
	case c.Policy != "" && len(c.Resources) > 0:
		return errors.New("it has a policy and responses")
	}
	for at, r := range c.Resources {
		for _, head := range slices.Concat(r.Preflights, r.Responses) {
			if head.Status < 100 || head.Status > 999 {
				return fmt.Errorf("a response at %q has no status", at)
			}
		}
	}
	for i, s := range c.Steps {
		if s.Method == "" {
			return fmt.Errorf("fetch %d: needs METHOD [target] [{init}]", i+1)
		}
		if s.Want.Type == "" {
			return fmt.Errorf("neither sees: nor blocked: gives the outcome of fetch %d", i+1)
		}
	}
	if c.Page == "" {
		c.Page = "localhost"
	}
	if c.Wire == nil {
		if len(c.Steps) > 1 || len(c.Resources[""].Preflights) > 0 {
			return errors.New("it does not say what is on the wire")
		}
		c.Wire = []string{c.Steps[0].Method}
	}
	return nil
}
