package browser

import "slices"

// Readable returns the fields of a response that a script can read, in the order of
// iteration: names in lower case, sorted, and all lines of a name joined (Fetch, section
// Responses, the filtered responses, and section Headers, "sort and combine"). t is the
// response's type, credentials the request's mode, and header every received line.
func Readable(t Type, credentials Credentials, header []Field) []Field {
	switch t {
	case Basic:
		return visible(header, func(string) bool { return true })
	case CORS:
		// Fetch, section Main fetch, step 14.1.
		exposed, valid := ExtractList(lines(header, "Access-Control-Expose-Headers"))
		if valid && credentials != Include && slices.Contains(exposed, "*") {
			return visible(header, func(string) bool { return true })
		}
		names := newNameSet(exposed)
		return visible(header, func(name string) bool { return SafelistedResponseHeader(name) || names.has(name) })
	}
	return nil
}

// SafelistedResponseHeader reports whether a page of another origin can read the header
// without Access-Control-Expose-Headers (Fetch, section Headers, "CORS-safelisted
// response-header name").
func SafelistedResponseHeader(name string) bool {
	switch asciiLower(name) {
	case "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma":
		return true
	}
	return false
}

func visible(header []Field, exposed func(name string) bool) []Field {
	var fields []Field
	for _, f := range joinLines(header) {
		if f.Name = asciiLower(f.Name); exposed(f.Name) && !forbiddenResponseHeader(f.Name) {
			fields = append(fields, f)
		}
	}
	slices.SortFunc(fields, func(a, b Field) int {
		if a.Name < b.Name {
			return -1
		}
		return 1 // names are never equal
	})
	return fields
}
