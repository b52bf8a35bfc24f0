// Package corsfaketest serves the suite's application.
package corsfaketest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"project.example/fake/adapters/corsfake"
)

// Start starts it, and returns its address.
func Start(tb testing.TB) string {
	tb.Helper()
	server := httptest.NewServer(corsfake.New(http.NotFoundHandler()))
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
