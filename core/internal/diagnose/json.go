package diagnose

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// JSON says why data is not JSON. encoding/json takes the first byte of a character for a
// character, and so names an "â" that the author cannot find in place of a curly quotation
// mark.
func JSON(data []byte, err *json.SyntaxError) string {
	what := strings.TrimPrefix(err.Error(), "json: ")
	at := int(err.Offset) - 1
	if at < 0 || at >= len(data) || data[at] < utf8.RuneSelf {
		return "this is not JSON: " + what
	}
	character, _ := utf8.DecodeRune(data[at:])
	if strings.ContainsRune("“”„‟«»‘’‚‛", character) {
		return `this is not JSON: it has straight quotation marks; write " in place of ` + string(character)
	}
	return "this is not JSON: " + strings.Replace(what, "'"+string(rune(data[at]))+"'", strconv.QuoteRune(character), 1)
}

// ByteOrderMark says what is wrong with a document that begins with a byte order mark, or
// returns "".
func ByteOrderMark(data []byte) string {
	for _, mark := range []string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"} { // UTF-8, and UTF-16 in both orders
		if bytes.HasPrefix(data, []byte(mark)) {
			return "the document begins with a byte order mark, which JSON does not have; save it as UTF-8 without one"
		}
	}
	return ""
}
