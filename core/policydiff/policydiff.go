// Package policydiff compares two policies. It says what pages may do under the new policy
// but not under the old one, and the reverse:
//
//	for _, change := range policydiff.Diff(old, next) {
//		fmt.Println(change)
//	}
//
// Use it in a review, or in a test that fails when a policy becomes wider. It compares what
// the policies decide, not their texts: if you replace an origin by a pattern, the change
// lists only what the pattern adds.
package policydiff

import (
	"fmt"
	"strconv"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// Direction says what a Change means for pages.
type Direction uint8

// The directions of a Change.
const (
	Wider    Direction = iota // some page may do more than before, or it is not certain that none may
	Narrower                  // some page may do less than before, or it is not certain that none may
	Other                     // no page may do more or less
)

var directions = [...]string{Wider: "wider", Narrower: "narrower", Other: "other"}

// String returns "wider", "narrower" or "other".
func (d Direction) String() string {
	if int(d) < len(directions) {
		return directions[d]
	}
	return fmt.Sprintf("Direction(%d)", uint8(d))
}

// MarshalText writes the form that String returns.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Change is one difference between two policies.
type Change struct {
	// Field is the field of cors.Config, such as "AllowOrigins" or
	// "Dangerously.NullOrigin".
	Field string

	// Value is the list's element that causes the change, in the policy's normal form: an
	// element of the new list if the change is wider, of the old list if it is narrower.
	// For other fields it has both values, as in "none -> unsafe".
	Value string

	Direction Direction

	// Witness is a request that the two policies answer differently: it may do more if the
	// change is wider, and less if it is narrower. A request with the method OPTIONS and a
	// RequestMethod is a preflight. If Proven is false, Witness is only a request that may
	// do so, or the zero Request.
	Witness cors.Request

	// Proven says that Decide confirms the Witness, whatever an AllowOriginFunc returns.
	// It is false if Diff could neither find a proof nor rule the change out. It is true
	// for Other.
	Proven bool
}

// String returns the change and its Witness in one line.
func (c Change) String() string {
	var b strings.Builder
	b.WriteString(c.Direction.String() + ": " + c.Field)
	if c.Value != "" {
		b.WriteString(" " + c.Value)
	}
	if c.Direction == Other {
		return b.String()
	}
	if !c.Proven {
		b.WriteString(" (not proven)")
	}
	w := c.Witness
	if w.Method == "" {
		return b.String()
	}
	b.WriteString(", for example ")
	if w.RequestMethod != "" {
		b.WriteString("a preflight for " + w.RequestMethod)
		if w.RequestHeaders != "" {
			b.WriteString(" with the header " + w.RequestHeaders)
		}
	} else {
		b.WriteString(w.Method)
	}
	b.WriteString(" from " + w.Origin)
	return b.String()
}

// Diff returns what changes for pages when the policy next replaces the policy old: first
// the wider changes, then the narrower ones, then the others, each in the order of Config's
// fields. If no change is wider, no page may do more than before. If none is narrower
// either, pages may do the same under both policies. A nil policy lets no page read, and
// refuses no request.
//
// Diff compares whether a page may read responses, read responses to requests with
// credentials, send a method or header, and read a response header, and whether Enforce
// refuses its requests. If neither policy enforces, Diff does not compare what
// [cors.Allows] returns for WebSockets.
//
// Patterns are compared by the origins that they match. A pattern that several others cover
// together is not a change; each pattern that is not covered has a Witness. A few
// combinations take long to compare. Diff stops the search after some 200,000 steps, so
// that it takes time linear in the size of the policies. A pattern that it could not decide
// is in the result, not Proven.
//
// Diff never calls AllowOriginFunc. If both policies have the same function, it is not a
// change; a different function is a change that is not proven. Two closures are the same
// only if one evaluation of a function literal made both. If the old policy has a function,
// no new origin is proven, because the function may have allowed it before.
//
// A Danger (cors.Dangers) is Other: it allows nothing by itself. The pattern that it permits
// is a change of its own.
func Diff(old, next *cors.Policy) []Change {
	changes, _ := diff(old, next, searchSteps)
	return changes
}

// searchSteps is how many steps the search for origins may take in each direction.
const searchSteps = 200_000

// diff is Diff with a limit of the search steps. It also returns the number of steps.
func diff(old, next *cors.Policy, limit int) (changes []Change, work int) {
	if old == next {
		return nil, 0
	}
	a, b := newSide(old, limit), newSide(next, limit)
	wider := grants{from: a, to: b, direction: Wider}
	narrower := grants{from: b, to: a, direction: Narrower}
	changes = append(wider.all(), narrower.all()...)
	return append(changes, others(&a.config, &b.config, changes)...), a.origins.Work() + b.origins.Work()
}

// arrow writes the values of a field that is not a list.
func arrow(old, next string) string { return old + " -> " + next }

func onOff(b bool) string { return strconv.FormatBool(b) }
