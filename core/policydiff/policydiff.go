// Package policydiff says what a page may do under a new policy that it could not do under
// the old one, and the reverse:
//
//	for _, change := range policydiff.Diff(old, next) {
//		fmt.Println(change)
//	}
//
// It is for a review, and for a test that fails when a policy becomes wider. It compares
// what the policies decide, and not their texts: an origin that moves below a pattern which
// has it already is no change.
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

	// Value is the element of a list that does it, in the policy's normal form: of the
	// new list if the change is wider, of the old list if it is narrower. For fields
	// that are not lists it is both values, as in "none -> unsafe".
	Value string

	Direction Direction

	// Witness is a request that tells the policies apart: it gains by a change that is
	// wider, and loses by one that is narrower. A request with the method OPTIONS and a
	// RequestMethod is a preflight. Where Proven is false, Witness only may do so, or
	// is the zero Request.
	Witness cors.Request

	// Proven says that Decide confirms the Witness, whatever the policies'
	// AllowOriginFunc may answer. It is false for a change that was not ruled out, and
	// was not found. It is true for Other.
	Proven bool
}

// String says in one line what the change is, and what shows it.
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
// what is wider, then what is narrower, then all else, each in the order of Config's
// fields. If nothing is wider, no page may do anything that it could not do before; if
// nothing is narrower either, the two policies decide alike for pages, and differ at most
// in what Other names. A nil policy allows no page to read, and refuses nothing.
//
// To be allowed means: to read responses; to read those made with credentials; to send a
// method or header; to read a response header; and to get past Enforce. What
// [cors.Allows] says about WebSockets is not compared where neither policy enforces.
//
// Origins are compared by the languages of their patterns. A pattern that a union of others
// covers is no change, and each one that is not covered has a Witness. A few unions take
// long to compare; the search is cut short after some 200,000 steps, so that Diff takes
// time linear in the size of the policies. What it then does not know is Wider, and
// Narrower, and not Proven.
//
// Diff never calls AllowOriginFunc. The same function in both policies is the same, and any
// other is a change that is not proven. Two closures are the same if they were made by one
// evaluation of the function literal. A function may also have allowed before what the list
// allows now, so next to a function of the old policy no new origin is proven.
//
// A Danger (cors.Dangers) is Other: it allows nothing by itself, and what it lets through is
// a change of its own.
func Diff(old, next *cors.Policy) []Change {
	changes, _ := diff(old, next, searchSteps)
	return changes
}

// searchSteps is how many steps the search for origins may take in each direction.
const searchSteps = 200_000

// diff is Diff with another limit. It counts the steps that were made.
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
