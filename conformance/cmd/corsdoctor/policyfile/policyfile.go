// Package policyfile reads policies as people write them, in JSON or YAML, and reports all
// problems of a document in one run: syntax errors, unknown fields, wrong types, the errors of
// cors.Compile and its warnings. Each Problem has its line and column. If the right spelling is
// certain, the Problem also has a Repair, which keeps the rest of the document as it is,
// including comments and layout.
//
// A document holds one policy, as cors.ParsePolicy reads it, or a set of named policies, as
// policies.Parse reads it. Read does not panic on any document, and its work grows linearly
// with the document's length.
package policyfile

import (
	"cmp"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// MaxLength is the largest length of a document in bytes: enough for a policy of 100,000
// origins. Reading takes up to 400 bytes of memory per byte.
const MaxLength = 4 << 20

// Severity says whether a Problem prevents the use of the policy.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the document cannot be read, or the policy does not compile
	Warning Severity = "warning" // the policy compiles, but may not do what its author wants
)

// Form is the format of a document.
type Form string

// The forms. Any means JSON if the document begins with a brace, a bracket or a JavaScript
// comment, and YAML otherwise.
const (
	Any  Form = ""
	JSON Form = "json"
	YAML Form = "yaml"
)

// Problem is a fault in a document.
type Problem struct {
	Severity Severity `json:"severity"`
	Line     int      `json:"line"`             // from 1
	Column   int      `json:"column"`           // from 1, in bytes
	Policy   string   `json:"policy,omitempty"` // the policy's name, in a set
	Field    string   `json:"field"`            // the field's name in documents, without the policy's name
	Value    string   `json:"value,omitempty"`  // the wrong value
	Code     string   `json:"code"`             // the kind of problem, a stable name
	Hint     string   `json:"hint"`             // what is wrong, and what is right
	Message  string   `json:"message"`          // Field, Value and Hint in one line
	Repair   []Edit   `json:"repair,omitempty"` // none if the right spelling is not certain

	offset int // of the place, in the document
}

// Edit replaces the document's bytes from Start to End by New.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Policy is a policy of a document.
type Policy struct {
	Name     string       // its name in a set, otherwise ""
	Compiled *cors.Policy // nil if the policy has an error

	places []place
}

// place is the line of a field or of a list's element.
type place struct {
	path, text string
	line       int
}

// Line returns the line of a list's element. If the document does not contain it, Line
// returns the line of the field, or else of the policy. field may also be a name of
// cors.Config, such as AllowOrigins.
func (p Policy) Line(field, element string) int {
	line := 0
	for i, at := range p.places {
		switch {
		case i == 0:
			line = at.line
		case strings.EqualFold(at.path, field):
			line = at.line
		case isElement(at.path) && strings.EqualFold(parent(at.path), field) && at.text == element:
			return at.line
		}
	}
	return line
}

// File is the content of a document.
type File struct {
	Form     Form // JSON or YAML
	Set      bool // the policies have names
	Policies []Policy
	Problems []Problem // in the document's order
}

// Faulty reports whether any Problem is an Error.
func (f *File) Faulty() bool {
	return slices.ContainsFunc(f.Problems, func(p Problem) bool { return p.Severity == Error })
}

// Read reads a document and finds all its problems.
func Read(text []byte, form Form) *File {
	if form == Any {
		form = formOf(text)
	}
	r := &reader{file: &File{Form: form}, source: source{original: text, working: text}, budget: 4*len(text) + 4096}
	switch {
	case len(text) > MaxLength:
		r.syntax(0, "document-long", "the document has over 4 MiB; split it")
	case form == JSON:
		r.readJSON()
	default:
		r.readYAML()
	}
	r.finish()
	return r.file
}

// formOf returns the format of a document, by its beginning.
func formOf(text []byte) Form {
	begin := strings.TrimLeft(string(text[:min(len(text), 1024)]), "\ufeff \t\r\n")
	if begin != "" && strings.Contains("{[/", begin[:1]) {
		return JSON
	}
	return YAML
}

// Fix applies the Repairs of problems, which must come from Read with the same text. If two
// Repairs change the same bytes, Fix applies only the first; Read then reports the other
// again.
func Fix(text []byte, problems []Problem) []byte { return apply(text, Edits(text, problems)) }

// Edits returns the edits that Fix makes, in order.
func Edits(text []byte, problems []Problem) []Edit {
	var edits []Edit
	for _, p := range problems {
		if !slices.ContainsFunc(p.Repair, func(e Edit) bool { return e.Start < 0 || e.End < e.Start || e.End > len(text) }) {
			edits = append(edits, p.Repair...)
		}
	}
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	return withoutOverlaps(edits)
}

// withoutOverlaps removes every edit that begins before the end of the previous one.
func withoutOverlaps(edits []Edit) []Edit {
	var kept []Edit
	for _, e := range edits {
		if n := len(kept); n > 0 && (e.Start < kept[n-1].End || e.Start == kept[n-1].Start) {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// apply applies edits, which must be in order.
func apply(text []byte, edits []Edit) []byte {
	out := make([]byte, 0, len(text))
	done := 0
	for _, e := range edits {
		out = append(append(out, text[done:e.Start]...), e.New...)
		done = e.End
	}
	return append(out, text[done:]...)
}
