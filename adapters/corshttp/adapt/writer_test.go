package adapt

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// able is a writer with every optional interface. Each of its methods records its call.
type able struct {
	http.ResponseWriter
	called string
}

var errAble = errors.New("it is the writer inside that answers")

func (a *able) Flush()                               { a.called = "Flush" }
func (a *able) CloseNotify() <-chan bool             { a.called = "CloseNotify"; return nil }
func (a *able) ReadFrom(io.Reader) (int64, error)    { a.called = "ReadFrom"; return 7, errAble }
func (a *able) Push(string, *http.PushOptions) error { a.called = "Push"; return errAble }
func (a *able) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.called = "Hijack"
	return nil, nil, errAble
}

// TestWrapKeepsInterfaces wraps a writer in every combination of interfaces. The wrapped
// writer has exactly the same interfaces, each call reaches the writer inside, and the
// headers are committed if the call commits them.
func TestWrapKeepsInterfaces(t *testing.T) {
	t.Parallel()
	policy, err := cors.Compile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	decision := policy.Decide(t.Context(), cors.Request{Method: "GET", Origin: "https://app.example.com"})
	const all = flushes | hijacks | readsFrom | pushes | notifies
	for has := range all + 1 {
		inside := &able{ResponseWriter: httptest.NewRecorder()}
		wrap := func() http.ResponseWriter {
			clear(inside.Header())
			w := &writer{ResponseWriter: inside}
			(&Layer{guard: cors.HandlerWins}).Guard(&w.guard, inside.Header(), &decision)
			switch has {
			case flushes | hijacks | readsFrom | notifies:
				return &http1Writer{*w}
			case flushes | pushes | notifies:
				return &http2Writer{*w}
			}
			return combine(w, has)
		}
		if got := interfacesOf(wrap()); got != has {
			t.Errorf("interfaces %05b, want %05b", got, has)
			continue
		}
		calls := []struct {
			name    string
			has     interfaces
			commits bool
			call    func(w http.ResponseWriter) error
		}{
			{"Flush", flushes, true, func(w http.ResponseWriter) error { w.(http.Flusher).Flush(); return errAble }},
			{"ReadFrom", readsFrom, true, func(w http.ResponseWriter) error {
				_, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("hello"))
				return err
			}},
			{"Hijack", hijacks, true, func(w http.ResponseWriter) error { _, _, err := w.(http.Hijacker).Hijack(); return err }},
			{"Push", pushes, false, func(w http.ResponseWriter) error { return w.(http.Pusher).Push("/", nil) }},
			{"CloseNotify", notifies, false, func(w http.ResponseWriter) error { w.(closeNotifier).CloseNotify(); return errAble }},
		}
		for _, c := range calls {
			if has&c.has == 0 {
				continue
			}
			inside.called = ""
			if err := c.call(wrap()); !errors.Is(err, errAble) || inside.called != c.name {
				t.Errorf("interfaces %05b, %s: got %v, and inside %q is called", has, c.name, err, inside.called)
			}
			if committed := inside.Header().Get(allowOrigin) != ""; committed != c.commits {
				t.Errorf("interfaces %05b, %s: committed %t, want %t", has, c.name, committed, c.commits)
			}
		}
	}
}

// Wrap has a fast path for net/http's own writers, and keeps the interfaces of others.
func TestWrapFindsInterfaces(t *testing.T) {
	t.Parallel()
	policy, err := cors.Compile(cors.AllowAll())
	if err != nil {
		t.Fatal(err)
	}
	decision := policy.Decide(t.Context(), cors.Request{Method: "GET"})
	recorder := httptest.NewRecorder()
	for _, w := range []http.ResponseWriter{
		recorder,                                // a Flusher
		&able{ResponseWriter: recorder},         // all
		struct{ http.ResponseWriter }{recorder}, // none
		&http1Writer{writer{ResponseWriter: &able{ResponseWriter: recorder}}},
		&http2Writer{writer{ResponseWriter: &able{ResponseWriter: recorder}}},
	} {
		layer := New("test", cors.MustCompile(cors.AllowAll()), []cors.Option{cors.Guard(cors.PolicyWins)})
		wrapped, guard := layer.Wrap(w, &decision)
		if got, want := interfacesOf(wrapped), interfacesOf(w); got != want {
			t.Errorf("%T: interfaces %05b, want %05b", w, got, want)
		}
		if found := GuardOf(wrapped); found != guard {
			t.Errorf("%T: the guard that Wrap returns is not the writer's", w)
		}
	}
}

// An informational response commits nothing. Any other response commits. The headers are
// checked again later, because the head may be sent later.
func TestGuardCommits(t *testing.T) {
	t.Parallel()
	policy, err := cors.Compile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	decision := policy.Decide(t.Context(), cors.Request{Method: "GET", Origin: "https://app.example.com"})
	h := make(http.Header)
	var guard Guard
	(&Layer{guard: cors.PolicyWins}).Guard(&guard, h, &decision)
	for _, test := range []struct {
		status int
		right  bool
	}{{http.StatusContinue, false}, {http.StatusEarlyHints, false}, {http.StatusSwitchingProtocols, true}, {http.StatusNotFound, true}, {http.StatusOK, true}} {
		h.Set(allowOrigin, "*")
		guard.Commit(h, test.status)
		if right := h.Get(allowOrigin) != "*"; right != test.right {
			t.Errorf("%d: checked %t, want %t", test.status, right, test.right)
		}
	}
	h.Set(allowOrigin, "*")
	if guard.Finish(h, http.StatusOK); h.Get(allowOrigin) == "*" {
		t.Error("the headers are not checked when the handler is done")
	}
}
