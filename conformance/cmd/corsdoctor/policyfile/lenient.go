package policyfile

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// fault is a mistake in JSON whose meaning is clear.
type fault struct {
	edit    Edit // makes it readable
	hint    string
	certain bool // the edit is a Repair; the author must decide about a comment
}

// lenient finds comments, missing and additional commas, single quotes, and a byte order
// mark.
func lenient(data []byte) []fault {
	var faults []fault
	const mark = "\ufeff"
	i := 0
	if bytes.HasPrefix(data, []byte(mark)) {
		faults = append(faults, fault{Edit{0, len(mark), ""}, "the document begins with a byte order mark, which JSON does not have; save it as UTF-8 without one", true})
		i = len(mark)
	}
	var (
		open  []byte // the open objects and lists
		comma = -1   // the place of the last token if it is a comma
		ended = -1   // the end of the last token if it ends an element or a member
		colon bool   // the next value belongs to a member
	)
scan:
	for i < len(data) {
		start := i
		switch b := data[i]; b {
		case ' ', '\t', '\r', '\n':
			i++
			continue
		case '/', '#':
			n := comment(data[i:])
			if n == 0 {
				break scan
			}
			i += n
			faults = append(faults, fault{Edit{start, i, ""}, "JSON has no comments; remove this one, or write the document in YAML", false})
			continue
		case ',':
			i, comma, ended = i+1, start, -1
			continue
		case ':':
			i, comma, ended, colon = i+1, -1, -1, true
			continue
		case '}', ']':
			if i++; comma >= 0 {
				faults = append(faults, fault{Edit{comma, comma + 1, ""}, "JSON has no comma after the last element; remove it", true})
			}
			if len(open) == 0 {
				break scan
			}
			open = open[:len(open)-1]
			comma, ended = -1, i
			continue
		case '{', '[':
			i++
		case '"', '\'':
			n := quoted(data[i:])
			if n == 0 {
				break scan
			}
			if i += n; b == '\'' {
				inside := string(data[start+1 : i-1])
				if strings.ContainsAny(inside, `"\`) || strings.ContainsFunc(inside, unicode.IsControl) {
					break scan // the meaning is not certain
				}
				faults = append(faults, fault{Edit{start, i, `"` + inside + `"`}, "JSON writes strings in double quotes", true})
			}
		default:
			for i < len(data) && !strings.ContainsRune(" \t\r\n,:{}[]\"/#", rune(data[i])) {
				i++
			}
		}
		if ended >= 0 && len(open) > 0 {
			faults = append(faults, fault{Edit{ended, ended, ","}, "a comma is missing here", true})
		}
		comma, ended = -1, -1
		switch inObject := len(open) > 0 && open[len(open)-1] == '{'; {
		case data[start] == '{' || data[start] == '[':
			open = append(open, data[start])
		case colon || !inObject: // otherwise it is a member's name
			ended = i
		}
		colon = false
	}
	slices.SortStableFunc(faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.edit.Start, b.edit.Start), cmp.Compare(a.edit.End, b.edit.End))
	})
	return faults
}

// comment returns the length of the comment at the beginning of data, or 0.
func comment(data []byte) int {
	if bytes.HasPrefix(data, []byte("/*")) {
		if i := bytes.Index(data[2:], []byte("*/")); i >= 0 {
			return 2 + i + 2
		}
		return 0
	}
	if data[0] == '#' || bytes.HasPrefix(data, []byte("//")) {
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			return i
		}
		return len(data)
	}
	return 0
}

// quoted returns the length of the string at the beginning of data, or 0 if it does not end
// in its line.
func quoted(data []byte) int {
	for i := 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case data[0]:
			return i + 1
		case '\n':
			return 0
		}
	}
	return 0
}
