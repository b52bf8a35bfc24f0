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

// safeWriter escapes all that a terminal would treat as a command. Text from a server, a
// certificate or a pasted text must go through a safeWriter.
type safeWriter struct {
	out      io.Writer
	commands bool // the text is a command for a CI runner
}

// Write writes p and escapes everything but printable characters and line ends.
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

// escaped writes everything that is not printable as Go's escapes.
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

// lineCommand matches the beginning of a GitHub workflow command. The runner recognizes
// commands at the beginning of every line of output, also after blanks.
var lineCommand = regexp.MustCompile(`(?m)^([ \t]*):(:)`)

// uncommanded escapes everything that a CI runner treats as a command: "::" at the
// beginning of a line, and "##" anywhere, because "##[" (GitHub), "##vso[" (Azure) and
// "##teamcity[" begin commands in the middle of a line.
func uncommanded(text string) string {
	return lineCommand.ReplaceAllString(strings.ReplaceAll(text, "##", `#\x23`), `$1\x3a$2`)
}

// harmless reports whether a terminal only shows the character. Characters that change the
// direction of writing belong to the class Cf, so they are not printable.
func harmless(r rune) bool { return r == ' ' || unicode.IsPrint(r) }

// asciiJSON writes the characters of a JSON document that are not ASCII as \u escapes,
// which every JSON reader understands. It also escapes the second "#" of "##" (see
// uncommanded).
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
