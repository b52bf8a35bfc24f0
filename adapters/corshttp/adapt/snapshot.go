package adapt

import (
	"sync"
	"sync/atomic"
	"time"
)

// Snapshot caches an adapter's index of a router's routes. Make builds the index on first
// use. When a request hits a route that is missing, because it was registered later, call
// Renew. The first Renew builds the index again at once; later ones take at most 1 % of the
// time.
type Snapshot[T any] struct {
	// Make builds the index. It is called from one goroutine at a time.
	Make func() *T

	mu      sync.Mutex
	current atomic.Pointer[T]
	next    atomic.Int64 // when Renew may call Make again, in nanoseconds since the epoch
}

// Get returns the current index. It calls Make if there is none.
func (s *Snapshot[T]) Get() *T {
	if made := s.current.Load(); made != nil {
		return made
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if made := s.current.Load(); made != nil {
		return made
	}
	return s.make()
}

// Renew returns a newer index than old, in which a route is missing. If another goroutine
// has built one, it returns that. If it is too early to build one, it returns old.
func (s *Snapshot[T]) Renew(old *T) *T {
	if made := s.current.Load(); made != old {
		return made
	}
	if time.Now().UnixNano() < s.next.Load() || !s.mu.TryLock() {
		return old
	}
	defer s.mu.Unlock()
	if made := s.current.Load(); made != old {
		return made
	}
	began := time.Now()
	made := s.make()
	ended := time.Now()
	s.next.Store(ended.Add(99 * ended.Sub(began)).UnixNano())
	return made
}

// Remake builds the index at once. Use it at start, or where the caller limits the rate.
func (s *Snapshot[T]) Remake() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.make()
}

func (s *Snapshot[T]) make() *T {
	made := s.Make()
	s.current.Store(made)
	return made
}
