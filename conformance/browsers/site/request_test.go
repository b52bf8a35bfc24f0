package site

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadRequest(t *testing.T) {
	t.Parallel()
	r := bufio.NewReaderSize(strings.NewReader(
		"GET /a HTTP/1.1\r\nHost: b\r\nX-A:  1\t\r\nx-a: 2\r\n\r\n"+
			"POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"+
			"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"+
			"OPTIONS /d HTTP/1.1\r\nAccess-Control-Request-Method: PUT\r\nX: "+strings.Repeat("x", 100)+"\r\n\r\n"), 16)
	for _, want := range []struct {
		method, target string
		body           int64
	}{
		{"GET", "/a", 0}, {"POST", "/b", 5}, {"POST", "/c", 3}, {"OPTIONS", "/d", 0},
	} {
		req, body, err := readRequest(r)
		require.NoError(t, err)
		assert.Equal(t, want.method, req.Method)
		assert.Equal(t, want.target, req.Target)
		assert.Equal(t, want.body, body)
		assert.Equal(t, want.method == "OPTIONS", req.preflight())
		if value, ok := req.Get("x-a"); want.target == "/a" {
			assert.True(t, ok)
			assert.Equal(t, "1 & 2", value)
		}
	}
	_, _, err := readRequest(r)
	assert.ErrorIs(t, err, io.EOF)
}

func TestReadRequestRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"GET /\r\n\r\n", "GET / HTTP/1.1\r\nno field\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", maxHead) + "\r\n\r\n", "GET / HTTP/1.1\r\n",
	} {
		_, _, err := readRequest(bufio.NewReader(strings.NewReader(text)))
		assert.Error(t, err, "%.40q", text)
	}
}
