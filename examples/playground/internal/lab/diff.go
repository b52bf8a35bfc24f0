package lab

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/crossgate/cors/core/policydiff"
)

// Change is a difference between a preset and a policy.
type Change struct {
	Direction string `json:"direction"` // "wider", "narrower" or "other"
	Field     string `json:"field"`
	Value     string `json:"value"`
	Text      string `json:"text"` // one sentence
}

// maxChanges is how many differences are shown.
const maxChanges = 50

// changes returns what pages may do under a policy but not under the preset, and the reverse.
func changes(p *policy, from Preset) []Change {
	list := []Change{}
	preset := readPolicy(from.Format, from.Policy)
	all := policydiff.Diff(preset.compiled, p.compiled)
	for i, change := range all {
		if i == maxChanges {
			return append(list, Change{policydiff.Other.String(), "", "", fmt.Sprintf("There are %d more differences.", len(all)-maxChanges)})
		}
		list = append(list, Change{change.Direction.String(), fieldName(change.Field), change.Value, spokenChange(change)})
	}
	return list
}

// fieldName is a field's name as documents spell it.
func fieldName(field string) string {
	parts := strings.Split(field, ".")
	for i, part := range parts {
		parts[i] = strings.ToLower(part[:min(1, len(part))]) + part[min(1, len(part)):]
	}
	return strings.Join(parts, ".")
}

// spokenChange writes a change as a sentence.
func spokenChange(c policydiff.Change) string {
	what := fieldName(c.Field)
	if c.Value != "" {
		what += " " + shortDurations(c.Value)
	}
	if c.Direction == policydiff.Other {
		return what + ": no page may do more or less by it."
	}
	page := "a page of " + c.Witness.Origin
	if c.Witness.Origin == "" {
		page = "a page"
	}
	may := map[policydiff.Direction]string{policydiff.Wider: " may now ", policydiff.Narrower: " may no longer "}[c.Direction]
	sentence := what + ": " + page + may + mayDo(c) + "."
	if !c.Proven {
		sentence += " That is not certain: no request was found that shows it."
	}
	return sentence
}

// mayDo says what a page gains or loses when a field changes.
func mayDo(c policydiff.Change) string {
	switch c.Field {
	case "AllowMethods":
		return "send " + c.Witness.RequestMethod
	case "AllowHeaders":
		return "send the header " + c.Witness.RequestHeaders
	case "AllowCredentials":
		return "read responses to requests with cookies"
	case "ExposeHeaders":
		if c.Value == "*" {
			return "read every response header"
		}
		return "read the response header " + c.Value
	case "Enforce":
		return "have its " + c.Witness.Method + " requests served"
	}
	return "read responses"
}

// shortDurations writes 2h0m0s as 2h.
func shortDurations(s string) string {
	return strings.ReplaceAll(zeroSeconds.ReplaceAllString(s, "$1"), "h0m", "h")
}

var zeroSeconds = regexp.MustCompile(`([hm])0s\b`)
