package adapt

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// flusher, readerFrom and hijacker are a writer's optional interfaces that commit the head.
type (
	flusher    struct{ w *writer }
	readerFrom struct{ w *writer }
	hijacker   struct{ w *writer }
)

func (f flusher) Flush() { f.w.flush() }

func (f hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) { return f.w.hijack() }

func (f readerFrom) ReadFrom(r io.Reader) (int64, error) { return f.w.readFrom(r) }

// combine returns w with exactly the optional interfaces in has, those of the writer inside.
// Each combination needs a type of its own.
func combine(w *writer, has interfaces) http.ResponseWriter {
	var (
		f = flusher{w}
		r = readerFrom{w}
		h = hijacker{w}
		p http.Pusher
		c closeNotifier
	)
	if has&pushes != 0 {
		p, _ = w.ResponseWriter.(http.Pusher)
	}
	if has&notifies != 0 {
		c, _ = w.ResponseWriter.(closeNotifier)
	}
	switch has {
	case flushes:
		return struct {
			*writer
			flusher
		}{w, f}
	case hijacks:
		return struct {
			*writer
			hijacker
		}{w, h}
	case flushes | hijacks:
		return struct {
			*writer
			flusher
			hijacker
		}{w, f, h}
	case readsFrom:
		return struct {
			*writer
			readerFrom
		}{w, r}
	case flushes | readsFrom:
		return struct {
			*writer
			flusher
			readerFrom
		}{w, f, r}
	case hijacks | readsFrom:
		return struct {
			*writer
			hijacker
			readerFrom
		}{w, h, r}
	case flushes | hijacks | readsFrom:
		return struct {
			*writer
			flusher
			hijacker
			readerFrom
		}{w, f, h, r}
	case pushes:
		return struct {
			*writer
			http.Pusher
		}{w, p}
	case flushes | pushes:
		return struct {
			*writer
			flusher
			http.Pusher
		}{w, f, p}
	case hijacks | pushes:
		return struct {
			*writer
			hijacker
			http.Pusher
		}{w, h, p}
	case flushes | hijacks | pushes:
		return struct {
			*writer
			flusher
			hijacker
			http.Pusher
		}{w, f, h, p}
	case readsFrom | pushes:
		return struct {
			*writer
			readerFrom
			http.Pusher
		}{w, r, p}
	case flushes | readsFrom | pushes:
		return struct {
			*writer
			flusher
			readerFrom
			http.Pusher
		}{w, f, r, p}
	case hijacks | readsFrom | pushes:
		return struct {
			*writer
			hijacker
			readerFrom
			http.Pusher
		}{w, h, r, p}
	case flushes | hijacks | readsFrom | pushes:
		return struct {
			*writer
			flusher
			hijacker
			readerFrom
			http.Pusher
		}{w, f, h, r, p}
	case notifies:
		return struct {
			*writer
			closeNotifier
		}{w, c}
	case flushes | notifies:
		return struct {
			*writer
			flusher
			closeNotifier
		}{w, f, c}
	case hijacks | notifies:
		return struct {
			*writer
			hijacker
			closeNotifier
		}{w, h, c}
	case flushes | hijacks | notifies:
		return struct {
			*writer
			flusher
			hijacker
			closeNotifier
		}{w, f, h, c}
	case readsFrom | notifies:
		return struct {
			*writer
			readerFrom
			closeNotifier
		}{w, r, c}
	case flushes | readsFrom | notifies:
		return struct {
			*writer
			flusher
			readerFrom
			closeNotifier
		}{w, f, r, c}
	case hijacks | readsFrom | notifies:
		return struct {
			*writer
			hijacker
			readerFrom
			closeNotifier
		}{w, h, r, c}
	case flushes | hijacks | readsFrom | notifies:
		return struct {
			*writer
			flusher
			hijacker
			readerFrom
			closeNotifier
		}{w, f, h, r, c}
	case pushes | notifies:
		return struct {
			*writer
			http.Pusher
			closeNotifier
		}{w, p, c}
	case flushes | pushes | notifies:
		return struct {
			*writer
			flusher
			http.Pusher
			closeNotifier
		}{w, f, p, c}
	case hijacks | pushes | notifies:
		return struct {
			*writer
			hijacker
			http.Pusher
			closeNotifier
		}{w, h, p, c}
	case flushes | hijacks | pushes | notifies:
		return struct {
			*writer
			flusher
			hijacker
			http.Pusher
			closeNotifier
		}{w, f, h, p, c}
	case readsFrom | pushes | notifies:
		return struct {
			*writer
			readerFrom
			http.Pusher
			closeNotifier
		}{w, r, p, c}
	case flushes | readsFrom | pushes | notifies:
		return struct {
			*writer
			flusher
			readerFrom
			http.Pusher
			closeNotifier
		}{w, f, r, p, c}
	case hijacks | readsFrom | pushes | notifies:
		return struct {
			*writer
			hijacker
			readerFrom
			http.Pusher
			closeNotifier
		}{w, h, r, p, c}
	case flushes | hijacks | readsFrom | pushes | notifies:
		return struct {
			*writer
			flusher
			hijacker
			readerFrom
			http.Pusher
			closeNotifier
		}{w, f, h, r, p, c}
	default:
		return w
	}
}
