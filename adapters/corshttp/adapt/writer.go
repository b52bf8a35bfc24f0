package adapt

import (
	"bufio"
	"io"
	"net"
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Wrap returns a writer that guards the response of w, and its guard. The writer
// implements exactly those of http.Flusher, http.Hijacker, io.ReaderFrom, http.Pusher and
// http.CloseNotifier that w implements. An http.ResponseController finds what else w can
// do.
func (l Layer) Wrap(w http.ResponseWriter, d *cors.Decision) (http.ResponseWriter, *Guard) {
	// The writers of net/http's servers are the common case, and cost one allocation.
	switch has := interfacesOf(w); has {
	case flushes | hijacks | readsFrom | notifies:
		wrapped := &http1Writer{writer{ResponseWriter: w, guard: l.Guard(w.Header(), d)}}
		return wrapped, &wrapped.guard
	case flushes | pushes | notifies:
		wrapped := &http2Writer{writer{ResponseWriter: w, guard: l.Guard(w.Header(), d)}}
		return wrapped, &wrapped.guard
	default:
		wrapped := &writer{ResponseWriter: w, guard: l.Guard(w.Header(), d)}
		return combine(wrapped, has), &wrapped.guard
	}
}

// interfaces are the optional interfaces of a writer.
type interfaces uint8

const (
	flushes interfaces = 1 << iota
	hijacks
	readsFrom
	pushes
	notifies
)

func interfacesOf(w http.ResponseWriter) (has interfaces) {
	if _, ok := w.(http.Flusher); ok {
		has |= flushes
	}
	if _, ok := w.(http.Hijacker); ok {
		has |= hijacks
	}
	if _, ok := w.(io.ReaderFrom); ok {
		has |= readsFrom
	}
	if _, ok := w.(http.Pusher); ok {
		has |= pushes
	}
	if _, ok := w.(closeNotifier); ok {
		has |= notifies
	}
	return has
}

// closeNotifier is http.CloseNotifier, which is deprecated, but gin asks for it.
type closeNotifier interface{ CloseNotify() <-chan bool }

// writer guards what every http.ResponseWriter has. Its FlushError is for
// http.ResponseController, which would otherwise unwrap the writer, and pass the
// guard by. For the other calls that unwrap it there is nothing to guard.
type writer struct {
	http.ResponseWriter
	guard Guard
}

// Unwrap returns the writer inside, for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader commits the headers.
func (w *writer) WriteHeader(status int) {
	w.guard.Commit(w.Header(), status)
	w.ResponseWriter.WriteHeader(status)
}

// Write commits the headers unless WriteHeader has.
func (w *writer) Write(p []byte) (int, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// WriteString is Write without a copy where the writer inside can do so.
func (w *writer) WriteString(s string) (int, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return io.WriteString(w.ResponseWriter, s)
}

// FlushError commits the headers unless WriteHeader has.
func (w *writer) FlushError() error {
	w.guard.Commit(w.Header(), http.StatusOK)
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *writer) flush() { _ = w.FlushError() } // as http.Flusher has it

func (w *writer) readFrom(r io.Reader) (int64, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return w.ResponseWriter.(io.ReaderFrom).ReadFrom(r)
}

// http1Writer wraps the writer of an HTTP/1 server.
type http1Writer struct{ writer }

func (w *http1Writer) Flush()                              { w.flush() }
func (w *http1Writer) ReadFrom(r io.Reader) (int64, error) { return w.readFrom(r) }
func (w *http1Writer) CloseNotify() <-chan bool {
	return w.ResponseWriter.(closeNotifier).CloseNotify()
}
func (w *http1Writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.ResponseWriter.(http.Hijacker).Hijack()
}

// http2Writer wraps the writer of an HTTP/2 server.
type http2Writer struct{ writer }

func (w *http2Writer) Flush() { w.flush() }
func (w *http2Writer) CloseNotify() <-chan bool {
	return w.ResponseWriter.(closeNotifier).CloseNotify()
}
func (w *http2Writer) Push(target string, opts *http.PushOptions) error {
	return w.ResponseWriter.(http.Pusher).Push(target, opts)
}
