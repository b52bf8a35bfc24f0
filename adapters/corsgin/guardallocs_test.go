//go:build !race

package corsgin_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	cors "github.com/crossgate/cors/core"
)

// serverWriter has the methods of the writer of net/http's HTTP/1 server, and
// allocates nothing.
type serverWriter struct{ header http.Header }

func (w *serverWriter) Header() http.Header               { return w.header }
func (w *serverWriter) WriteHeader(int)                   {}
func (w *serverWriter) Write(p []byte) (int, error)       { return len(p), nil }
func (w *serverWriter) Flush()                            {}
func (w *serverWriter) CloseNotify() <-chan bool          { return nil }
func (w *serverWriter) ReadFrom(io.Reader) (int64, error) { return 0, nil }
func (w *serverWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, errors.ErrUnsupported
}

// TestGuardAllocates holds the budget: one allocation for the headers' values, as
// without a guard, and one for the writer.
func TestGuardAllocates(t *testing.T) {
	gin.SetMode(gin.TestMode)
	for name, test := range map[string]struct {
		opts []cors.Option
		want float64
	}{
		"unguarded": {nil, 1},
		"own":       {[]cors.Option{cors.Guard(cors.PolicyWins)}, 2},
		"defer":     {[]cors.Option{cors.Guard(cors.HandlerWins)}, 2},
	} {
		app := gin.New()
		app.Use(corsgin.New(policy, test.opts...))
		app.GET("/", func(c *gin.Context) { c.Status(http.StatusAccepted) })
		for _, origin := range []string{"https://app.example.com", "https://evil.example", ""} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			if err != nil {
				t.Fatal(err)
			}
			if origin != "" {
				r.Header.Set("Origin", origin)
			}
			w := &serverWriter{make(http.Header)}
			got := testing.AllocsPerRun(100, func() {
				clear(w.header)
				app.ServeHTTP(w, r)
			})
			if got > test.want {
				t.Errorf("%s, origin %q: %v allocations, want %v at most", name, origin, got, test.want)
			}
			if w.header["Vary"] == nil {
				t.Errorf("%s, origin %q: the adapter did not run", name, origin)
			}
		}
	}
}
