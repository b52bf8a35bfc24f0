package adapt

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/crossgate/cors/core/mount"
)

// Index maps a framework's routes to their method and pattern. R is the framework's type of
// a route; the address of a route identifies it.
type Index[R any] struct {
	// List returns an Entry for each registered route.
	List func() map[*R]Entry

	made  atomic.Pointer[map[*R]Entry]
	build sync.Mutex
	next  atomic.Int64 // when to build again, in nanoseconds since the epoch
}

// Entry describes a route of an Index.
type Entry struct {
	Method, Pattern string

	// Known is mount.Served for a route, and mount.Below for a handler that serves all paths
	// below a prefix.
	Known mount.Known
}

// Hit returns the result of mount.Exchange's Hit for the route. If the route is missing in
// the index, Hit calls List again, but in at most 1 % of the time. A route that it does not
// find is mount.Unclear.
func (x *Index[R]) Hit(route *R) (method, pattern string, known mount.Known) {
	e := x.find(route)
	return e.Method, e.Pattern, e.Known
}

func (x *Index[R]) find(route *R) Entry {
	if made := x.made.Load(); made == nil {
		x.build.Lock() // wait until the first index is built
	} else if e, ok := (*made)[route]; ok {
		return e
	} else if time.Now().UnixNano() < x.next.Load() || !x.build.TryLock() {
		return Entry{}
	}
	defer x.build.Unlock()
	if made := x.made.Load(); made != nil {
		if e, ok := (*made)[route]; ok {
			return e // another goroutine has built it meanwhile
		}
	}
	began := time.Now()
	made := x.List()
	x.made.Store(&made)
	ended := time.Now()
	x.next.Store(ended.Add(99 * ended.Sub(began)).UnixNano())
	return made[route]
}

// Routes returns the result of Router's Routes. It leaves out handlers for the whole app,
// because every attachment would lie below these.
func (x *Index[R]) Routes() (routes []mount.Route, known bool) {
	for _, e := range x.List() {
		if e.Known == mount.Served || e.Pattern != "/" {
			routes = append(routes, mount.Route{Method: e.Method, Pattern: e.Pattern})
		}
	}
	return routes, true
}

// Entries returns an Entry for each route of fiber's stack. A fiber route does not say
// whether Use has registered it. But proper has copies of the routes without those of Use,
// in the order of the stack. describe returns a value that is equal for copies of the same
// route only.
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
