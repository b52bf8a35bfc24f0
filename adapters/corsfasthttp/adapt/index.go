package adapt

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/crossgate/cors/core/mount"
)

// Index says of a framework's routes what they are. R is the framework's type of route; it
// tells one by its address. The zero Index is empty.
type Index[R any] struct {
	made  atomic.Pointer[map[*R]Entry]
	build sync.Mutex
	next  atomic.Int64 // when to build again, in nanoseconds since the epoch
}

// Entry is what an Index says of a route.
type Entry struct {
	Method, Pattern string

	// Known is mount.Served for a route proper, and mount.Below for what is registered for
	// all paths below a prefix.
	Known mount.Known
}

// Find returns what the route is. list makes the list of all routes; it is called for a
// route that is not in the last one, in 1 % of the time at most. An unknown route has the
// zero Entry.
func (x *Index[R]) Find(route *R, list func() map[*R]Entry) Entry {
	if known := x.made.Load(); known != nil {
		if e, ok := (*known)[route]; ok {
			return e
		}
	}
	if x.made.Load() == nil {
		x.build.Lock() // the first one has to be waited for
	} else if time.Now().UnixNano() < x.next.Load() || !x.build.TryLock() {
		return Entry{}
	}
	defer x.build.Unlock()
	if known := x.made.Load(); known != nil {
		if e, ok := (*known)[route]; ok {
			return e // somebody else has built it meanwhile
		}
	}
	began := time.Now()
	made := list()
	x.made.Store(&made)
	ended := time.Now()
	x.next.Store(ended.Add(99 * ended.Sub(began)).UnixNano())
	return made[route]
}
