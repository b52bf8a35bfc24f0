package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// lines follows the lines of a text through edits: it knows of each line which one it was
// before them, so that what changed can be shown.
type lines []int // for each line of the current text, its original number, or added

const added = -1

func newLines(text []byte) lines {
	l := make(lines, bytes.Count(text, []byte("\n"))+1)
	for i := range l {
		l[i] = i
	}
	return l
}

// apply updates l for edits of text, which must be in order.
func (l *lines) apply(text []byte, edits []policyfile.Edit) {
	var next lines
	kept, line, place := 0, 0, 0 // number of finished lines of l; the current line
	lineAt := func(offset int) int {
		line += bytes.Count(text[place:offset], []byte("\n"))
		place = offset
		return line
	}
	for _, e := range edits {
		first, last := lineAt(e.Start), lineAt(e.End)
		written := 1 + strings.Count(e.New, "\n")
		if first < kept { // the previous edit has changed this line too
			written--
			first = kept
		}
		next = append(next, (*l)[kept:first]...)
		for range written {
			next = append(next, added)
		}
		kept = last + 1
	}
	*l = append(next, (*l)[kept:]...)
}

// hunks shows a change: removed lines with a minus, added lines with a plus.
func hunks(name string, before, now []byte, l lines) string {
	var b strings.Builder
	old, text := strings.Split(string(before), "\n"), strings.Split(string(now), "\n")
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", name, name)
	gone, inside := 0, false // lines of old that are shown or kept
	show := func(mark, line string) {
		b.WriteString(mark + strings.TrimSuffix(line, "\r") + "\n")
	}
	heading := func(line int) {
		if !inside {
			fmt.Fprintf(&b, "@@ line %d @@\n", line+1)
		}
		inside = true
	}
	for i, was := range l {
		if was == added {
			// First show the lines that the added ones replace, up to the next line that
			// stays.
			until := len(old)
			for _, later := range l[i:] {
				if later != added {
					until = later
					break
				}
			}
			heading(i)
			for ; gone < until; gone++ {
				show("-", old[gone])
			}
			show("+", text[i])
			continue
		}
		if was > gone { // lines were removed, and none added
			heading(i)
		}
		for ; gone < was; gone++ {
			show("-", old[gone])
		}
		gone, inside = was+1, false
	}
	return b.String()
}
