package policyfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// yamlTree converts the nodes of the YAML library, and finds their ends, which the library
// does not provide.
type yamlTree struct {
	text   []byte
	nodes  map[*yaml.Node]*node // through aliases, several places share one node
	begin  position             // the beginning of the document
	place  position             // the beginning of the last node
	budget *int                 // how many bytes may still be read through aliases
}

// position is a position in a text. Columns count characters.
type position struct{ offset, line, column int }

// beginning returns the first position of a text, after a byte order mark.
func beginning(text []byte) position {
	return position{offset: len(text) - len(bytes.TrimPrefix(text, []byte("\ufeff"))), line: 1, column: 1}
}

// forward returns the position of a line and a column, or the end.
func (p position) forward(text []byte, line, column int) position {
	for p.offset < len(text) && (p.line < line || p.line == line && p.column < column) {
		r, size := utf8.DecodeRune(text[p.offset:])
		p.offset += size
		switch {
		case r == '\r' && p.offset < len(text) && text[p.offset] == '\n':
			// the \n ends this line
		case slices.Contains([]rune{'\r', '\n', '\u0085', '\u2028', '\u2029'}, r):
			if p.line == line {
				p.offset -= size // the line is shorter
				return p
			}
			p.line, p.column = p.line+1, 1
		default:
			p.column++
		}
	}
	return p
}

// offset returns where a node begins. Calls must be in the order of the document.
func (t *yamlTree) offset(n *yaml.Node) int {
	if n.Line < t.place.line || n.Line == t.place.line && n.Column < t.place.column {
		t.place = t.begin // unreachable, because they are in order
	}
	t.place = t.place.forward(t.text, n.Line, n.Column)
	return t.place.offset
}

// value converts a node of the library.
func (t *yamlTree) value(of *yaml.Node, depth int) *node {
	for of.Kind == yaml.AliasNode {
		of = of.Alias
	}
	if n := t.nodes[of]; n != nil {
		return n
	}
	n := &node{start: t.offset(of)}
	t.nodes[of] = n
	if of.Kind == yaml.ScalarNode {
		t.scalar(n, of)
		return n
	}
	if of.Kind == yaml.SequenceNode {
		n.kind = list
	}
	n.style, n.end = unknownStyle, n.start+1
	if depth > maxNested {
		return n
	}
	if n.kind == list {
		for _, c := range of.Content {
			item := t.value(c, depth+1)
			if c.Kind == yaml.ScalarNode {
				item.inBlock = of.Style&yaml.FlowStyle == 0
			}
			n.items = append(n.items, item)
		}
		return n
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(of.Content); i += 2 {
		key, value := of.Content[i], of.Content[i+1]
		name, what := t.value(key, depth+1), t.value(value, depth+1)
		if key.ShortTag() == "!!merge" {
			merged = append(merged, value)
			continue
		}
		if name.kind != text {
			name = &node{kind: text, style: unknownStyle, start: name.start, text: name.text}
		}
		n.members = append(n.members, member{name, what})
	}
	for _, m := range merged {
		t.merge(n, m)
	}
	return n
}

// merge adds the members of a mapping, or of a list of mappings, that n does not have.
func (t *yamlTree) merge(n *node, from *yaml.Node) {
	if *t.budget -= 1 + len(n.members); *t.budget < 0 {
		return
	}
	sources := []*node{t.value(from, maxNested)}
	if sources[0].kind == list {
		sources = sources[0].items
	}
	own := make(map[string]bool, len(n.members))
	for _, m := range n.members {
		own[m.key.text] = true
	}
	for _, s := range sources {
		if *t.budget -= 1 + len(s.members); *t.budget < 0 {
			return
		}
		for _, m := range s.members {
			if !own[m.key.text] {
				own[m.key.text] = true
				n.members = append(n.members, m)
			}
		}
	}
}

// scalar converts a scalar, and finds its text in the document.
func (t *yamlTree) scalar(n *node, of *yaml.Node) {
	n.kind, n.text, n.written = text, of.Value, of.Value
	n.tagged = of.Style&yaml.TaggedStyle != 0
	t.resolve(n, of)
	n.style, n.start, n.end = t.span(n.start, of)
}

// resolve gives a scalar the type that the library found.
func (t *yamlTree) resolve(n *node, of *yaml.Node) {
	if of.ShortTag() == "!!str" {
		return
	}
	var value any
	if err := of.Decode(&value); err != nil {
		return
	}
	switch v := value.(type) {
	case string:
		n.text = v
	case bool:
		n.kind, n.text = boolean, fmt.Sprint(v)
	case int, int64, uint64:
		n.kind, n.text = number, fmt.Sprint(v)
	case float64:
		n.kind, n.text = number, "1e999" // .inf or .nan, which JSON does not have
		if encoded, err := json.Marshal(v); err == nil {
			if n.text = string(encoded); !strings.ContainsAny(n.text, ".e") {
				n.text += ".0" // in JSON too, 600.0 is not a whole number
			}
		}
	default:
		n.kind, n.text = null, "null"
	}
}

// span finds a scalar's text, after its anchor and tag.
func (t *yamlTree) span(start int, of *yaml.Node) (s style, from, to int) {
	at := start
	for at < len(t.text) && (t.text[at] == '&' || t.text[at] == '!') {
		for at < len(t.text) && !strings.ContainsRune(" \t\r\n", rune(t.text[at])) {
			at++
		}
		for at < len(t.text) && strings.ContainsRune(" \t\r\n", rune(t.text[at])) {
			at++
		}
	}
	rest := t.text[at:]
	n := 0
	switch {
	case of.Style&yaml.DoubleQuotedStyle != 0:
		s, n = jsonStyle, inQuotes(rest, '"')
	case of.Style&yaml.SingleQuotedStyle != 0:
		s, n = singleStyle, inQuotes(rest, '\'')
	case of.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0:
		s, n = plainStyle, plain(rest, of.Value)
	}
	if n == 0 {
		return unknownStyle, start, start
	}
	return s, at, at + n
}

// inQuotes returns the length of the quoted scalar at the beginning of text, or 0.
func inQuotes(text []byte, quote byte) int {
	if len(text) == 0 || text[0] != quote {
		return 0
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return 0
}

// plain returns the length of the plain scalar with this value at the beginning of text, or
// 0. A scalar on several lines has other blanks than its value.
func plain(text []byte, value string) int {
	n := 0
	for len(value) > 0 {
		r, size := utf8.DecodeRuneInString(value)
		value = value[size:]
		if unicode.IsSpace(r) {
			n += len(text[n:]) - len(bytes.TrimLeftFunc(text[n:], unicode.IsSpace))
			value = strings.TrimLeftFunc(value, unicode.IsSpace)
			continue
		}
		if n+size > len(text) || string(text[n:n+size]) != string(r) {
			return 0
		}
		n += size
	}
	return n
}
