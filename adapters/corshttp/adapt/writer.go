package adapt

import (
	"bufio"
	"io"
	"net"
	"net/http"

	cors "github.com/crossgate/cors/core"
)

// Wrap returns a writer around w and its Guard. d is the Decision of Begin. Of http.Flusher,
// http.Hijacker, io.ReaderFrom, http.Pusher and http.CloseNotifier, the writer implements
// exactly the interfaces that w implements. For other methods of w, use
// http.NewResponseController.
func (l *Layer) Wrap(w http.ResponseWriter, d *cors.Decision) (http.ResponseWriter, *Guard) {
	if l.placed != nil {
		wrapped, g, kept := wrap[decidedAt](w)
		kept.decision, kept.place = *d, newPlace(l.placed)
		l.Guard(g, w.Header(), &kept.decision)
		g.place = &kept.place
		return wrapped, g
	}
	wrapped, g, kept := wrap[cors.Decision](w)
	*kept = *d
	l.Guard(g, w.Header(), kept)
	return wrapped, g
}

// decidedAt is a Decision and the place at which it is valid.
type decidedAt struct {
	decision cors.Decision
	place    place
}

// wrap returns a writer around w, its guard, and a T for the caller. For the writers of
// net/http's servers, the usual case, all three are one allocation.
func wrap[T any](w http.ResponseWriter) (wrapped http.ResponseWriter, g *Guard, kept *T) {
	switch has := interfacesOf(w); has {
	case http1Interfaces:
		made := new(struct {
			http1Writer
			kept T
		})
		made.ResponseWriter = w
		return &made.http1Writer, &made.guard, &made.kept
	case http2Interfaces:
		made := new(struct {
			http2Writer
			kept T
		})
		made.ResponseWriter = w
		return &made.http2Writer, &made.guard, &made.kept
	default:
		made := new(struct {
			writer
			kept T
		})
		made.ResponseWriter = w
		return combine(&made.writer, has), &made.guard, &made.kept
	}
}

// interfaces is a set of optional interfaces of a writer.
type interfaces uint8

const (
	flushes interfaces = 1 << iota
	hijacks
	readsFrom
	pushes
	notifies

	http1Interfaces = flushes | hijacks | readsFrom | notifies
	http2Interfaces = flushes | pushes | notifies
)

func interfacesOf(w http.ResponseWriter) (has interfaces) {
	of := any(w) // see GuardOf
	if _, ok := of.(http.Flusher); ok {
		has |= flushes
	}
	if _, ok := of.(http.Hijacker); ok {
		has |= hijacks
	}
	if _, ok := of.(io.ReaderFrom); ok {
		has |= readsFrom
	}
	if _, ok := of.(http.Pusher); ok {
		has |= pushes
	}
	if _, ok := of.(closeNotifier); ok {
		has |= notifies
	}
	return has
}

// closeNotifier is http.CloseNotifier, which is deprecated, but gin asks for it.
type closeNotifier interface{ CloseNotify() <-chan bool }

// writer is a guarded http.ResponseWriter. It has FlushError for http.ResponseController,
// which would otherwise unwrap the writer and bypass the guard. The controller's other
// methods do not send the head.
type writer struct {
	http.ResponseWriter
	guard Guard
}

// CORSGuard implements Guarded.
func (w *writer) CORSGuard() *Guard { return &w.guard }

// Unwrap returns the writer inside, for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader commits the head.
func (w *writer) WriteHeader(status int) {
	w.guard.Commit(w.Header(), status)
	w.ResponseWriter.WriteHeader(status)
}

// Write commits the head unless WriteHeader has.
func (w *writer) Write(p []byte) (int, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// WriteString is Write without a copy, if the writer inside supports that.
func (w *writer) WriteString(s string) (int, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return io.WriteString(w.ResponseWriter, s)
}

// FlushError commits the head unless WriteHeader has.
func (w *writer) FlushError() error {
	w.guard.Commit(w.Header(), http.StatusOK)
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *writer) flush() { _ = w.FlushError() } // as http.Flusher has it

func (w *writer) readFrom(r io.Reader) (int64, error) {
	w.guard.Commit(w.Header(), http.StatusOK)
	return w.ResponseWriter.(io.ReaderFrom).ReadFrom(r)
}

// hijack corrects the headers, because handlers write them to the connection.
func (w *writer) hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.guard.Commit(w.Header(), http.StatusSwitchingProtocols)
	return w.ResponseWriter.(http.Hijacker).Hijack()
}

// http1Writer wraps the writer of an HTTP/1 server.
type http1Writer struct{ writer }

func (w *http1Writer) Flush()                              { w.flush() }
func (w *http1Writer) ReadFrom(r io.Reader) (int64, error) { return w.readFrom(r) }
func (w *http1Writer) CloseNotify() <-chan bool {
	return w.ResponseWriter.(closeNotifier).CloseNotify()
}
func (w *http1Writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.hijack()
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
