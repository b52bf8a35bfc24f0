// Package rawserver serves tests that need a server which answers with any bytes.
package rawserver

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
)

// Start answers every request with the same bytes, then with tail for as long as the
// client reads, if there is one, and closes the connection. It returns a URL.
func Start(t testing.TB, answer, tail string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, err := http.ReadRequest(bufio.NewReader(conn))
				if err == nil {
					_, err = io.WriteString(conn, answer)
				}
				for err == nil && tail != "" {
					_, err = io.WriteString(conn, tail)
				}
				_ = conn.Close()
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/items"
}
