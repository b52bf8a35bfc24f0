package cors

// class says of a byte where it may stand. A table keeps each rule in one place
// and costs one load a byte.
type class uint8

const (
	isLabel  class = 1 << iota // a-z 0-9 - _: what a label of a pattern, and what a wildcard covers, is made of
	isHost                     // what the host of an Origin is made of (URL, "forbidden domain code point", inverted)
	isScheme                   // a-z 0-9 + - . (RFC 3986, section 3.1), lower case
	isToken                    // tchar (RFC 9110, section 5.6.2)
)

var classes = func() (t [256]class) {
	mark := func(chars string, c class) {
		for i := range len(chars) {
			t[chars[i]] |= c
		}
	}
	const lower, upper, digit = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	mark(lower+digit+"-_", isLabel)
	// Browsers lower-case hosts, so upper case is left out.
	mark(lower+digit+"-_!\"$&'()*+,;=`{}~", isHost)
	mark(lower+digit+"+-.", isScheme)
	mark(lower+upper+digit+"!#$%&'*+-.^_`|~", isToken)
	return t
}()

func isAll(s string, c class) bool {
	for i := range len(s) {
		if classes[s[i]]&c == 0 {
			return false
		}
	}
	return true
}

// validToken reports whether s is a token, as methods and header names are.
func validToken(s string) bool { return s != "" && isAll(s, isToken) }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// lowerASCII lower-cases A-Z alone. strings.ToLower and EqualFold also fold
// characters such as K (Kelvin) to ASCII, which must never happen to a request.
func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// equalFoldASCII reports whether s equals lower, which is lower case, but for
// the case of A-Z.
func equalFoldASCII(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		if lowerASCII(s[i]) != lower[i] {
			return false
		}
	}
	return true
}
