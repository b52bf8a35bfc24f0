// Package ascii classifies bytes, and folds case in ASCII only.
package ascii

// Class is a set of bytes. A table keeps each rule in one place and costs one load per
// byte.
type Class uint8

// The classes.
const (
	Label  Class = 1 << iota // a-z 0-9 - _: the labels of a pattern, and what a wildcard covers
	Host                     // the host of an Origin (URL, "forbidden domain code point", inverted)
	Scheme                   // a-z 0-9 + - . (RFC 3986, section 3.1), lower case
	Token                    // tchar (RFC 9110, section 5.6.2)
	Opaque                   // A-Z a-z 0-9 . - _ ~: the host of an application's or extension's origin
)

var classes = func() (t [256]Class) {
	mark := func(chars string, c Class) {
		for i := range len(chars) {
			t[chars[i]] |= c
		}
	}
	const lower, upper, digit = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	mark(lower+digit+"-_", Label)
	// Browsers lower-case hosts, so upper case is left out.
	mark(lower+digit+"-_!\"$&'()*+,;=`{}~", Host)
	mark(lower+digit+"+-.", Scheme)
	mark(lower+upper+digit+"!#$%&'*+-.^_`|~", Token)
	mark(lower+upper+digit+".-_~", Opaque)
	return t
}()

// Is reports whether c is in one of the classes that class unites.
func Is(c byte, class Class) bool { return classes[c]&class != 0 }

// All reports whether every byte of s is in one of the classes that class unites.
func All(s string, class Class) bool {
	for i := range len(s) {
		if classes[s[i]]&class == 0 {
			return false
		}
	}
	return true
}

// IsToken reports whether s is a token, as methods and header names are (RFC
// 9110, section 5.6.2).
func IsToken(s string) bool { return s != "" && All(s, Token) }

// IsDigit reports whether c is 0 to 9.
func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsASCII reports whether s has no byte above 0x7f.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Lower lower-cases A-Z only. strings.ToLower and EqualFold also fold characters such as
// K (Kelvin) to ASCII, which must never happen to a request.
func Lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// ToLower lower-cases the bytes A-Z of s.
func ToLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = Lower(c)
	}
	return string(b)
}

// EqualFold reports whether s equals lower if the case of A-Z is ignored. lower must be in
// lower case.
func EqualFold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		if Lower(s[i]) != lower[i] {
			return false
		}
	}
	return true
}
