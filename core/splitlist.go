package cors

import (
	"strings"
	"unicode"
)

// SplitList splits a flag's or an environment variable's value into a list for a
// Config, at commas and white space:
//
//	AllowOrigins: cors.SplitList(os.Getenv("CORS_ORIGINS")) // https://a.example, https://b.example
//
// Empty elements are dropped. If nothing is left, the list is nil: an unset variable
// and an empty one are no list, and Compile says that no origin is allowed.
func SplitList(s string) []string {
	list := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(list) == 0 {
		return nil
	}
	return list
}
