package pasted

import (
	"errors"
	"fmt"
	"strings"
)

// MaxLength is the longest text that Parse reads, in bytes.
const MaxLength = 1 << 20

// Text is what a pasted text says. It has a request, or messages, and may have both: a
// request first, and the console's lines behind it.
type Text struct {
	Request  *Request // nil where there is no request
	Messages []Message
}

// Parse reads a pasted text. The error says what in it is not understood.
func Parse(text string) (Text, error) {
	if len(text) > MaxLength {
		return Text{}, fmt.Errorf("the text is longer than %d KiB", MaxLength>>10)
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case text == "":
		return Text{}, errors.New("the text is empty")
	case hasWord(text, "curl"), hasWord(text, "curl.exe"):
		request, rest, err := parseCurl(text)
		return withRest(request, rest, err)
	case strings.HasPrefix(text, "fetch("), strings.HasPrefix(text, "await fetch("):
		request, rest, err := parseFetch(text)
		return withRest(request, rest, err)
	}
	messages := parseMessages(text)
	if len(messages) == 0 {
		return Text{}, errors.New(`the text is neither a request ("Copy as cURL", "Copy as fetch") nor a console's message about CORS`)
	}
	return Text{Messages: messages}, nil
}

// withRest adds what stands behind a request: messages of the console, or nothing.
func withRest(request *Request, rest string, err error) (Text, error) {
	if err != nil {
		return Text{}, err
	}
	t := Text{Request: request}
	if rest = strings.TrimSpace(rest); rest != "" {
		if t.Messages = parseMessages(rest); len(t.Messages) == 0 {
			return Text{}, fmt.Errorf("the text goes on after the request, with %s; paste one request", quoted(rest))
		}
	}
	return t, nil
}

// hasWord reports whether text begins with a word and white space.
func hasWord(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	return ok && rest != "" && strings.ContainsRune(" \t\r\n", rune(rest[0]))
}

// quoted is the beginning of a text, for an error.
func quoted(text string) string {
	const most = 40
	if len(text) > most {
		return fmt.Sprintf("%.*q…", most, text)
	}
	return fmt.Sprintf("%q", text)
}
