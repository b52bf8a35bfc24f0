package policies

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/internal/diagnose"
)

// Parse reads a JSON document of policies, for New and Load. It is as strict as
// cors.ParsePolicy, and compiles each policy. All problems of the document are reported at
// once. Each is a *cors.ParseError with its line and column, and its Field begins with the
// policy's name. After 100 problems, one more has the number of the others. A top-level
// "$schema" is skipped.
func Parse(document []byte) (map[string]cors.Config, error) {
	configs := make(map[string]cors.Config)
	err := read(document, func(name string, text []byte, _ *cors.Policy) (err error) {
		configs[name], err = cors.ParseConfig(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return configs, nil
}

// read calls found for each policy of the document.
func read(document []byte, found func(name string, text []byte, policy *cors.Policy) error) error {
	r := &reader{place: place{document: document}, decoder: json.NewDecoder(bytes.NewReader(document))}
	if problem := r.syntax(); problem != nil {
		return problem
	}
	if t, _ := r.decoder.Token(); t != json.Delim('{') {
		return r.fail(0, "", "json-type", `write an object with a policy for each name: {"public": {…}}`)
	}
	var errs problemList
	seen := make(map[string]bool)
	for r.decoder.More() {
		at := r.next()
		token, _ := r.decoder.Token()
		name, _ := token.(string)
		begins := r.next()
		var text json.RawMessage
		if err := r.decoder.Decode(&text); err != nil {
			errs.add(r.fail(begins, name, "json-syntax", err.Error()))
			return r.joined(errs)
		}
		switch {
		case name == "$schema":
			if text[0] != '"' {
				errs.add(r.fail(begins, name, "json-type", "write the schema's address, in quotes"))
			}
		case name == "":
			errs.add(r.fail(at, name, "policy-name", "give the policy a name"))
		case text[0] != '{' && isField(name):
			return r.fail(at, "", "policy-name", `this is one policy, where a set of policies should be; give it a name: {"public": {"`+name+`": …}}`)
		case seen[name]:
			errs.add(r.fail(at, name, "json-repeated-field", "the policy occurs twice; remove one"))
		default:
			policy, err := cors.ParsePolicy(text)
			if err == nil {
				err = found(name, text, policy)
			}
			errs.add(r.moved(begins, name, err)...)
		}
		seen[name] = true
	}
	if delete(seen, "$schema"); len(seen) == 0 {
		errs.add(r.fail(0, "", "policy-name", `there is no policy; write one for each name: {"public": {…}}`))
	}
	return r.joined(errs)
}

// isField reports whether a policy has a field of this name.
func isField(name string) bool {
	document, err := json.Marshal(map[string]any{name: nil})
	if err != nil {
		return false
	}
	_, err = cors.ParseConfig(document)
	return !slices.ContainsFunc(cors.ConfigErrors(err), func(e *cors.ConfigError) bool { return e.Code == "json-unknown-field" })
}

// reader reads the names and texts of a document's policies.
type reader struct {
	place
	decoder *json.Decoder
}

// syntax returns an error if the document is not JSON.
func (r *reader) syntax() error {
	var all json.RawMessage
	err := json.Unmarshal(r.document, &all)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &syntax) || syntax.Offset >= int64(len(r.document)) && strings.HasPrefix(err.Error(), "unexpected end"):
		return r.fail(len(r.document), "", "json-syntax", "the JSON document ends too early")
	}
	if mark := diagnose.ByteOrderMark(r.document); mark != "" {
		return r.fail(0, "", "json-syntax", mark)
	}
	return r.fail(int(syntax.Offset)-1, "", "json-syntax", diagnose.JSON(r.document, syntax))
}

// next returns the offset at which the next token begins.
func (r *reader) next() int {
	rest := bytes.TrimLeft(r.document[r.decoder.InputOffset():], " \t\r\n,:")
	return len(r.document) - len(rest)
}

// joined joins all errors, and adds the number of those that are not listed.
func (r *reader) joined(all problemList) error {
	if all.more > 0 {
		all.errs = append(all.errs, r.fail(0, "", "json-problems", all.rest()))
	}
	return errors.Join(all.errs...)
}

// moved converts the places of a policy's errors to places in the whole document. The
// policy begins at offset.
func (r *reader) moved(offset int, name string, err error) []error {
	if err == nil {
		return nil
	}
	line, column := r.at(offset)
	var errs []error
	for _, e := range problems(err) {
		there := &cors.ParseError{Line: line, Column: column}
		var placed *cors.ParseError
		wrong := &cors.ConfigError{Field: "document", Code: "json-type", Hint: e.Error()}
		if errors.As(e, &placed) {
			there.Line, there.Column, wrong = line+placed.Line-1, placed.Column, placed.Err
			if placed.Line == 1 {
				there.Column += column - 1
			}
		}
		there.Err = named(name, wrong)
		errs = append(errs, there)
	}
	return errs
}

// problems returns the errors that err joins.
func problems(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// place finds lines and columns in a document. It counts the lines only once.
type place struct {
	document  []byte
	done      int // offset up to which lines are counted
	line      int // how many have ended
	lineStart int // offset of the current line
}

// at returns the line and column of an offset, both from 1. Call it with growing offsets:
// with a smaller one it counts again from the beginning.
func (p *place) at(offset int) (line, column int) {
	if offset < p.done {
		p.done, p.line, p.lineStart = 0, 0, 0
	}
	for p.done < offset {
		i := bytes.IndexByte(p.document[p.done:offset], '\n')
		if i < 0 {
			p.done = offset
			break
		}
		p.done += i + 1
		p.line, p.lineStart = p.line+1, p.done
	}
	return p.line + 1, offset - p.lineStart + 1
}

func (p *place) fail(offset int, name, code, hint string) error {
	line, column := p.at(offset)
	field := "document"
	if name != "" {
		field = name
	}
	return &cors.ParseError{Line: line, Column: column, Err: &cors.ConfigError{Field: field, Code: code, Hint: hint}}
}
