package corsfasthttptest

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// Get requests a path for a page of origin, and reads the response to its end.
func Get(tb testing.TB, addr, path, origin string) *http.Response {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Origin", origin)
	r.Close = true
	w, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, w.Body); err != nil {
		tb.Error(err)
	}
	_ = w.Body.Close()
	return w
}

// Late returns a handler that takes too long. It ends when the test ends.
func Late(tb testing.TB) fasthttp.RequestHandler {
	given := tb.Context()
	return fasthttp.TimeoutHandler(func(*fasthttp.RequestCtx) { <-given.Done() }, time.Millisecond, "late")
}
