package policyfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// readJSON reads a JSON document. It first corrects clear mistakes, such as comments and
// commas, so that it can read the rest.
func (r *reader) readJSON() {
	if !json.Valid(r.original) && bytes.IndexByte(r.original, 0) < 0 { // with NUL it is not UTF-8, and every edit would spoil it
		var edits []Edit
		for _, f := range lenient(r.original) {
			if r.syntax(f.edit.Start, "json-syntax", f.hint); f.certain {
				r.file.Problems[len(r.file.Problems)-1].Repair = []Edit{f.edit}
			}
			edits = append(edits, f.edit)
		}
		r.use(edits)
	}
	if !json.Valid(r.working) {
		r.partial = true
		r.notJSON()
	}
	d := &jsonDecoder{data: r.working, decoder: json.NewDecoder(bytes.NewReader(r.working))}
	d.decoder.UseNumber()
	root := d.value(0)
	if root != nil && root.kind == object {
		r.document(root)
	} else if !r.partial {
		r.check("", root)
	}
}

// notJSON reports where the working text is not JSON, in the words of package cors.
func (r *reader) notJSON() {
	_, one := cors.ParseConfig(r.working)
	_, set := policies.Parse(r.working)
	for _, err := range []error{one, set} {
		for _, e := range joined(err) {
			var placed *cors.ParseError
			if errors.As(e, &placed) && (placed.Err.Code == "json-syntax" || placed.Err.Code == "json-trailing") {
				r.syntax(r.offset(placed.Line, placed.Column), placed.Err.Code, placed.Err.Hint)
				return
			}
		}
	}
	r.syntax(len(r.working), "json-syntax", "this is not JSON") // unreachable: one of them reports the place
}

// offset returns the offset of a line and a column of the working text.
func (r *reader) offset(line, column int) int {
	begin := 0
	for ; line > 1; line-- {
		begin += bytes.IndexByte(r.working[begin:], '\n') + 1
	}
	return begin + column - 1
}

// jsonDecoder reads values with their places.
type jsonDecoder struct {
	data    []byte
	decoder *json.Decoder
}

// next returns where the next token begins.
func (d *jsonDecoder) next() int {
	offset := int(d.decoder.InputOffset())
	return len(d.data) - len(bytes.TrimLeft(d.data[offset:], " \t\r\n,:"))
}

// maxNested limits the depth of the values that are kept. No policy has deeper ones.
const maxNested = 6

// value reads a value, or its readable part. It returns nil if there is none.
func (d *jsonDecoder) value(depth int) *node {
	start := d.next()
	token, err := d.decoder.Token()
	if err != nil {
		return nil
	}
	n := &node{start: start}
	switch t := token.(type) {
	case json.Delim:
		if n.kind = object; t == '[' {
			n.kind = list
		}
		d.inside(n, depth+1)
	case string:
		n.kind, n.text = text, t
	case bool:
		n.kind, n.text = boolean, fmt.Sprint(t)
	case json.Number:
		n.kind, n.text = number, t.String()
	default:
		n.kind, n.text = null, "null"
	}
	n.end = int(d.decoder.InputOffset())
	return n
}

// inside reads the members or elements of n, and finds its end.
func (d *jsonDecoder) inside(n *node, depth int) {
	if depth > maxNested {
		for open := 1; open > 0; {
			token, err := d.decoder.Token()
			if err != nil {
				return
			}
			switch token {
			case json.Delim('{'), json.Delim('['):
				open++
			case json.Delim('}'), json.Delim(']'):
				open--
			}
		}
		return
	}
	for d.decoder.More() {
		if n.kind == list {
			item := d.value(depth)
			if item == nil {
				return
			}
			n.items = append(n.items, item)
			continue
		}
		key := d.value(depth)
		if key == nil {
			return
		}
		value := d.value(depth)
		if value == nil {
			return
		}
		n.members = append(n.members, member{key, value})
	}
	_, _ = d.decoder.Token() // the end; if there is none, the next token is an error too
}

// joined returns the errors that errors.Join has joined.
func joined(err error) []error {
	if err == nil {
		return nil
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return all.Unwrap()
	}
	return []error{err}
}
