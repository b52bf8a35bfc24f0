package main

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// safeWriter lets text to a terminal through and nothing that a terminal would obey: all
// that a server, a certificate or a pasted text says goes through one.
type safeWriter struct {
	out      io.Writer
	commands bool // what is written is for a CI runner to obey
}

// Write writes p with everything escaped but printable characters and line ends.
func (w safeWriter) Write(p []byte) (int, error) {
	text := escaped(string(p))
	if !w.commands {
		text = uncommanded(text)
	}
	if _, err := io.WriteString(w.out, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// escaped writes bytes and characters that are not for the eye as Go's escapes.
func escaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n' || harmless(r) && (r != utf8.RuneError || size > 1):
			b.WriteString(text[i : i+size])
		case r == utf8.RuneError && size == 1, r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

// lineCommand is the beginning of a GitHub workflow command. The runner takes one at the
// beginning of any line that a step prints, blanks apart.
var lineCommand = regexp.MustCompile(`(?m)^([ \t]*):(:)`)

// uncommanded escapes what a CI runner would obey in a log: "::" at the beginning of a line,
// and "##", by which "##[" (GitHub), "##vso[" (Azure) and "##teamcity[" begin commands
// anywhere in a line.
func uncommanded(text string) string {
	return lineCommand.ReplaceAllString(strings.ReplaceAll(text, "##", `#\x23`), `$1\x3a$2`)
}

// harmless reports whether a terminal shows a character and does nothing else. Characters
// that turn the direction of writing are of the class Cf, and so not printable.
func harmless(r rune) bool { return r == ' ' || unicode.IsPrint(r) }

// asciiJSON writes a JSON document's characters outside ASCII as \u escapes, which mean the
// same to whatever reads JSON. So is the second "#" of two: see uncommanded.
func asciiJSON(document []byte) []byte {
	var b []byte
	for _, r := range string(document) {
		switch {
		case r < 0x7f:
			b = append(b, byte(r))
		case r > 0xffff:
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return bytes.ReplaceAll(b, []byte("##"), []byte(`#\u0023`))
}
