package policyfile

import "strings"

// kind is the type of a value.
type kind uint8

const (
	object kind = iota
	list
	text
	boolean
	number
	null // and values of types that no field has, such as dates
)

// style is how a value is written. A Repair keeps it.
type style uint8

const (
	jsonStyle    style = iota // JSON, and YAML between double quotes
	plainStyle                // YAML without quotes
	singleStyle               // YAML between single quotes
	unknownStyle              // a block of text, or a text that could not be found
)

// node is a value of a JSON or YAML document.
type node struct {
	kind       kind
	style      style
	inBlock    bool   // an element of a YAML list with dashes
	tagged     bool   // has a YAML tag such as !!str
	start, end int    // in the working text; the end may be unknown
	text       string // of a scalar: the string, or its JSON
	written    string // the YAML text, if it differs from text
	members    []member
	items      []*node
}

// member is a field of an object.
type member struct{ key, value *node }

// indexOpen is before the number of a list's element, in a field's path.
const indexOpen = "["

// isElement reports whether a path belongs to a list's element.
func isElement(path string) bool { return strings.HasSuffix(path, "]") }

// parent returns the path of the list that contains an element.
func parent(path string) string { return path[:strings.LastIndex(path, indexOpen)] }
