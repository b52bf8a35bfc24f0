package diagnose

import (
	"strconv"
	"strings"
)

// Split splits a string that holds several elements by mistake.
func Split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;| \t\r\n", r) })
}

// Quoted returns the first four elements of list in quotes, and … for the rest.
func Quoted(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if len(out) == 4 {
			return append(out, "…")
		}
		out = append(out, strconv.Quote(s))
	}
	return out
}
