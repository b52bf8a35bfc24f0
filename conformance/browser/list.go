package browser

import (
	"slices"
	"strings"
)

// ExtractList returns the elements of the lines of one header whose value is a list
// of tokens: Access-Control-Allow-Methods, -Allow-Headers and -Expose-Headers (Fetch,
// section Headers, "extract header list values"). Empty elements are dropped (RFC
// 9110, section 5.6.1.2). A single element that is no token makes all lines invalid.
// Of no lines the result is nil, and valid.
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

// containsFold is slices.Contains without regard to the case of ASCII letters, as
// header names are compared ("byte-case-insensitive").
func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(element string) bool { return asciiLower(element) == asciiLower(name) })
}

// lines returns the values of the fields named name, in order; nil if there are none.
func lines(header []Field, name string) []string {
	var values []string
	for _, f := range header {
		if asciiLower(f.Name) == asciiLower(name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// get returns the lines of name as one value, and whether there are any (Fetch,
// section Headers, "get").
func get(header []Field, name string) (value string, ok bool) {
	values := lines(header, name)
	return strings.Join(values, ", "), values != nil
}

// joinLines returns the header with the lines of each name joined into the first.
func joinLines(header []Field) []Field {
	var joined []Field
	for _, f := range header {
		if _, seen := get(joined, f.Name); !seen {
			f.Value, _ = get(header, f.Name)
			joined = append(joined, f)
		}
	}
	return joined
}

// trimOWS removes optional white space from both ends (RFC 9110, section 5.6.3).
func trimOWS(s string) string { return strings.Trim(s, " \t") }
