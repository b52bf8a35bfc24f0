package diagnosis_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
)

// rawServer answers every request with the same bytes, and closes the connection.
func rawServer(t *testing.T, raw string) string {
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
				_, _ = http.ReadRequest(bufio.NewReader(conn))
				_, _ = io.WriteString(conn, raw)
				_ = conn.Close()
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/items"
}
