package diagnose

import (
	"encoding/json"
	"errors"
	"testing"
)

// TestJSON: the message names the character that is in the text.
func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{“a”: 1}`:        `this is not JSON: it has straight quotation marks; write " in place of “`,
		`{"a": ‘b’}`:      `this is not JSON: it has straight quotation marks; write " in place of ‘`,
		"ü":               "this is not JSON: invalid character 'ü' looking for beginning of value",
		"{\u00a0\"a\":1}": `this is not JSON: invalid character '\u00a0' looking for beginning of object key string`,
		"\xff":            `this is not JSON: invalid character '�' looking for beginning of value`,
		"x":               "this is not JSON: invalid character 'x' looking for beginning of value",
	} {
		var syntax *json.SyntaxError
		if err := json.Unmarshal([]byte(text), new(any)); !errors.As(err, &syntax) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := JSON([]byte(text), syntax); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}
