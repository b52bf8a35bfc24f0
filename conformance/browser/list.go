package browser

import "strings"

// ExtractList returns the elements in the lines of a header whose value is a list of
// tokens: Access-Control-Allow-Methods, -Allow-Headers and -Expose-Headers (Fetch,
// section Headers, "extract header list values"). It drops empty elements (RFC 9110,
// section 5.6.1.2). One element that is not a token makes all lines invalid. Without
// lines the result is nil, and valid.
func ExtractList(lines []string) (elements []string, valid bool) {
	if lines != nil {
		elements = []string{}
	}
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			element = trimOWS(element)
			if element == "" {
				continue
			}
			if !isToken(element) {
				return nil, false
			}
			elements = append(elements, element)
		}
	}
	return elements, true
}

// nameSet holds header names in lower case, because header names are compared without the
// case of ASCII letters ("byte-case-insensitive").
type nameSet map[string]bool

func newNameSet(list []string) nameSet {
	set := make(nameSet, len(list))
	for _, name := range list {
		set[asciiLower(name)] = true
	}
	return set
}

func (s nameSet) has(name string) bool { return s[asciiLower(name)] }

// lines returns the values of the fields named name, in order; nil if there are none.
func lines(header []Field, name string) []string {
	var values []string
	name = asciiLower(name)
	for _, f := range header {
		if len(f.Name) == len(name) && asciiLower(f.Name) == name {
			values = append(values, f.Value)
		}
	}
	return values
}

// get returns the lines of name joined into one value, and whether there are any (Fetch,
// section Headers, "get").
func get(header []Field, name string) (value string, ok bool) {
	values := lines(header, name)
	return strings.Join(values, ", "), values != nil
}

// joinLines returns the header with all lines of a name joined into the first one. Its
// work is linear in the header's length.
func joinLines(header []Field) []Field {
	var names []string // in the spelling of the first line
	values := make(map[string][]string)
	for _, f := range header {
		key := asciiLower(f.Name)
		if values[key] == nil {
			names = append(names, f.Name)
		}
		values[key] = append(values[key], f.Value)
	}
	var joined []Field
	for _, name := range names {
		joined = append(joined, Field{name, strings.Join(values[asciiLower(name)], ", ")})
	}
	return joined
}

// trimOWS removes optional white space from both ends (RFC 9110, section 5.6.3).
func trimOWS(s string) string { return strings.Trim(s, " \t") }
