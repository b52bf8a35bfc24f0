//go:build unix

package preflights

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"
)

// Application answers the page's calls. It is in http or, for fiber, in fast.
type Application struct {
	http http.Handler
	fast fasthttp.RequestHandler
}

// server is an application on its own port. It counts the requests that reach it.
type server struct {
	base              string // its origin
	preflights, calls atomic.Int64
	close             func() error
}

// serve starts to serve a on a loopback port.
func serve(ctx context.Context, a Application) (*server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{base: "http://" + listener.Addr().String()}
	var (
		run  func() error
		stop func() error
	)
	if a.fast != nil {
		f := &fasthttp.Server{CloseOnShutdown: true, Handler: func(c *fasthttp.RequestCtx) {
			s.count(string(c.Method()), string(c.Request.Header.Peek("Access-Control-Request-Method")))
			a.fast(c)
		}}
		run, stop = func() error { return f.Serve(listener) }, f.Shutdown
	} else {
		h := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { //nolint:gosec // a loopback port, used by one browser
			s.count(r.Method, r.Header.Get("Access-Control-Request-Method"))
			a.http.ServeHTTP(w, r)
		})}
		run, stop = func() error { return h.Serve(listener) }, h.Close
	}
	var (
		ended  sync.WaitGroup
		served error
	)
	ended.Go(func() { served = run() })
	s.close = func() error {
		err := stop()
		ended.Wait()
		if errors.Is(served, http.ErrServerClosed) {
			served = nil
		}
		return errors.Join(err, served)
	}
	return s, nil
}

func (s *server) count(method, requested string) {
	if method == http.MethodOptions && requested != "" {
		s.preflights.Add(1)
	} else {
		s.calls.Add(1)
	}
}

// ok is the handler behind every CORS middleware. Without no-store, a browser would
// answer some calls from its HTTP cache.
func ok(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte("ok")) // fails only if the browser has closed the connection
	}
}
