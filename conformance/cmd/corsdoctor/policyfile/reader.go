package policyfile

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// source is a document and the text that is read in its place: with what is wrong in its
// JSON or YAML put right, so that the rest can be read too.
type source struct {
	original []byte
	working  []byte
	edits    []madeEdit // that make working of original, in order
}

// madeEdit is an edit, and where in the working text its New begins.
type madeEdit struct {
	Edit
	begin int
}

// use makes the working text by edits, which are in order.
func (s *source) use(edits []Edit) {
	s.working, s.edits = apply(s.original, edits), nil
	shift := 0
	for _, e := range edits {
		s.edits = append(s.edits, madeEdit{e, e.Start + shift})
		shift += len(e.New) - (e.End - e.Start)
	}
}

// place returns where in the document a place of the working text is.
func (s *source) place(offset int) int {
	i, _ := slices.BinarySearchFunc(s.edits, offset, func(e madeEdit, offset int) int { return cmp.Compare(e.begin, offset+1) })
	if i > 0 { // the last edit that begins at or before offset
		e := s.edits[i-1]
		if offset < e.begin+len(e.New) {
			return e.Start
		}
		offset += e.End - e.begin - len(e.New)
	}
	return min(max(offset, 0), len(s.original))
}

// span returns the bytes of the document that are those of the working text, and false if
// some were put right.
func (s *source) span(start, end int) (from, to int, ok bool) {
	if end <= start {
		return 0, 0, false
	}
	from, to = s.place(start), s.place(end-1)+1
	ok = to-from == end-start && to <= len(s.original) && bytes.Equal(s.original[from:to], s.working[start:end])
	return from, to, ok
}

// reader collects what Read returns.
type reader struct {
	source
	file    *File
	partial bool // the document could be read up to a place alone
	budget  int  // how much may still be read, in bytes; through aliases, a document can say more than it holds
}

// syntax adds a problem of the whole document at a place in the working text.
func (r *reader) syntax(offset int, code, hint string) {
	r.file.Problems = append(r.file.Problems, Problem{
		Severity: Error, Field: "document", Code: code, Hint: hint, offset: r.place(offset),
	})
}

// finish gives the problems their lines and messages, and sorts them.
func (r *reader) finish() {
	all := r.file.Problems
	slices.SortStableFunc(all, func(a, b Problem) int { return cmp.Compare(a.offset, b.offset) })
	type same struct {
		offset            int
		code, value, hint string
	}
	seen := make(map[same]bool)
	all = slices.DeleteFunc(all, func(p Problem) bool {
		// Through an alias, several policies share what is wrong with one value.
		key := same{p.offset, p.Code, p.Value, p.Hint}
		again := seen[key]
		seen[key] = true
		return again
	})
	starts := newLineStarts(r.original)
	for i := range all {
		p := &all[i]
		p.Line, p.Column = starts.at(p.offset)
		switch {
		case p.Policy != "" && p.Field == "document":
			p.Field = p.Policy
		case p.Policy != "":
			p.Field = p.Policy + "." + p.Field
		}
		p.Message = strings.TrimPrefix((&cors.ConfigError{Field: p.Field, Value: p.Value, Hint: p.Hint}).Error(), "cors: ")
	}
	r.file.Problems = all
	for _, p := range r.file.Policies {
		for i := range p.places {
			p.places[i].line = starts.line(p.places[i].line)
		}
	}
}

// lineStarts are where the lines of a text begin.
type lineStarts []int

func newLineStarts(text []byte) lineStarts {
	starts := lineStarts{0}
	for i, b := range text {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// line is the line of an offset, from 1.
func (s lineStarts) line(offset int) int {
	i, found := slices.BinarySearch(s, offset)
	if found {
		i++
	}
	return i
}

// at is the line and the column of an offset, both from 1.
func (s lineStarts) at(offset int) (line, column int) {
	line = s.line(offset)
	return line, 1 + offset - s[line-1]
}
