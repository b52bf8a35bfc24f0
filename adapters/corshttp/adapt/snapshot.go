package adapt

import (
	"sync"
	"sync/atomic"
	"time"
)

// Snapshot is what an adapter knows of the routes that are registered in a router. It is
// made when it is first needed, and again when a request hits what is not in it: routes
// may be registered later. The first miss makes it again at once. All further ones take 1 %
// of the time at most.
type Snapshot[T any] struct {
	// Make makes it. It is called from one goroutine at a time.
	Make func() *T

	mu      sync.Mutex
	current atomic.Pointer[T]
	next    atomic.Int64 // when it may be made again, in nanoseconds since the epoch
}

// Get returns what was made last.
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

// Renew returns what is newer than old, in which something is missing, if there is
// something newer or it is time to make it.
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

// Remake makes it at once. It is for what is called at start, or keeps to a limit of its own.
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
