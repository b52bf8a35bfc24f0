package conformance_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// adapter is middleware in parts, so that a mutant can break one part.
type adapter struct {
	take    func(cors.Decider) cors.Decider
	request func(*http.Request) cors.Request
	set     func(http.Header, cors.Decision)
	serve   func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request)
}

// sound is an adapter without a defect.
func sound() adapter {
	return adapter{
		take:    func(d cors.Decider) cors.Decider { return d },
		request: readRequest,
		set:     setHeaders,
		serve:   serve,
	}
}

func serve(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request) {
	decision := d.Decide(r.Context(), a.request(r))
	a.set(w.Header(), decision)
	if status := decision.Status(); status != 0 {
		w.WriteHeader(status)
		return
	}
	next.ServeHTTP(w, r)
}

// start serves Apps with the adapter.
func (a adapter) start(tb testing.TB, app conformance.App) string {
	return serveApp(tb, app, func(d cors.Decider) func(http.Handler) http.Handler {
		d = a.take(d)
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.serve(a, d, next, w, r) })
		}
	})
}

// These functions make a sound adapter with one part replaced.
func reading(change func(*http.Request, *cors.Request)) adapter {
	a := sound()
	a.request = func(r *http.Request) cors.Request {
		req := readRequest(r)
		change(r, &req)
		return req
	}
	return a
}

func taking(take func(cors.Decider) cors.Decider) adapter {
	a := sound()
	a.take = take
	return a
}

func setting(set func(http.Header, cors.Decision)) adapter {
	a := sound()
	a.set = set
	return a
}

func settingThen(change func(http.Header, cors.Decision)) adapter {
	return setting(func(h http.Header, d cors.Decision) {
		setHeaders(h, d)
		change(h, d)
	})
}

func serving(s func(a adapter, d cors.Decider, next http.Handler, w http.ResponseWriter, r *http.Request)) adapter {
	a := sound()
	a.serve = s
	return a
}

// writer calls before when the response's head is about to be sent. The head of a 103
// does not count.
type writer struct {
	http.ResponseWriter
	before func(h http.Header, status int)
	done   bool
}

func (w *writer) WriteHeader(status int) {
	if !w.done && status != http.StatusEarlyHints {
		w.done = true
		w.before(w.Header(), status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(p []byte) (int, error) {
	if !w.done {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// rewriter replaces one status by another.
type rewriter struct {
	http.ResponseWriter
	from, to int
}

func (w rewriter) WriteHeader(status int) {
	if status == w.from {
		status = w.to
	}
	w.ResponseWriter.WriteHeader(status)
}

// decided is a Decider that always returns one decision.
type decided struct{ decision cors.Decision }

func (d decided) Decide(context.Context, cors.Request) cors.Decision { return d.decision }
