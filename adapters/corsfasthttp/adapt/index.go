package adapt

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/crossgate/cors/core/mount"
)

// Index says of a framework's routes what they are. R is the framework's type of route; it
// tells one by its address.
type Index[R any] struct {
	// List says of all routes what they are.
	List func() map[*R]Entry

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

// Hit returns what mount.Exchange's Hit does for the route. List is called again for a
// route that it did not have the last time, in 1 % of the time at most; an unknown route is
// mount.Unclear.
func (x *Index[R]) Hit(route *R) (method, pattern string, known mount.Known) {
	e := x.find(route)
	return e.Method, e.Pattern, e.Known
}

func (x *Index[R]) find(route *R) Entry {
	if made := x.made.Load(); made == nil {
		x.build.Lock() // the first one has to be waited for
	} else if e, ok := (*made)[route]; ok {
		return e
	} else if time.Now().UnixNano() < x.next.Load() || !x.build.TryLock() {
		return Entry{}
	}
	defer x.build.Unlock()
	if made := x.made.Load(); made != nil {
		if e, ok := (*made)[route]; ok {
			return e // somebody else has built it meanwhile
		}
	}
	began := time.Now()
	made := x.List()
	x.made.Store(&made)
	ended := time.Now()
	x.next.Store(ended.Add(99 * ended.Sub(began)).UnixNano())
	return made[route]
}

// Routes returns what Router's Routes does. What is registered for the whole app is left
// out: all attachments would be below it.
func (x *Index[R]) Routes() (routes []mount.Route, known bool) {
	for _, e := range x.List() {
		if e.Known == mount.Served || e.Pattern != "/" {
			routes = append(routes, mount.Route{Method: e.Method, Pattern: e.Pattern})
		}
	}
	return routes, true
}

// Entries says of each route of fiber's stack what it is. A route does not tell whether it
// is one of Use; but proper, which are copies, leaves these out, in the order of the stack.
// describe returns what two copies of a route have in common, and no two routes.
func Entries[R any, D comparable](stack [][]*R, proper []R, describe func(*R) D, entry func(*R, mount.Known) Entry) map[*R]Entry {
	all := make(map[*R]Entry)
	for _, routes := range stack {
		for _, route := range routes {
			known := mount.Below
			if len(proper) > 0 && describe(route) == describe(&proper[0]) {
				known, proper = mount.Served, proper[1:]
			}
			all[route] = entry(route, known)
		}
	}
	return all
}
