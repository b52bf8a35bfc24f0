package policyfile

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// source is a document and its working text. The working text is the document with mistakes
// in JSON or YAML corrected, so that the rest can be read.
type source struct {
	original []byte
	working  []byte
	edits    []madeEdit // the edits from original to working, in order
}

// madeEdit is an edit, with the offset of New in the working text.
type madeEdit struct {
	Edit
	begin int
}

// use makes the working text with edits, which must be in order.
func (s *source) use(edits []Edit) {
	s.working, s.edits = apply(s.original, edits), nil
	shift := 0
	for _, e := range edits {
		s.edits = append(s.edits, madeEdit{e, e.Start + shift})
		shift += len(e.New) - (e.End - e.Start)
	}
}

// place converts an offset of the working text to one of the document.
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

// span returns the bytes of the document for a part of the working text. It returns false
// if that part was corrected.
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
	partial bool // the document could be read only up to some place
	budget  int  // how many bytes may still be read; YAML aliases can make a document far larger than its text
}

// syntax adds a problem of the whole document, at an offset of the working text.
func (r *reader) syntax(offset int, code, hint string) {
	r.file.Problems = append(r.file.Problems, Problem{
		Severity: Error, Field: "document", Code: code, Hint: hint, offset: r.place(offset),
	})
}

// finish sets the lines and messages of the problems, and sorts them.
func (r *reader) finish() {
	all := r.file.Problems
	slices.SortStableFunc(all, func(a, b Problem) int { return cmp.Compare(a.offset, b.offset) })
	type same struct {
		offset            int
		code, value, hint string
	}
	seen := make(map[same]bool)
	all = slices.DeleteFunc(all, func(p Problem) bool {
		// With a YAML alias, several policies have the same problem at the same value.
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

// lineStarts holds the offsets at which the lines of a text begin.
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

// line returns the line of an offset, from 1.
func (s lineStarts) line(offset int) int {
	i, found := slices.BinarySearch(s, offset)
	if found {
		i++
	}
	return i
}

// at returns the line and the column of an offset, both from 1.
func (s lineStarts) at(offset int) (line, column int) {
	line = s.line(offset)
	return line, 1 + offset - s[line-1]
}
