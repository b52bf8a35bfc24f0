package site

import (
	"crypto/tls"
	"net"
	"sync"
	"testing"
)

// serve accepts connections on a port of 127.0.0.1 until the test ends, and calls handle
// with each connection. handle must return when its connection is closed. With a config,
// the connections use TLS. serve returns the port.
func serve(tb testing.TB, config *tls.Config, handle func(net.Conn)) (port string) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	var (
		mu    sync.Mutex
		open  = make(map[net.Conn]bool) // nil after the test has ended
		group sync.WaitGroup
	)
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			mu.Lock()
			if open == nil {
				mu.Unlock()
				_ = conn.Close()
				return
			}
			open[conn] = true
			mu.Unlock()
			group.Go(func() {
				handle(conn)
				_ = conn.Close()
				mu.Lock()
				defer mu.Unlock()
				delete(open, conn)
			})
		}
	})
	tb.Cleanup(func() {
		_ = listener.Close()
		mu.Lock()
		for conn := range open {
			_ = conn.Close()
		}
		open = nil
		mu.Unlock()
		group.Wait()
	})
	return port
}
