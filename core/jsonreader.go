package cors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/diagnose"
	"github.com/crossgate/cors/core/internal/spelling"
)

// maxParseErrors is maxErrors for the problems of a document.
const maxParseErrors = maxErrors

// jsonReader reads tokens and collects problems in errs. Its methods return an error only
// if reading cannot go on; errs then has it too.
type jsonReader struct {
	data    []byte
	dec     *json.Decoder
	syntax  error // why data is not valid JSON, or nil
	errs    []error
	lines   lineCounter
	written map[string]written // the values to remember, by path; nil for none
}

// written is a value as it is written in a document.
type written struct {
	place   int
	literal string
}

func newJSONReader(data []byte) *jsonReader {
	r := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data)), lines: lineCounter{data: data}}
	r.dec.UseNumber()
	var document json.RawMessage
	r.syntax = json.Unmarshal(data, &document)
	return r
}

// object reads an object with the given fields. Errors write prefix before a field's name.
func (r *jsonReader) object(prefix string, fields []jsonField) error {
	place := r.place()
	t, err := r.token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		r.fail(place, strings.TrimSuffix(prefix, "."), literal(t), "json-type", "write an object: {…}")
		return r.skip(t)
	}
	seen := make(map[string]bool)
	for r.dec.More() {
		place := r.place()
		t, err := r.token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		i := slices.IndexFunc(fields, func(f jsonField) bool { return f.name == name })
		switch {
		case i < 0:
			r.fail(place, prefix+name, "", "json-unknown-field", "there is no such field; "+nearest(name, fields))
			err = r.skipValue()
		case seen[name]:
			r.fail(place, prefix+name, "", "json-repeated-field", "the field occurs twice; remove one")
			err = r.skipValue()
		default:
			seen[name] = true
			err = fields[i].read(r, prefix+name)
		}
		if err != nil {
			return err
		}
	}
	_, err = r.token()
	return err
}

// scalar reads a value that is not a list or an object and passes it to set, which reports
// whether the value is valid.
func (r *jsonReader) scalar(path, hint string, set func(json.Token) bool) error {
	place := r.place()
	t, err := r.token()
	if err != nil {
		return err
	}
	r.remember(path, place, literal(t))
	if set(t) {
		return nil
	}
	r.fail(place, path, literal(t), "json-type", hint)
	return r.skip(t)
}

// literal returns t as it is written in the document.
func literal(t json.Token) string {
	if t == nil {
		return "null"
	}
	return fmt.Sprint(t)
}

func (r *jsonReader) skipValue() error {
	t, err := r.token()
	if err != nil {
		return err
	}
	return r.skip(t)
}

// skip reads the rest of the value that t begins.
func (r *jsonReader) skip(t json.Token) error {
	for depth := 0; ; {
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if t, err = r.token(); err != nil {
			return err
		}
	}
}

// errTooMany ends the reading of a document with too many problems.
var errTooMany = errors.New("too many problems")

// token reads the next token. If there is none, the document is not valid JSON.
func (r *jsonReader) token() (json.Token, error) {
	if len(r.errs) >= maxParseErrors {
		r.fail(r.place(), "", "", "json-problems", fmt.Sprintf("only the first %d problems are reported", maxParseErrors))
		return nil, errTooMany
	}
	t, err := r.dec.Token()
	if err != nil {
		r.failSyntax()
	}
	return t, err
}

// end reports anything after the configuration, and syntax errors that reading did not
// notice.
func (r *jsonReader) end() {
	rest := bytes.TrimLeft(r.data[r.dec.InputOffset():], " \t\r\n")
	switch {
	case len(rest) > 0:
		r.fail(len(r.data)-len(rest), "", "", "json-trailing", "there is something after the configuration; remove it")
	case r.syntax != nil:
		r.failSyntax()
	}
}

func (r *jsonReader) failSyntax() {
	if mark := diagnose.ByteOrderMark(r.data); mark != "" {
		r.fail(0, "", "", "json-syntax", mark)
		return
	}
	var syntax *json.SyntaxError
	if !errors.As(r.syntax, &syntax) || syntax.Offset >= int64(len(r.data)) && strings.HasPrefix(syntax.Error(), "unexpected end") {
		r.fail(len(r.data), "", "", "json-syntax", "the JSON document ends too early")
		return
	}
	// The beginning of the token helps more than the byte at which it breaks off.
	place := min(r.place(), int(syntax.Offset)-1)
	r.fail(place, "", "", "json-syntax", diagnose.JSON(r.data, syntax))
}

// place returns where the next token begins.
func (r *jsonReader) place() int {
	rest := bytes.TrimLeft(r.data[r.dec.InputOffset():], " \t\r\n,:")
	return len(r.data) - len(rest)
}

// remember stores a value if r.written asks for its path.
func (r *jsonReader) remember(path string, place int, literal string) {
	if _, wanted := r.written[path]; wanted {
		r.written[path] = written{place, literal}
	}
}

func (r *jsonReader) fail(place int, path, value, code, hint string) {
	switch {
	case path == "":
		path = "document"
	case len(path) > maxQuoted: // the name of an unknown field
		path = strings.ToValidUTF8(path[:maxQuoted], "") + "…"
	}
	r.errs = append(r.errs, r.lines.at(place, &ConfigError{Field: path, Value: value, Code: code, Hint: hint}))
}

// lineCounter finds the lines and columns of places in data. It goes on from the last
// place, so that places in the document's order cost one pass over it.
type lineCounter struct {
	data        []byte
	place       int // the last
	lines       int // before the last place
	startOfLine int
}

func (c *lineCounter) at(place int, err *ConfigError) *ParseError {
	place = min(place, len(c.data))
	if place < c.place {
		*c = lineCounter{data: c.data}
	}
	passed := c.data[c.place:place]
	c.lines += bytes.Count(passed, []byte("\n"))
	if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
		c.startOfLine = c.place + i + 1
	}
	c.place = place
	return &ParseError{Line: 1 + c.lines, Column: 1 + place - c.startOfLine, Err: err}
}

// nearest suggests the field that name probably means. A name that denies a field, such as
// disallowOrigins, does not mean it.
func nearest(name string, fields []jsonField) string {
	var names []string
	best, distance := "", 4
	name = ascii.ToLower(name)
	for _, f := range fields {
		if strings.HasPrefix(f.name, "$") {
			continue // it is for editors
		}
		quoted := strconv.Quote(f.name)
		names = append(names, quoted)
		if d := spelling.Distance(name, ascii.ToLower(f.name), distance-1); d < distance && !denies(name, ascii.ToLower(f.name), d) {
			best, distance = quoted, d
		}
	}
	if best != "" {
		return "write " + best
	}
	return "the fields are " + strings.Join(names, ", ")
}

// denies reports whether name and field, which have the given distance, differ by a word
// that turns the meaning around, such as no, in either of them.
func denies(name, field string, distance int) bool {
	for _, not := range [...]string{"dis", "in", "no", "non", "not", "un"} {
		for _, pair := range [...][2]string{{name, field}, {field, name}} {
			for at := strings.Index(pair[0], not); at >= 0; {
				without := pair[0][:at] + pair[0][at+len(not):]
				if left := distance - len(not); left >= 0 && spelling.Distance(without, pair[1], left) == left {
					return true
				}
				next := strings.Index(pair[0][at+1:], not)
				if next < 0 {
					break
				}
				at += 1 + next
			}
		}
	}
	return false
}
