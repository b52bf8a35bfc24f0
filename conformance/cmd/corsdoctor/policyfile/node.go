package policyfile

import "strings"

// kind is what a value of a document is.
type kind uint8

const (
	object kind = iota
	list
	text
	boolean
	number
	null // and what no field can be, such as a date
)

// style is how a value is written, as far as a Repair must know.
type style uint8

const (
	jsonStyle    style = iota // and in YAML between double quotes
	plainStyle                // YAML without quotes
	singleStyle               // YAML between single quotes
	unknownStyle              // a block of text, or one that could not be found again
)

// node is a value of a document, JSON or YAML.
type node struct {
	kind       kind
	style      style
	inBlock    bool   // it is an element of a YAML list of lines with dashes
	tagged     bool   // YAML's !!str or the like says its type
	start, end int    // in the working text; no end if it is unknown
	text       string // of a scalar: the string, or its JSON
	written    string // as it is in YAML, where text is not that
	members    []member
	items      []*node
}

// member is a field of an object.
type member struct{ key, value *node }

// suffix is the number of a list's element, in a field's path.
const indexOpen = "["

// isElement reports whether a path is that of a list's element.
func isElement(path string) bool { return strings.HasSuffix(path, "]") }

// parent is the path of the list that an element is in.
func parent(path string) string { return path[:strings.LastIndex(path, indexOpen)] }
