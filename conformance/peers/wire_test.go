package peers

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
)

// answer is the response of a system.
type answer struct {
	status int
	fields []browser.Field // every line, sorted by name; lines of one name in their order
}

// exchange sends a request byte for byte and reads the answer. No client library would
// send some of these requests.
func exchange(tb testing.TB, addr, method, path string, fields []browser.Field) answer {
	tb.Helper()
	conn, err := net.Dial("tcp", addr)
	require.NoError(tb, err)
	defer func() { _ = conn.Close() }()
	require.NoError(tb, conn.SetDeadline(time.Now().Add(patience)))
	var request strings.Builder
	fmt.Fprintf(&request, "%s %s HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n", method, path)
	for _, f := range fields {
		fmt.Fprintf(&request, "%s: %s\r\n", f.Name, f.Value)
	}
	if method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		request.WriteString("Content-Length: 0\r\n")
	}
	_, err = io.WriteString(conn, request.String()+"\r\n")
	require.NoError(tb, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	require.NoError(tb, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(tb, err)
	require.NoError(tb, response.Body.Close())
	a := answer{status: response.StatusCode}
	for name, values := range response.Header {
		for _, value := range values {
			a.fields = append(a.fields, browser.Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(a.fields, func(x, y browser.Field) int { return cmp.Compare(x.Name, y.Name) })
	return a
}

// lines returns the values of the fields named name, in order.
func (a answer) lines(name string) []string {
	var values []string
	for _, f := range a.fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// lists reports whether the field, read as a list, contains the member.
func (a answer) lists(name, member string) bool {
	for _, element := range strings.Split(strings.Join(a.lines(name), ","), ",") {
		if strings.EqualFold(strings.Trim(element, " \t"), member) {
			return true
		}
	}
	return false
}
