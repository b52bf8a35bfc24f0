package lab

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// splice replaces the text from begin to end by with.
type splice struct {
	begin, end int
	with       string
}

// edit is a change of a field in a policy's text.
type edit struct {
	field string // or an element of it
	of    func(*document) ([]splice, error)
}

var errNoPlace = errors.New("the text has no place for this edit")

// byteOrderMark may begin a text of YAML.
const byteOrderMark = "\ufeff"

// apply makes the edits one after the other, each on the result of the one before.
func apply(format, text string, edits ...edit) (string, error) {
	text, marked := strings.CutPrefix(text, byteOrderMark)
	for _, e := range edits {
		for _, of := range []func(*document) ([]splice, error){e.writtenOut, e.of} {
			d, err := readDocument(format, text)
			if err != nil {
				return "", err
			}
			splices, err := of(d)
			if err != nil {
				return "", err
			}
			if text, err = spliced(text, splices); err != nil {
				return "", err
			}
		}
	}
	if marked {
		text = byteOrderMark + text
	}
	return text, nil
}

// spliced makes splices from the last to the first, so that earlier places stay valid.
func spliced(text string, splices []splice) (string, error) {
	slices.SortFunc(splices, func(a, b splice) int { return b.begin - a.begin })
	for _, s := range splices {
		if s.begin > s.end || s.end > len(text) {
			return "", errNoPlace
		}
		text = text[:s.begin] + s.with + text[s.end:]
	}
	return text, nil
}

// writtenOut replaces an alias in the edit's field by what it stands for, because a change of
// the anchor's value would change other fields, too.
func (e edit) writtenOut(d *document) ([]splice, error) {
	field, _, _ := strings.Cut(e.field, "[")
	field, _, _ = strings.Cut(field, ".")
	node := d.find(field)
	if node == nil || node.Kind != yaml.AliasNode {
		return nil, nil
	}
	text, err := yaml.Dump(inFlow(node.Alias), yaml.WithLineWidth(-1))
	return []splice{{d.start(node), d.end(node), strings.TrimSpace(string(text))}}, err
}

// inFlow is a copy of a value, in one line and without anchors, aliases and comments.
func inFlow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	flow := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style &^ (yaml.LiteralStyle | yaml.FoldedStyle)}
	if n.Kind != yaml.ScalarNode {
		flow.Style |= yaml.FlowStyle
	}
	for _, inner := range n.Content {
		flow.Content = append(flow.Content, inFlow(inner))
	}
	return flow
}

// addTo appends elements to a list, which it creates if there is none.
func addTo(list string, elements ...string) edit {
	return edit{list, func(d *document) ([]splice, error) {
		node := d.find(list)
		if node == nil || node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
			return set(list, elements).of(d)
		}
		if node.Kind != yaml.SequenceNode {
			return nil, errNoPlace
		}
		return d.insert(node, len(node.Content), elements), nil
	}}
}

// insert is the splice that inserts elements before the one at i, or after the last.
func (d *document) insert(list *yaml.Node, i int, elements []string) []splice {
	if len(elements) == 0 {
		return nil
	}
	if n := len(list.Content); n == 0 {
		at := d.start(list)
		return []splice{{at, d.endOfFlow(at), d.write(elements)}}
	}
	block := list.Style&yaml.FlowStyle == 0 && !d.json
	last := list.Content[max(i-1, 0)]
	var b strings.Builder
	for _, e := range elements {
		switch {
		case block:
			b.WriteString(d.newline() + d.indent(last) + "- " + quotedLike(last, e))
		case last.Line > list.Line: // each on a line of its own
			b.WriteString("," + d.newline() + d.indent(last) + quotedLike(last, e))
		default:
			b.WriteString(", " + quotedLike(last, e))
		}
	}
	at := d.end(last)
	if block { // after a comment on the same line
		at = d.endOfLine(at)
	}
	return []splice{{at, at, b.String()}}
}

