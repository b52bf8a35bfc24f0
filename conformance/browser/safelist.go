package browser

import (
	"slices"
	"strconv"
	"strings"
)

// A longer value than maxSafelistedValue bytes is not safelisted. maxSafelistedTotal is
// the limit for all safelisted values of a request together.
const (
	maxSafelistedValue = 128
	maxSafelistedTotal = 1024
)

// SafelistedRequestHeader reports whether a page may send the header to another origin
// without a preflight (Fetch, section Headers, "CORS-safelisted request-header").
func SafelistedRequestHeader(name, value string) bool { return Engine{}.safelisted(name, value) }

// safelisted is SafelistedRequestHeader with the engine's differences.
func (e Engine) safelisted(name, value string) bool {
	if len(value) > maxSafelistedValue {
		return false
	}
	switch asciiLower(name) {
	case "accept":
		return !e.containsUnsafeByte(value)
	case "accept-language", "content-language":
		for i := range len(value) {
			if !alphanumeric(value[i]) && strings.IndexByte(" *,-.;=", value[i]) < 0 {
				return false
			}
		}
		return true
	case "content-type":
		if e.containsUnsafeByte(value) || e.CommaIsUnsafe && strings.Contains(value, ",") {
			return false
		}
		switch essence, _ := mimeEssence(value); essence {
		case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
			return true
		}
		return false
	case "range":
		return e.safelistedRange(value)
	}
	return false
}

// containsUnsafeByte: Fetch, section Headers, "CORS-unsafe request-header byte".
func (e Engine) containsUnsafeByte(value string) bool {
	for i := range len(value) {
		c := value[i]
		if c < 0x20 && c != '\t' || c == 0x7f || e.ASCIIOnly && c > 0x7f || strings.IndexByte(`"():<>?@[\]{}`, c) >= 0 {
			return true
		}
	}
	return false
}

// mimeEssence returns the essence of a MIME type, which is its type and subtype in lower
// case, and whether the value has one (MIME Sniffing, section Parsing a MIME type). Text
// after the first semicolon cannot make it fail.
func mimeEssence(value string) (essence string, ok bool) {
	const whitespace = "\t\n\r "
	value = strings.Trim(value, whitespace)
	value, _, _ = strings.Cut(value, ";")
	kind, subtype, slash := strings.Cut(strings.TrimRight(value, whitespace), "/")
	if !slash || !isToken(kind) || !isToken(subtype) {
		return "", false
	}
	return asciiLower(kind + "/" + subtype), true
}

// safelistedRange reports whether the value requests one range that has a start (Fetch,
// section Headers, "parse a single range header value", without white space).
func (e Engine) safelistedRange(value string) bool {
	positions, unit := strings.CutPrefix(value, "bytes=")
	first, last, dash := strings.Cut(positions, "-")
	if !unit || !dash || first == "" || !digits(first) || !digits(last) {
		return false
	}
	if e.RangeLimit > 0 && (exceeds(first, e.RangeLimit) || exceeds(last, e.RangeLimit)) {
		return false
	}
	if last == "" {
		return true
	}
	// The numbers may have any size. Without leading zeros, the longer one is greater.
	first, last = strings.TrimLeft(first, "0"), strings.TrimLeft(last, "0")
	return len(first) < len(last) || len(first) == len(last) && first <= last
}

// exceeds reports whether a decimal number of any length is greater than limit.
func exceeds(number string, limit uint64) bool {
	if number == "" {
		return false
	}
	n, err := strconv.ParseUint(number, 10, 64)
	return err != nil || n > limit
}

// digits reports whether s holds only decimal digits. An empty s does.
func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// NonWildcardRequestHeader reports whether `*` does not include the header (Fetch,
// section Headers, "CORS non-wildcard request-header name").
func NonWildcardRequestHeader(name string) bool { return asciiLower(name) == "authorization" }

// UnsafeRequestHeaderNames returns the names of the headers that need a preflight to
// another origin, in lower case, sorted and without duplicates (Fetch, section Headers,
// "CORS-unsafe request-header names").
func UnsafeRequestHeaderNames(header []Field) []string { return Engine{}.unsafeNames(header) }

func (e Engine) unsafeNames(header []Field) []string {
	var unsafe, potentiallyUnsafe []string // steps 1 and 2
	safelistedSize := 0                    // step 3
	for _, f := range header {             // step 4
		if !e.safelisted(f.Name, f.Value) {
			unsafe = append(unsafe, asciiLower(f.Name))
			continue
		}
		potentiallyUnsafe = append(potentiallyUnsafe, asciiLower(f.Name))
		safelistedSize += len(f.Value)
	}
	if safelistedSize > maxSafelistedTotal { // step 5
		unsafe = append(unsafe, potentiallyUnsafe...)
	}
	slices.Sort(unsafe) // step 6, "convert header names to a sorted-lowercase set"
	return slices.Compact(unsafe)
}
