package cors

import (
	"strings"
	"unicode"
)

// SplitList splits the value of a flag or an environment variable at commas and white
// space, into a list for a Config:
//
//	AllowOrigins: cors.SplitList(os.Getenv("CORS_ORIGINS")) // https://a.example, https://b.example
//
// Empty elements are dropped. If nothing is left, as with an unset variable, the list is
// nil, and Compile reports that no origin is allowed.
func SplitList(s string) []string {
	list := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(list) == 0 {
		return nil
	}
	return list
}
