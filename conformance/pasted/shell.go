package pasted

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// bashWords splits a command for bash into its words, up to the end of its line. It reads
// only what DevTools writes: single quotes, $'…' with escapes, and plain characters.
// Everything that bash would run, expand or redirect is an error.
func bashWords(text string) (words []string, rest string, err error) {
	var word strings.Builder
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
			word.Reset()
			begun = false
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			end()
			i++
		case c == '\n':
			end()
			return words, text[i+1:], nil
		case c == '\\' && continuation(text[i+1:]) > 0:
			i += 1 + continuation(text[i+1:])
		case c == '\\' && endsLine(text[i+1:]):
			return nil, "", errors.New("a blank is between a backslash and the end of its line: remove the blank")
		case c == '\\':
			if i+1 == len(text) {
				return nil, "", errors.New("the command ends in the middle, after a backslash")
			}
			word.WriteByte(text[i+1])
			begun = true
			i += 2
		case c == '\'':
			inside, _, ok := strings.Cut(text[i+1:], "'")
			if !ok {
				return nil, "", errors.New("a single quote is not closed")
			}
			word.WriteString(inside)
			begun = true
			i += len(inside) + 2
		case strings.HasPrefix(text[i:], "$'"):
			n, err := ansiC(&word, text[i+2:])
			if err != nil {
				return nil, "", err
			}
			begun = true
			i += 2 + n
		case plain(c):
			word.WriteByte(c)
			begun = true
			i++
		default:
			return nil, "", outside(text[i:])
		}
	}
	end()
	return words, "", nil
}

// continuation returns the length of the line end at the beginning of text.
func continuation(text string) int {
	switch {
	case strings.HasPrefix(text, "\r\n"):
		return 2
	case strings.HasPrefix(text, "\n"):
		return 1
	}
	return 0
}

// endsLine reports whether text has blanks, and then the end of a line.
func endsLine(text string) bool {
	rest := strings.TrimLeft(text, " \t\u00a0")
	return len(rest) < len(text) && continuation(rest) > 0
}

// plain reports whether a byte is literal outside quotes.
func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_./:=,+@%", c) >= 0
}

// ansiC decodes the text after $' up to its closing quote, and returns its length. It
// reads the escapes that DevTools writes, including those of single bytes for bash.
func ansiC(word *strings.Builder, text string) (length int, err error) {
	var surrogate rune // the first half of a pair, or 0
	write := func(r rune) {
		switch {
		case surrogate != 0 && utf16.IsSurrogate(r):
			word.WriteRune(utf16.DecodeRune(surrogate, r))
			surrogate = 0
			return
		case surrogate != 0:
			word.WriteRune(utf8.RuneError)
			surrogate = 0
		}
		if utf16.IsSurrogate(r) {
			surrogate = r
			return
		}
		word.WriteRune(r)
	}
	for i := 0; i < len(text); {
		switch {
		case text[i] == '\'':
			if surrogate != 0 {
				word.WriteRune(utf8.RuneError)
			}
			return i + 1, nil
		case text[i] != '\\':
			r, size := utf8.DecodeRuneInString(text[i:])
			write(r)
			i += size
		case i+1 == len(text):
			i++
		default:
			r, size := escape(text[i+1:])
			if size == 0 { // bash keeps the backslash of an unknown escape
				write('\\')
				i++
				continue
			}
			write(r)
			i += 1 + size
		}
	}
	return 0, errors.New("a quote that begins with $' is not closed")
}

// escape reads the text after a backslash. It returns the character and the number of
// bytes of the escape, or 0 if DevTools does not write this escape.
func escape(text string) (r rune, size int) {
	switch text[0] {
	case '\\', '\'':
		return rune(text[0]), 1
	case 'n':
		return '\n', 1
	case 'r':
		return '\r', 1
	case 'x':
		return number(text, 1, 2, 16)
	case 'u':
		return number(text, 1, 4, 16)
	case '0':
		return number(text, 0, 3, 8)
	}
	return 0, 0
}

// number reads exactly this many digits of a base from text[from:].
func number(text string, from, digits, base int) (r rune, size int) {
	if len(text) < from+digits {
		return 0, 0
	}
	n, err := strconv.ParseUint(text[from:from+digits], base, 16)
	if err != nil {
		return 0, 0
	}
	return rune(n), from + digits
}
