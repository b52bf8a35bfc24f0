package pasted

import (
	"errors"
	"fmt"
	"strings"
)

// cmdWords splits a command for Windows' cmd into its words, up to the end of its line.
// DevTools puts every argument between ^" and ^". It escapes twice: with a caret for cmd,
// and with a backslash before quotes and backslashes for the program. Anything that
// DevTools does not write is an error.
func cmdWords(text string) (words []string, rest string, err error) {
	var word strings.Builder
	begun, inside := false, false
	end := func() {
		if begun {
			words = append(words, word.String())
			word.Reset()
			begun = false
		}
	}
	backslash := false // the last character inside quotes escapes the next one
	for i := 0; i < len(text); {
		c, size, literal := cmdByte(text[i:])
		i += size
		switch {
		case size == 0:
			return nil, "", errors.New("the command ends in the middle, after a caret")
		case c == 0: // the end of a line, after a caret
			if inside {
				return nil, "", errors.New("a line ends inside an argument")
			}
		case !literal && (c == '\n' || c == '\r'):
			if inside {
				return nil, "", errors.New("an argument is not closed at the end of its line")
			}
			end()
			if c == '\n' {
				return words, text[i:], nil
			}
		case !literal && c == '&' && strings.Contains(text[i:], "curl"):
			return nil, "", outside(text[i-size:])
		case !literal && strings.IndexByte("&|<>\"%!", c) >= 0:
			return nil, "", fmt.Errorf("the command has %q without a caret, which DevTools does not write: paste one command", c)
		case inside && backslash:
			if c != '"' && c != '\\' {
				word.WriteByte('\\')
			}
			word.WriteByte(c)
			backslash = false
		case inside && c == '\\':
			backslash = true
		case c == '"':
			inside, begun = !inside, true
		case inside:
			word.WriteByte(c)
		case c == ' ' || c == '\t':
			end()
		case plain(c):
			word.WriteByte(c)
			begun = true
		default:
			return nil, "", outside(text[i-1:])
		}
	}
	if inside {
		return nil, "", errors.New(`an argument that begins with ^" is not closed`)
	}
	end()
	return words, "", nil
}

// cmdByte reads one character as cmd does. A caret makes the next character literal. A
// caret at the end of a line joins it with the next line; if the next line begins with a
// line end, that line end is literal. c is 0 between joined lines, and size is 0 at the
// end of the text.
func cmdByte(text string) (c byte, size int, literal bool) {
	if text[0] != '^' {
		return text[0], 1, false
	}
	n := continuation(text[1:])
	switch {
	case n == 0 && len(text) == 1:
		return 0, 0, false
	case n == 0:
		return text[1], 2, true
	}
	if m := continuation(text[1+n:]); m > 0 {
		return '\n', 1 + n + m, true
	}
	return 0, 1 + n, false
}
