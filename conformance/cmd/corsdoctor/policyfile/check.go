package policyfile

import (
	"errors"
	"strconv"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// maxRounds bounds how often a policy is compiled: an error hides warnings, and what is put
// in the place of one value may lead to an error at another.
const maxRounds = 4

// check reports what is wrong with a policy, and returns it where that is nothing but
// warnings.
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

// places are those of the policy, of its fields and of their elements. The first is the
// policy's.
func (c *checker) places() []place {
	all := []place{{line: c.place(c.policy.start)}} // offsets, until finish counts the lines
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

// checker looks for the problems of one policy. It writes the policy as JSON, a token a
// line, so that package cors reads it; the line of an error leads back to the value. A value
// with an error is replaced by its Repair or by a harmless one, and the rest is read again:
// so a value that is wrong hides nothing that is wrong elsewhere.
type checker struct {
	*reader
	name    string
	policy  *node
	faulty  bool
	instead map[string]string // by path: what to read in place of a value, as JSON; "" for nothing
	assumed map[string]bool   // paths of which instead is not a Repair
	dropped map[*node]bool    // keys that are not read
	renamed map[*node]string  // keys that are read as another

	counted  bool               // the policy's values, against the budget
	missing  bool               // a field was not read that may be one that is missed
	reported map[[2]string]bool // errors of Compile, by path and code
}

// read looks for unknown fields and wrong types. It reports whether package cors can read the
// rest.
func (c *checker) read() bool {
	const last = 3 // misspelt fields are renamed at the top, then within dangerously
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

// rename reads misspelt fields as those that are meant, and reports them.
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

// misread reports an error of ParseConfig and reads the rest without its value.
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
			return // it may stand in the part that was not read
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

// compile reports what Compile says of what could be read.
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
	absent := p.slot.path == "" && (c.missing || c.partial) // it may be what was not read
	if c.isAssumed(path) || c.reported[key] || absent {
		return
	}
	c.reported[key] = true
	c.report(p, c.respell(p.slot, path, p.err.Repair))
}

// replaced puts another value in the place of one that Compile refuses.
func (c *checker) replaced(p located) {
	path := p.err.Field
	if isElement(path) && p.slot.path != path { // of a list that is read from a string
		path = parent(path)
	}
	if _, again := c.instead[path]; again || len(p.err.Repair) == 0 || p.err.Field != path {
		c.instead[path], c.assumed[path] = harmless(path, len(c.instead)), true
		return
	}
	c.instead[path] = quote(p.err.Repair[0])
}

// isAssumed reports whether what is read at a path is not what its author meant.
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

// uncertain reports whether a warning may be untrue of the policy as it is meant: because
// something of the list that it misses could not be read.
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

// located is an error of package cors, and the value that it is about.
type located struct {
	slot slot
	err  *cors.ConfigError
}

// target is the path of the field that a misspelt one means, or "".
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

// problems finds the values that the errors of package cors are about.
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
