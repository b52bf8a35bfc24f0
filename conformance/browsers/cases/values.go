package cases

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	repetition = regexp.MustCompile(`\\\{(\d+)\*([^}]*)\}`)
	name       = regexp.MustCompile(`\$[a-z]+`)
)

// Bytes returns the bytes of a header line. It replaces names, repeats \{3*ab}, and
// resolves the escapes of Go's strings.
func Bytes(line string, names map[string]string) (string, error) {
	line, err := Expand(line, names)
	if err != nil {
		return "", err
	}
	line = repetition.ReplaceAllStringFunc(line, func(s string) string {
		parts := repetition.FindStringSubmatch(s)
		n, err := strconv.Atoi(parts[1])
		if err != nil {
			return s
		}
		return strings.Repeat(parts[2], n)
	})
	bytes, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
	if err != nil {
		return "", fmt.Errorf("%q has escapes that Go does not have", line)
	}
	return bytes, nil
}

// Expand replaces $names.
func Expand(text string, names map[string]string) (string, error) {
	var err error
	out := name.ReplaceAllStringFunc(text, func(s string) string {
		value, ok := names[s[1:]]
		if !ok {
			err = fmt.Errorf("%q: there is no %s", text, s)
		}
		return value
	})
	return out, err
}
