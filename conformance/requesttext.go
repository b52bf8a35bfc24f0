package conformance

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// request completes a request whose request line and fields are given: with the
// protocol's version, and with the Host, Content-Length and Connection that a case
// does not bring. HTTP/1.0, which has to be asked for, needs no Host, and closes a
// connection without being told.
func request(lines []string, content string, closing bool) []byte {
	var b bytes.Buffer
	has := func(name string) bool {
		return slices.ContainsFunc(lines[1:], func(line string) bool { return strings.HasPrefix(line, name+":") })
	}
	b.WriteString(lines[0])
	old := strings.HasSuffix(lines[0], " HTTP/1.0")
	if !old {
		b.WriteString(" HTTP/1.1")
	}
	b.WriteString("\r\n")
	if !has("Host") && !old {
		b.WriteString("Host: api.example\r\n")
	}
	for _, line := range lines[1:] {
		b.WriteString(line)
		b.WriteString("\r\n")
	}
	method, _, _ := strings.Cut(lines[0], " ")
	hasBody := content != "" || slices.Contains([]string{"POST", "PUT", "PATCH", "DELETE"}, method)
	if hasBody && !has("Content-Length") && !has("Transfer-Encoding") {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(content))
	}
	if closing && !has("Connection") && !old {
		b.WriteString("Connection: close\r\n")
	}
	b.WriteString("\r\n")
	b.WriteString(content)
	return b.Bytes()
}

// cutHead returns a request's head, with the empty line, and its content.
func cutHead(request []byte) (head, content []byte) {
	const emptyLine = "\r\n\r\n"
	end := bytes.Index(request, []byte(emptyLine))
	if end < 0 {
		return request, nil
	}
	end += len(emptyLine)
	return request[:end], request[end:]
}

// repetition is how a line says "100 times a": \{100*a}.
var repetition = regexp.MustCompile(`\\\{([0-9]+)\*([^}]+)\}`)

// unescape resolves the escapes of Go's string literals, and repetitions. What is
// repeated is looked at once, as it may become megabytes.
func unescape(line string) (string, error) {
	var b strings.Builder
	for {
		at := repetition.FindStringSubmatchIndex(line)
		if at == nil {
			text, err := unquote(line)
			b.WriteString(text)
			return b.String(), err
		}
		before, err := unquote(line[:at[0]])
		if err != nil {
			return "", err
		}
		repeated, err := unquote(line[at[4]:at[5]])
		if err != nil {
			return "", err
		}
		n, _ := strconv.Atoi(line[at[2]:at[3]]) // digits, by the pattern
		b.WriteString(before)
		b.WriteString(strings.Repeat(repeated, n))
		line = line[at[1]:]
	}
}

func unquote(line string) (string, error) {
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
	if err != nil {
		return "", fmt.Errorf("%q: %w", line, err)
	}
	return text, nil
}
