// Package policyfile reads policies as people write them, in JSON and YAML, and reports every
// fault of a document in one run: what is not JSON or YAML, unknown fields, wrong types, what
// cors.Compile refuses and what it warns of. Each Problem has its place. Where the right
// spelling is certain, it has a Repair too, which changes these bytes and nothing else: comments,
// order and layout of the document stay.
//
// A document holds one policy, as cors.ParsePolicy reads it, or a set of named policies, as
// policies.Parse reads it. Read does not panic, whatever the document holds, and its work
// grows with the document's length.
package policyfile

import (
	"cmp"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// MaxLength is how many bytes a document may have: enough for a policy of 100,000 origins. The
// YAML library and the tree of the document take up to 400 bytes of memory for each byte.
const MaxLength = 4 << 20

// Severity says what a Problem means for the policy.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the document is not read, or the policy does not compile
	Warning Severity = "warning" // the policy compiles
)

// Form is the language of a document.
type Form string

// The forms. Any is JSON if the document begins with a brace, a bracket or a JavaScript
// comment, and YAML if not.
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
	Policy   string   `json:"policy,omitempty"` // its name, in a set
	Field    string   `json:"field"`            // as documents name it, after the policy's name
	Value    string   `json:"value,omitempty"`  // what is written there
	Code     string   `json:"code"`             // names the kind of problem, and is stable
	Hint     string   `json:"hint"`             // what is wrong, and how to write it right
	Message  string   `json:"message"`          // Field, Value and Hint in one line
	Repair   []Edit   `json:"repair,omitempty"` // none where there is a doubt

	offset int // of the place
}

// Edit puts New in place of the document's bytes from Start to End.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Policy is a policy of a document.
type Policy struct {
	Name     string       // in a set, otherwise ""
	Compiled *cors.Policy // nil if the policy has an error

	places []place
}

// place is the line of a field or of a list's element.
type place struct {
	path, text string
	line       int
}

// Line is the line of a list's element, of its field, or of the policy: the nearest that the
// document has. Names may be those of cors.Config.
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

// File is what a document holds.
type File struct {
	Form     Form // JSON or YAML
	Set      bool // policies have names
	Policies []Policy
	Problems []Problem // in the order of the document
}

// Faulty reports whether any Problem is an Error.
func (f *File) Faulty() bool {
	return slices.ContainsFunc(f.Problems, func(p Problem) bool { return p.Severity == Error })
}

// Read reads a document and everything that is wrong in it.
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

// formOf guesses the language of a document.
func formOf(text []byte) Form {
	begin := strings.TrimLeft(string(text[:min(len(text), 1024)]), "\ufeff \t\r\n")
	if begin != "" && strings.Contains("{[/", begin[:1]) {
		return JSON
	}
	return YAML
}

// Fix applies the Repairs of problems, which Read found in text, and changes nothing else.
// Of two Repairs that change the same bytes the first is applied; the other may be found
// again by Read.
func Fix(text []byte, problems []Problem) []byte { return apply(text, Edits(text, problems)) }

// Edits are those that Fix makes, in order.
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

// withoutOverlaps leaves out each edit that begins before the one before it ends.
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

// apply applies edits that are in order.
func apply(text []byte, edits []Edit) []byte {
	out := make([]byte, 0, len(text))
	done := 0
	for _, e := range edits {
		out = append(append(out, text[done:e.Start]...), e.New...)
		done = e.End
	}
	return append(out, text[done:]...)
}
