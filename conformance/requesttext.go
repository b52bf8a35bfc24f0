package conformance

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// request completes a request from its request line and fields. It adds the protocol's
// version, and Host, Content-Length and Connection if the case does not set them. A case
// must ask for HTTP/1.0 explicitly. An HTTP/1.0 request needs no Host, and its connection
// closes without a Connection field.
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

// cutHead splits a request into its head, including the empty line, and its content.
func cutHead(request []byte) (head, content []byte) {
	const emptyLine = "\r\n\r\n"
	end := bytes.Index(request, []byte(emptyLine))
	if end < 0 {
		return request, nil
	}
	end += len(emptyLine)
	return request[:end], request[end:]
}

// repetition matches the text for "100 times a": \{100*a}.
var repetition = regexp.MustCompile(`\\\{([0-9]+)\*([^}]+)\}`)

// unescape resolves the escapes of Go's string literals, and repetitions. It does not
// resolve escapes again in repeated text, which may be megabytes.
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
		n, _ := strconv.Atoi(line[at[2]:at[3]]) // the pattern allows only digits
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
