package adapt

import "strings"

// Spelling holds the settings of a fiber app that say how patterns are compared. With the
// zero Spelling, fiber's default, case and a final slash do not matter.
type Spelling struct{ CaseSensitive, StrictRouting bool }

// Plain returns a pattern in the form in which patterns are compared: in lower case unless
// CaseSensitive, and without a final slash unless StrictRouting.
func (s Spelling) Plain(pattern string) string { return string(s.AppendPlain(nil, pattern)) }

// AppendPlain appends a path to buffer in the form of Plain.
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
