package policyfile

import (
	"errors"
	"strconv"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// maxRounds limits how often a policy is compiled. An error hides warnings, and the
// replacement of one value may cause an error at another.
const maxRounds = 4

// check reports the problems of a policy, and returns the policy. It is compiled unless it
// has an error.
func (r *reader) check(name string, policy *node) Policy {
	c := &checker{
		reader: r, name: name, policy: policy, instead: make(map[string]string), assumed: make(map[string]bool),
		dropped: make(map[*node]bool), renamed: make(map[*node]string), reported: make(map[[2]string]bool),
	}
	if !c.read() {
		return Policy{Name: name}
	}
	compiled := c.compile()
	if c.faulty {
		compiled = nil
	}
	return Policy{Name: name, Compiled: compiled, places: c.places()}
}

// places returns the places of the policy, its fields and their elements, beginning with
// the policy itself.
func (c *checker) places() []place {
	all := []place{{line: c.place(c.policy.start)}} // offsets; finish converts them to lines
	add := func(path string, at *node) { all = append(all, place{path, at.text, c.place(at.start)}) }
	for _, m := range c.policy.members {
		add(m.key.text, m.key)
		for i, item := range m.value.items {
			add(m.key.text+indexOpen+strconv.Itoa(i)+"]", item)
		}
		for _, inner := range m.value.members {
			add(m.key.text+"."+inner.key.text, inner.key)
		}
	}
	return all
}

// checker finds the problems of one policy. It writes the policy as JSON, one token per
// line, for package cors; the line of an error then leads back to the value. It replaces a
// value that has an error by its Repair or by a harmless value and reads the policy again,
// so an error does not hide other errors.
type checker struct {
	*reader
	name    string
	policy  *node
	faulty  bool
	instead map[string]string // by path: what to read in place of a value, as JSON; "" leaves it out
	assumed map[string]bool   // paths whose replacement is not a Repair
	dropped map[*node]bool    // keys that are left out
	renamed map[*node]string  // keys that are read under another name

	counted  bool               // the policy's values were subtracted from the budget
	missing  bool               // a field was not read, so "missing" errors may be wrong
	reported map[[2]string]bool // errors of Compile that were reported, by path and code
}

// read reports unknown fields and wrong types. It returns whether package cors can read the
// rest.
func (c *checker) read() bool {
	const last = 3 // misspelt fields are renamed first at the top, then within dangerously
	for round := 1; round <= last; round++ {
		w := c.write()
		if c.budget < 0 {
			c.report(located{slot{start: c.policy.start}, &cors.ConfigError{
				Field: "document", Code: "yaml-aliases", Hint: "with all its aliases the document is many times as long; write the values out",
			}}, nil)
			return false
		}
		_, err := cors.ParseConfig(w.json)
		problems := w.problems(err)
		if round < last && c.rename(problems) {
			continue
		}
		for _, p := range problems {
			if p.err.Code == "json-problems" || p.slot.path == "" && p.slot.key == nil { // over 100, or not an object
				c.report(p, nil)
				return false
			}
			c.misread(p)
		}
		break
	}
	return true
}

// rename reads misspelt fields under their right names, and reports them.
func (c *checker) rename(problems []located) bool {
	targets := make(map[string]int)
	for _, p := range problems {
		targets[p.target()]++
	}
	found := false
	for _, p := range problems {
		target := p.target()
		if target == "" || targets[target] > 1 || c.has(target) || len(c.renamed) >= 100 {
			continue
		}
		name := target[strings.LastIndex(target, ".")+1:]
		c.renamed[p.slot.key] = name
		c.report(p, c.replace(p.slot.key, name))
		found = true
	}
	return found
}

// has reports whether the policy has a field with this path.
func (c *checker) has(path string) bool {
	in, name, nested := strings.Cut(path, ".")
	for _, m := range c.policy.members {
		switch {
		case !nested && m.key.text == path:
			return true
		case nested && m.key.text == in && m.value.kind == object:
			for _, inner := range m.value.members {
				if inner.key.text == name {
					return true
				}
			}
		}
	}
	return false
}

// misread reports an error of ParseConfig, and replaces the value.
func (c *checker) misread(p located) {
	switch p.err.Code {
	case "json-unknown-field", "json-repeated-field":
		c.dropped[p.slot.key] = true
		c.report(p, nil)
		c.missing = c.missing || p.err.Code == "json-unknown-field"
	default:
		if c.partial && p.slot.value.kind == null && p.slot.value.written == "" && c.file.Form == YAML {
			c.instead[p.slot.path], c.assumed[p.slot.path] = harmless(p.slot.path, 0), true
			c.faulty = true
			return // the field may be in the part that was not read
		}
		means, certain := meant(p.slot)
		c.instead[p.slot.path], c.assumed[p.slot.path] = means, !certain
		var repair []Edit
		if certain {
			repair = c.replaceValue(p.slot.value, means)
		}
		c.report(p, repair)
	}
}

// compile reports what Compile finds in the policy.
func (c *checker) compile() *cors.Policy {
	for range maxRounds {
		w := c.write()
		compiled, err := cors.ParsePolicy(w.json)
		if err == nil {
			for _, warning := range compiled.Warnings() {
				c.warn(w, warning)
			}
			return compiled
		}
		problems := w.problems(err)
		for i, p := range problems {
			if p.err.Code == "config-problems" || p.err.Code == "json-problems" { // there are over 100
				c.report(p, nil)
				return nil
			}
			problems[i].slot = w.slot(p.err.Field)
			c.refused(problems[i])
		}
		for _, p := range problems {
			c.replaced(p)
		}
	}
	return nil
}

// refused reports an error of Compile.
func (c *checker) refused(p located) {
	path, key := p.err.Field, [2]string{p.err.Field, p.err.Code}
	absent := p.slot.path == "" && (c.missing || c.partial) // the missing field may be one that was not read
	if c.isAssumed(path) || c.reported[key] || absent {
		return
	}
	c.reported[key] = true
	c.report(p, c.respell(p.slot, path, p.err.Repair))
}

// replaced replaces a value that Compile rejects.
func (c *checker) replaced(p located) {
	path := p.err.Field
	if isElement(path) && p.slot.path != path { // an element of a list that was written as a string
		path = parent(path)
	}
	if _, again := c.instead[path]; again || len(p.err.Repair) == 0 || p.err.Field != path {
		c.instead[path], c.assumed[path] = harmless(path, len(c.instead)), true
		return
	}
	c.instead[path] = quote(p.err.Repair[0])
}

// isAssumed reports whether the value that is read at a path is a guess.
func (c *checker) isAssumed(path string) bool {
	return c.assumed[path] || isElement(path) && c.assumed[parent(path)]
}

// warn reports a warning.
func (c *checker) warn(w *written, warning cors.Warning) {
	path := warning.Field
	if c.isAssumed(path) || c.uncertain(path, warning.Code) {
		return
	}
	at := w.slot(path)
	c.add(Warning, located{at, &cors.ConfigError{
		Field: path, Value: warning.Value, Code: warning.Code, Hint: warning.Hint,
	}}, c.respell(at, path, warning.Repair))
}

// uncertain reports whether a warning may not apply to the policy as its author meant it.
// This is so if the warning is about a missing element, and a part of the list could not be
// read.
func (c *checker) uncertain(path, code string) bool {
	if code != "content-type-missing" && code != "any-header-authorization" {
		return false
	}
	for other, assumed := range c.assumed {
		if assumed && strings.HasPrefix(other, path) {
			return true
		}
	}
	return c.partial
}

// report adds an error.
func (c *checker) report(p located, repair []Edit) {
	c.faulty = true
	c.add(Error, p, repair)
}

func (c *checker) add(severity Severity, p located, repair []Edit) {
	value := p.err.Value
	if p.err.Code == "json-type" && c.file.Form == YAML && p.slot.value != nil && p.slot.value.kind > text {
		value = p.slot.value.written
	}
	c.file.Problems = append(c.file.Problems, Problem{
		Severity: severity, Policy: c.name, Field: p.err.Field, Value: value, Code: p.err.Code, Hint: p.err.Hint,
		Repair: repair, offset: c.place(p.slot.start),
	})
}

// located is an error of package cors and the value that caused it.
type located struct {
	slot slot
	err  *cors.ConfigError
}

// target returns the path of the field that a misspelt one means, or "".
func (p located) target() string {
	quoted, found := strings.CutPrefix(p.err.Hint, "there is no such field; write ")
	if p.err.Code != "json-unknown-field" || !found {
		return ""
	}
	name, err := strconv.Unquote(quoted)
	if err != nil || p.slot.key == nil {
		return ""
	}
	if i := strings.LastIndex(p.slot.path, "."); i >= 0 {
		return p.slot.path[:i+1] + name
	}
	return name
}

// problems finds the values that caused the errors of package cors.
func (w *written) problems(err error) []located {
	var found []located
	var placed *cors.ParseError
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if errors.As(err, &placed) {
			found = append(found, located{w.lines[placed.Line-1], placed.Err})
		}
		return found
	}
	for _, e := range joined.Unwrap() {
		if errors.As(e, &placed) {
			found = append(found, located{w.lines[placed.Line-1], placed.Err})
		}
	}
	return found
}
