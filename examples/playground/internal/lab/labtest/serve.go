package labtest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/examples/playground/internal/lab"
)

// Server answers the calls of cases, each by its own policy.
type Server struct {
	mu   sync.Mutex
	mux  *http.ServeMux
	seen map[int][]string
	stop func()
}

// NewServer makes a server without any case yet. It is an http.Handler too.
func NewServer() *Server {
	return &Server{mux: http.NewServeMux(), seen: make(map[int][]string), stop: func() {}}
}

// Add makes the server answer case i of cases under /case/i/.
func (s *Server) Add(cases []Case) error {
	for i, c := range cases {
		p, err := lab.Compile(c.Format, c.Policy)
		if err != nil {
			return fmt.Errorf("case %d: %w", i, err)
		}
		h := corshttp.New(p)(lab.Application(p))
		s.mux.HandleFunc(fmt.Sprintf("/case/%d/", i), func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			s.seen[i] = append(s.seen[i], r.Method)
			s.mu.Unlock()
			h.ServeHTTP(w, r)
		})
	}
	return nil
}

// Seen returns the methods of the requests for case i, in the order in which they came: a
// preflight is OPTIONS.
func (s *Server) Seen(i int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen[i])
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Start serves on a free port of 127.0.0.1 and returns the server's origin. Then draw cases
// for that origin, and add them.
func (s *Server) Start() (origin string, err error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	s.stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil { // browsers open connections in advance
			_ = server.Close()
		}
		serving.Wait()
	}
	return "http://" + l.Addr().String(), nil
}

// Close stops what Start has started.
func (s *Server) Close() { s.stop() }
