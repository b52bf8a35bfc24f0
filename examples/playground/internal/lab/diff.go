package lab

import (
	"fmt"
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

// changes says what a page may do by a policy that it could not do by the preset, and the
// reverse.
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
		what += " " + c.Value
	}
	direction := "Wider than the preset"
	switch c.Direction {
	case policydiff.Narrower:
		direction = "Narrower than the preset"
	case policydiff.Other:
		return "Different, and no page may do more or less: " + what + "."
	case policydiff.Wider:
	}
	w := c.Witness
	if w.Method == "" {
		return direction + ": " + what + "."
	}
	asks := "sends " + w.Method
	if w.RequestMethod != "" {
		asks = "wants to send " + w.RequestMethod
		if w.RequestHeaders != "" {
			asks += " with the header " + w.RequestHeaders
		}
	}
	page := "a page of " + w.Origin
	if w.Origin == "" {
		page = "a page"
	}
	gains := map[bool]string{true: "gains", false: "may gain"}[c.Proven]
	if c.Direction == policydiff.Narrower {
		gains = map[bool]string{true: "loses", false: "may lose"}[c.Proven]
	}
	return fmt.Sprintf("%s: %s. For example, %s that %s %s by it.", direction, what, page, asks, gains)
}
