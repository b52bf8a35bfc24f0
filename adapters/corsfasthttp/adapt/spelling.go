package adapt

import "strings"

// Spelling says in what fiber's patterns differ. By the zero Spelling, as by fiber's own
// settings, they differ by neither case nor a final slash.
type Spelling struct{ CaseSensitive, StrictRouting bool }

// Plain returns a pattern as it is compared.
func (s Spelling) Plain(pattern string) string { return string(s.AppendPlain(nil, pattern)) }

// AppendPlain appends a path to buffer as it is compared.
func (s Spelling) AppendPlain(buffer []byte, path string) []byte {
	if !s.StrictRouting && len(path) > 1 {
		if path = strings.TrimRight(path, "/"); path == "" {
			path = "/"
		}
	}
	begin := len(buffer)
	buffer = append(buffer, path...)
	if s.CaseSensitive {
		return buffer
	}
	for i, b := range buffer[begin:] {
		if 'A' <= b && b <= 'Z' {
			buffer[begin+i] = b + 'a' - 'A'
		}
	}
	return buffer
}