func (d *document) endOfLine(at int) int {
	if i := strings.IndexAny(d.text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(d.text)
}

// replace replaces an element of a list.
func replace(path, with string) edit {
	return edit{path, func(d *document) ([]splice, error) {
		node := d.find(path)
		if node == nil || node.Kind != yaml.ScalarNode {
			return nil, errNoPlace
		}
		return []splice{{d.start(node), d.end(node), quotedLike(node, with)}}, nil
	}}
}

// without removes an element from a list.
func without(path string) edit {
	return edit{path, func(d *document) ([]splice, error) {
		name, _, _ := strings.Cut(path, "[")
		list := d.find(name)
		node := d.find(path)
		if list == nil || node == nil || list.Kind != yaml.SequenceNode {
			return nil, errNoPlace
		}
		return d.remove(list, slices.Index(list.Content, node)), nil
	}}
}

// remove is the splice that removes an element from a list, with its comma or its line.
func (d *document) remove(list *yaml.Node, i int) []splice {
	node := list.Content[i]
	block := list.Style&yaml.FlowStyle == 0 && !d.json
	switch {
	case len(list.Content) == 1 && block:
		dash := strings.LastIndexByte(d.text[:d.start(node)], '-')
		// Further in than the list's name, because its dash may be in the same column.
		return []splice{{max(dash, 0), d.end(node), "  []"}}
	case len(list.Content) == 1:
		return []splice{{d.start(list), d.end(list), "[]"}}
	case block: // its lines
		begin := d.line[node.Line-1]
		end := d.endOfLine(d.end(node))
		if end < len(d.text) {
			end += len(d.text[end:]) - len(strings.TrimPrefix(strings.TrimPrefix(d.text[end:], "\r"), "\n"))
		}
		return []splice{{begin, end, ""}}
	case i == 0:
		return []splice{{d.start(node), d.start(list.Content[1]), ""}}
	}
	return []splice{{d.end(list.Content[i-1]), d.end(node), ""}}
}

// set sets a field's value, and adds the field if it is missing.
func set(path string, value any) edit {
	return edit{path, func(d *document) ([]splice, error) {
		if node := d.find(path); node != nil {
			return []splice{{d.start(node), d.end(node), pad(d, node) + d.write(value)}}, nil
		}
		outer, inner, nested := strings.Cut(path, ".")
		if !nested {
			return d.addField(d.root, outer, d.write(value))
		}
		if mapping := d.find(outer); mapping != nil {
			if mapping.Kind != yaml.MappingNode {
				return nil, errNoPlace
			}
			return d.addField(mapping, inner, d.write(value))
		}
		return d.addField(d.root, outer, "{"+d.name(inner)+": "+d.write(value)+"}")
	}}
}

// pad is the space before a new value, if there is none: "field:" has its place directly
// after the colon.
func pad(d *document, node *yaml.Node) string {
	if at := d.start(node); at > 0 && d.text[at-1] == ':' {
		return " "
	}
	return ""
}

// addField adds a field after the last one of a mapping.
func (d *document) addField(mapping *yaml.Node, name, value string) ([]splice, error) {
	flow := mapping.Style&yaml.FlowStyle != 0 || d.json
	entry := d.name(name) + ": " + value
	if len(mapping.Content) == 0 {
		if !flow {
			return nil, errNoPlace
		}
		at := d.start(mapping)
		if mapping == d.root {
			return []splice{{at, d.end(mapping), "{" + d.newline() + "  " + entry + d.newline() + "}"}}, nil
		}
		return []splice{{at, d.end(mapping), "{" + entry + "}"}}, nil
	}
	first, last := mapping.Content[0], mapping.Content[len(mapping.Content)-1]
	at := d.end(last)
	switch {
	case !flow:
		at = d.endOfLine(at)
		return []splice{{at, at, d.newline() + d.indent(first) + entry}}, nil
	case first.Line > mapping.Line: // each on a line of its own
		return []splice{{at, at, "," + d.newline() + d.indent(first) + entry}}, nil
	}
	return []splice{{at, at, ", " + entry}}, nil
}

// name writes a field's name.
func (d *document) name(name string) string {
	if d.json {
		return quotedJSON(name)
	}
	return name
}

// quotedLike writes a string with the same quotes as another one in the text. If the other
// has none, it adds quotes only if the string would otherwise mean something else in YAML.
func quotedLike(n *yaml.Node, s string) string {
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 && plain(s) {
		return s
	}
	if n.Kind == yaml.ScalarNode && n.Style&yaml.SingleQuotedStyle != 0 && !strings.ContainsAny(s, "'\n\r\t") {
		return "'" + s + "'"
	}
	return quotedJSON(s)
}

// plain reports whether a string needs no quotes, even in a flow: a word or an origin.
func plain(s string) bool {
	if !plainText.MatchString(s) {
		return false
	}
	var read any
	err := yaml.Load([]byte(s), &read)
	_, isString := read.(string)
	return err == nil && isString
}

var plainText = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_./-]|:/)*(:[0-9]+)?$`)
