package lab

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// document is a policy's text that can be edited in place, so that comments, order and layout
// stay as the user wrote them. It reads JSON as YAML.
type document struct {
	text string
	json bool
	root *yaml.Node // the mapping
	line []int      // where each line begins
}

var (
	errNotAMapping = errors.New("the document is not a mapping of fields")
	errOddLines    = errors.New("the document has line ends that are not counted here")
)

// load reads a text. It returns an error even if the library panics.
func load(text string, root *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML library failed: %v", p)
		}
	}()
	return yaml.Load([]byte(text), root)
}

// readDocument reads the places of a text. It fails if there is nothing to edit.
func readDocument(format, text string) (*document, error) {
	d := &document{text: text, json: format == formatJSON, line: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			d.line = append(d.line, i+1)
		}
	}
	if strings.ContainsAny(text, "\ufeff\u0085\u2028\u2029") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		return nil, errOddLines
	}
	var root yaml.Node
	if err := load(text, &root); err != nil {
		return nil, err
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, errNotAMapping
	}
	d.root = root.Content[0]
	return d, nil
}

// find returns the value of a path such as "allowOrigins[2]" or "dangerously.nullOrigin", or
// nil if the document does not have it.
func (d *document) find(path string) *yaml.Node {
	path, index, indexed := strings.Cut(path, "[")
	outer, inner, nested := strings.Cut(path, ".")
	value := member(d.root, outer)
	if nested {
		value = member(value, inner)
	}
	if !indexed {
		return value
	}
	n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
	if value == nil || value.Kind != yaml.SequenceNode || err != nil || n < 0 || n >= len(value.Content) {
		return nil
	}
	return value.Content[n]
}

// member is the value of a field of a mapping, or nil.
func member(mapping *yaml.Node, name string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// start is where a node begins, in bytes. yaml counts its column in characters.
func (d *document) start(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(d.line) {
		return len(d.text)
	}
	at := d.line[n.Line-1]
	for range n.Column - 1 {
		if at >= len(d.text) || d.text[at] == '\n' {
			break
		}
		_, size := utf8.DecodeRuneInString(d.text[at:])
		at += size
	}
	return at
}

// end is where a node ends. It is exact for usual texts; a mistake shows when the edited text
// is read again.
func (d *document) end(n *yaml.Node) int {
	at := d.start(n)
	if at >= len(d.text) {
		return len(d.text)
	}
	switch {
	case n.Kind == yaml.AliasNode:
		return at + len("*") + len(n.Value)
	case n.Kind == yaml.ScalarNode:
		return d.endOfScalar(n, at)
	case n.Style&yaml.FlowStyle != 0 || d.json:
		return d.endOfFlow(at)
	case len(n.Content) > 0:
		return d.end(n.Content[len(n.Content)-1])
	}
	return at
}

func (d *document) endOfScalar(n *yaml.Node, at int) int {
	at += len(properties.FindString(d.text[at:]))
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return endOfQuoted(d.text, at)
	case d.text[at:] == "" || n.Value == "" && n.Tag == "!!null":
		return at
	}
	rest := d.text[at:]
	if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.Index(rest, " #"); i >= 0 {
		rest = rest[:i]
	}
	// In a flow, a plain scalar ends with its value; elsewhere, with its line.
	if strings.HasPrefix(rest, n.Value) {
		return at + len(n.Value)
	}
	return at + len(strings.TrimRight(rest, " \t"))
}

// properties are the anchor and the tag in front of a node.
var properties = regexp.MustCompile(`^([&!][^ \t\r\n]*[ \t]+)*`)

// endOfQuoted returns the end of the quoted string that begins at the given place.
func endOfQuoted(text string, at int) int {
	quote := text[at]
	for i := at + 1; i < len(text); i++ {
		switch {
		case quote == '"' && text[i] == '\\':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

// endOfFlow returns the end of the list or mapping in brackets that begins at the given
// place.
func (d *document) endOfFlow(at int) int {
	depth := 0
	for i := at; i < len(d.text); i++ {
		switch c := d.text[i]; c {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'':
			if before := d.text[:i]; c == '\'' && before != "" && !strings.ContainsAny(before[len(before)-1:], " \t\r\n,[{:") {
				continue // an apostrophe within a plain scalar
			}
			i = endOfQuoted(d.text, i) - 1
		case '#':
			if !d.json && strings.ContainsAny(d.text[i-1:i], " \t\n") {
				if end := strings.IndexByte(d.text[i:], '\n'); end >= 0 {
					i += end
				}
			}
		}
	}
	return len(d.text)
}

// newline is the text's line ending.
func (d *document) newline() string {
	if strings.Contains(d.text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// indent is the white space at the beginning of a node's line.
func (d *document) indent(n *yaml.Node) string {
	begin := d.line[min(n.Line, len(d.line))-1]
	rest := d.text[begin:]
	return rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
}

// write writes a value into the document: a string, a bool or a list of strings.
func (d *document) write(value any) string {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case []string:
		var quoted []string
		for _, s := range v {
			quoted = append(quoted, quotedJSON(s))
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	return quotedJSON(fmt.Sprint(value))
}
