package diagnose

import (
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
