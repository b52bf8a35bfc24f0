package conformance

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
)

// The response of a server that accepts the WebSocket handshake of RFC 6455, section 1.3:
// the answer to the key in that section, a message that says hello, and a closing frame.
const (
	socketAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
	socketFrames = "\x81\x05hello\x88\x00"
)

// routes returns the routes of the application that all cases use. calls counts how often
// a handler has run; file is the name of a file to serve.
func routes(calls *atomic.Int64, file string) []Route {
	hello := []string{"hello\n"}
	large := slices.Repeat([]string{strings.Repeat("0123456789", 5000)}, 60) // 3,000,000 bytes
	all := []Route{
		{Method: "GET", Path: "/hello", Body: hello},
		{Method: "POST", Path: "/hello", Body: hello},
		{Method: "PUT", Path: "/hello", Body: hello},
		{Method: "DELETE", Path: "/hello", Body: hello},
		{Method: "HEAD", Path: "/head"},
		{Method: "OPTIONS", Path: "/options", Body: []string{"the handler's own options\n"}},

		{Method: "GET", Path: "/empty", Status: http.StatusNoContent},
		{Method: "GET", Path: "/headers", Body: hello, Set: []Field{{"Cache-Control", "max-age=60"}, {"X-Total", "42"}}},
		{Method: "GET", Path: "/vary", Body: hello, Add: []Field{{"Vary", "Accept-Encoding"}}},
		{Method: "GET", Path: "/vary-twice", Body: hello, Add: []Field{{"Vary", "Accept-Encoding"}, {"Vary", "Accept"}}},
		{Method: "GET", Path: "/stream", Does: Stream, Body: []string{"one\n", "two\n", "three\n"}},

		{Method: "GET", Path: "/large", Body: large},
		{Method: "GET", Path: "/large-stream", Does: Stream, Body: large},
		{Method: "POST", Path: "/upload", Does: Upload},
		{Method: "GET", Path: "/file", Does: File, File: file},
		{Method: "GET", Path: "/file-missing", Does: File, File: file + ".missing"},
		{Method: "GET", Path: "/socket", Does: Upgrade, Status: http.StatusSwitchingProtocols, Body: []string{socketFrames},
			Set: []Field{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", socketAccept}}},

		{Method: "GET", Path: "/own-origin", Body: hello, Set: []Field{{"Access-Control-Allow-Origin", "*"}}},
		{Method: "GET", Path: "/own-fields", Body: hello, Set: []Field{{"Access-Control-Allow-Credentials", "false"},
			{"Access-Control-Expose-Headers", "x-own"}, {"Access-Control-Max-Age", "5"}, {"Timing-Allow-Origin", "*"}}},
		{Method: "GET", Path: "/cookies", Body: hello, Add: []Field{{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}},
		{Method: "GET", Path: "/unauthorized", Status: http.StatusUnauthorized, Set: []Field{{"WWW-Authenticate", "Basic"}}},

		{Method: "GET", Path: "/redirect", Does: Redirect, Status: http.StatusFound, Location: "/hello"},
		{Method: "PUT", Path: "/redirect", Does: Redirect, Status: http.StatusPermanentRedirect, Location: "/hello"},
		{Method: "GET", Path: "/teapot", Status: http.StatusTeapot, Body: []string{"a teapot\n"}},
		{Method: "GET", Path: "/fail", Does: Fail, Status: http.StatusServiceUnavailable},
		{Method: "GET", Path: "/denied", Does: Fail, Status: http.StatusForbidden},
		{Method: "GET", Path: "/panic", Does: Panic, Status: http.StatusInternalServerError},
		{Method: "GET", Path: "/panic-recovered", Does: Panic, Status: http.StatusInternalServerError, Recovered: true},

		{Method: "GET", Path: "/api/items", Body: hello},
		{Method: "GET", Path: "/api/admin/users", Body: hello},
		{Method: "GET", Path: "/api/internal/jobs", Body: hello},
		{Method: "GET", Path: "/apix", Body: hello},
		{Method: "GET", Path: "/exact", Body: hello},
		{Method: "GET", Path: "/exact/below", Body: hello},
	}
	for i := range all {
		if all[i].Status == 0 {
			all[i].Status = http.StatusOK
		}
		all[i].runs = calls
	}
	return all
}
