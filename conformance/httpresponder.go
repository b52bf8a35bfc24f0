package conformance

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// Outer is the middleware that a Start with net/http must put around everything: see
// OuterVary, OuterDelay and OuterEarly.
func Outer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if vary := r.Header.Get(OuterVary); vary != "" {
			w.Header().Add("Vary", vary)
		}
		if r.Header.Get(OuterEarly) != "" {
			w.Header().Set(OuterEarly, "sent")
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush() // fails only if the client has closed the connection
			next.ServeHTTP(early{w}, r)
			return
		}
		if r.Header.Get(OuterDelay) == "" {
			next.ServeHTTP(w, r)
			return
		}
		late := &delayer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(late, r)
		w.WriteHeader(late.status)
		_, _ = late.body.WriteTo(w) // fails only if the client has closed the connection
	})
}

// early is a writer that has sent its head.
type early struct{ http.ResponseWriter }

func (early) WriteHeader(int) {}

// Flush implements http.Flusher.
func (e early) Flush() { _ = http.NewResponseController(e.ResponseWriter).Flush() }

// delayer keeps a response until its handler returns. Its header is the server's own.
type delayer struct {
	http.ResponseWriter
	status    int
	committed bool
	body      bytes.Buffer
}

func (d *delayer) WriteHeader(status int) {
	if !d.committed && status >= http.StatusOK {
		d.committed, d.status = true, status
	}
}

func (d *delayer) Write(p []byte) (int, error) {
	d.committed = true
	return d.body.Write(p)
}

// Flush implements http.Flusher. It sends nothing yet.
func (d *delayer) Flush() { d.committed = true }

// HTTPResponder returns a Responder that answers r through w by means of net/http.
func HTTPResponder(w http.ResponseWriter, r *http.Request) Responder {
	return httpResponder{w: w, r: r}
}

type httpResponder struct {
	w http.ResponseWriter
	r *http.Request
}

func (h httpResponder) SetHeader(name, value string) { h.w.Header().Set(name, value) }

func (h httpResponder) AddHeader(name, value string) { h.w.Header().Add(name, value) }

func (h httpResponder) Respond(status int, body string) error {
	h.w.WriteHeader(status)
	if body == "" {
		return nil
	}
	_, err := io.WriteString(h.w, body)
	return err
}

func (h httpResponder) Redirect(status int, location string) error {
	http.Redirect(h.w, h.r, location, status)
	return nil
}

func (h httpResponder) Stream(status int, parts []string) error {
	h.w.WriteHeader(status)
	control := http.NewResponseController(h.w)
	for _, part := range parts {
		if _, err := io.WriteString(h.w, part); err != nil {
			return err
		}
		if err := control.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (h httpResponder) Fail(status int, text string) error {
	http.Error(h.w, text, status)
	return nil
}

func (h httpResponder) ReadBody() (int64, error) { return io.Copy(io.Discard, h.r.Body) }

func (h httpResponder) SendFile(name string) error {
	http.ServeFile(h.w, h.r, name)
	return nil
}

func (h httpResponder) SetRaw(name, value string) { h.w.Header()[name] = []string{value} }

func (h httpResponder) Inform() error {
	h.w.WriteHeader(http.StatusEarlyHints)
	return nil
}

func (h httpResponder) Upgrade(data string) error {
	if !canHijack(h.w) { // after the 101 it would be too late to fail
		return h.Fail(http.StatusNotImplemented, "this connection cannot be taken over")
	}
	control := http.NewResponseController(h.w)
	h.w.WriteHeader(http.StatusSwitchingProtocols)
	// In some frameworks WriteHeader only records the status.
	if err := control.Flush(); err != nil {
		return err
	}
	conn, _, err := control.Hijack()
	if err != nil {
		return err
	}
	_, err = io.WriteString(conn, data)
	return errors.Join(err, conn.Close())
}

// canHijack reports whether a ResponseController could take w's connection over.
func canHijack(w http.ResponseWriter) bool {
	for {
		switch t := w.(type) {
		case http.Hijacker:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return false
		}
	}
}
