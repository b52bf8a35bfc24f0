package policyfile

import (
	"encoding/json"
	"strconv"
)

// slot is a value or a field's name, and its place in the working text.
type slot struct {
	path  string
	start int
	key   *node // if it is a field's name
	value *node // nil if it is not in the document
}

// written is a policy as JSON, one token per line.
type written struct {
	json  []byte
	lines []slot          // what each line stands for
	slots map[string]slot // by the path of a value
}

// write writes the policy without the keys that are left out, and with the replacements of
// values.
func (c *checker) write() *written {
	w := &written{slots: make(map[string]slot)}
	c.writeValue(w, "", c.policy, 0)
	for path, value := range c.instead {
		if _, found := w.slots[path]; !found && value != "" { // the field is missing in the document
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

// slot returns the slot of a value, or else of its list, or else of the policy.
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

// maxDepth is the depth of the deepest object of a policy, which is dangerously. Deeper
// values are always errors.
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
			if depth > maxDepth || c.budget < 0 { // a list never contains another one
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
		return `""` // unreachable: every string can be written as JSON
	}
	return string(encoded)
}
