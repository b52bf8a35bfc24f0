package conformance

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// requestHead completes a request: the protocol's version, a Host unless the case
// brings its own, and for methods that usually have one an empty body.
func requestHead(lines []string) []byte {
	var b strings.Builder
	hasHost := false
	for _, line := range lines {
		hasHost = hasHost || strings.HasPrefix(line, "Host:")
	}
	method, _, _ := strings.Cut(lines[0], " ")
	b.WriteString(lines[0] + " HTTP/1.1\r\n")
	if !hasHost {
		b.WriteString("Host: api.example\r\n")
	}
	for _, line := range lines[1:] {
		b.WriteString(line + "\r\n")
	}
	switch method {
	case "POST", "PUT", "PATCH", "DELETE":
		b.WriteString("Content-Length: 0\r\n")
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// closing adds to a request head that the connection is to be closed.
func closing(head []byte) []byte {
	return append(head[:len(head)-len("\r\n")], "Connection: close\r\n\r\n"...)
}

// repetition is how a line says "100 times a": \{100*a}.
var repetition = regexp.MustCompile(`\\\{([0-9]+)\*([^}]+)\}`)

// unescape resolves repetitions, and the escapes of Go's string literals.
func unescape(line string) (string, error) {
	line = repetition.ReplaceAllStringFunc(line, func(m string) string {
		parts := repetition.FindStringSubmatch(m)
		n, _ := strconv.Atoi(parts[1])
		return strings.Repeat(parts[2], n)
	})
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
	if err != nil {
		return "", fmt.Errorf("%q: %w", line, err)
	}
	return text, nil
}
