package policyfile

import (
	"encoding/json"
	"strconv"
)

// slot is a place of a policy: where it is in the working text, and what is there.
type slot struct {
	path  string
	start int
	key   *node // of a field's name, otherwise nil
	value *node // nil for what is not in the document
}

// written is a policy as JSON, a token a line.
type written struct {
	json  []byte
	lines []slot          // of each line
	slots map[string]slot // of each value, by path
}

// write writes the policy without what is dropped, and with what is put in place of values.
func (c *checker) write() *written {
	w := &written{slots: make(map[string]slot)}
	c.writeValue(w, "", c.policy, 0)
	for path, value := range c.instead {
		if _, found := w.slots[path]; !found && value != "" { // a field that is missing
			w.json = w.json[:len(w.json)-len("}\n")]
			if len(w.lines) > 2 {
				w.json = append(w.json, ',')
			}
			w.json = append(w.json, quote(path)+":"+value+"}\n"...)
		}
	}
	c.counted = true
	return w
}

// slot returns the place of a value, of the list that should have it, or of the policy.
func (w *written) slot(path string) slot {
	for {
		if s, found := w.slots[path]; found {
			return s
		}
		if !isElement(path) {
			return w.slots[""]
		}
		path = parent(path)
	}
}

// line writes a token, and remembers what it stands for.
func (w *written) line(token string, s slot) {
	w.json = append(append(w.json, token...), '\n')
	w.lines = append(w.lines, s)
}

// maxDepth is the depth of the deepest object of a policy: dangerously. What is deeper is an
// error, whatever it holds.
const maxDepth = 1

func (c *checker) writeObject(w *written, path string, of *node, depth int) {
	w.slots[path] = slot{path: path, start: of.start, value: of}
	w.line("{", w.slots[path])
	first := true
	for _, m := range of.members {
		if depth > maxDepth || c.budget < 0 {
			break
		}
		name := m.key.text
		if renamed, found := c.renamed[m.key]; found {
			name = renamed
		}
		inner := name
		if path != "" {
			inner = path + "." + name
		}
		instead, replaced := c.instead[inner]
		if c.dropped[m.key] || replaced && instead == "" {
			continue
		}
		if !first {
			w.line(",", slot{start: m.key.start})
		}
		first = false
		w.line(quote(name)+":", slot{path: inner, start: m.key.start, key: m.key, value: m.value})
		c.writeValue(w, inner, m.value, depth+1)
	}
	w.line("}", slot{start: max(of.end-1, of.start), value: of})
}

func (c *checker) writeValue(w *written, path string, value *node, depth int) {
	s := slot{path: path, start: value.start, value: value}
	if !c.counted {
		if c.budget -= 2; value.kind == text {
			c.budget -= len(value.text)
		}
	}
	if instead, replaced := c.instead[path]; replaced {
		w.slots[path] = s
		w.line(instead, s)
		return
	}
	switch value.kind {
	case object:
		c.writeObject(w, path, value, depth)
	case list:
		w.slots[path] = s
		w.line("[", s)
		for i, item := range value.items {
			if depth > maxDepth || c.budget < 0 { // no list is within another
				break
			}
			if i > 0 {
				w.line(",", slot{start: item.start})
			}
			c.writeValue(w, path+indexOpen+strconv.Itoa(i)+"]", item, depth+1)
		}
		w.line("]", slot{start: max(value.end-1, value.start), value: value})
	case text:
		w.slots[path] = s
		w.line(quote(value.text), s)
	default:
		w.slots[path] = s
		w.line(value.text, s)
	}
}

// quote writes a string as JSON.
func quote(s string) string {
	encoded, err := json.Marshal(s)
	if err != nil {
		return `""` // not reached: every string has a form in JSON
	}
	return string(encoded)
}
