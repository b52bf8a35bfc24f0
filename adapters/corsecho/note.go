package corsecho

import (
	"log/slog"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/labstack/echo/v4"
)

// note is what Pre sees of a request just before echo routes it. echo routes by the method
// and the host of the request that came in, which it does not keep. Middleware in Pre may
// change them in that request, and then echo routes by the change, or in a copy, and then
// it does not.
type note struct {
	request      *http.Request // which echo routes by, if first
	method, host string        // of the request
	first        bool          // nothing was before, which could have put a copy in its place
	last         bool          // nothing came after, which could have changed it
}

// noteKey is the key of a note in an echo.Context.
const noteKey = "github.com/crossgate/cors/adapters/corsecho.note"

// notes has what the notes are for, and who takes them.
type notes struct {
	methods atomic.Bool // a policy is attached to one method
	serving atomic.Bool // then echo's middleware must not change

	mu    sync.Mutex
	taken bool // by middleware in Pre, which is there once when it is first needed, and
	again bool // once more at Check, behind what else was installed in the meantime

	told atomic.Bool
}

// take has notes taken in Pre of e. It does so if it is called before the first request. check says
// that all middleware is installed.
func (n *notes) take(e *echo.Echo, check bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.serving.Load() || n.taken && (!check || n.again) {
		return
	}
	n.again = n.taken
	n.taken = true
	e.Pre(takeNote)
}

// takeNote is the middleware.
func takeNote(next echo.HandlerFunc) echo.HandlerFunc {
	last := isServeHTTP(runtime.FuncForPC(reflect.ValueOf(next).Pointer()))
	return func(c echo.Context) error {
		taken, ok := c.Get(noteKey).(*note)
		if !ok {
			caller, _, _, _ := runtime.Caller(1)
			taken = &note{request: c.Request(), first: isServeHTTP(runtime.FuncForPC(caller))}
			c.Set(noteKey, taken)
		}
		taken.method, taken.host, taken.last = taken.request.Method, taken.request.Host, last
		return next(c)
	}
}

// needsNote reports whether a note is needed and nothing in Pre has taken one: requests were
// served already when it was first needed.
func (r *router) needsNote(c echo.Context) bool {
	return (r.notes.methods.Load() || len(r.echo.Routers()) > 0) && c.Get(noteKey) == nil
}

// noteFirst takes the note in Use if nothing is in Pre, and nothing in Use before the Mount.
// Then Echo.ServeHTTP itself is the caller, and the request is what echo has routed by.
func noteFirst(c echo.Context, caller uintptr) {
	if f := runtime.FuncForPC(caller); f != nil && f.Name() == serveHTTP {
		r := c.Request()
		c.Set(noteKey, &note{request: r, method: r.Method, host: r.Host, first: true, last: true})
	}
}

const serveHTTP = "github.com/labstack/echo/v4.(*Echo).ServeHTTP"

// isServeHTTP reports whether the function is Echo.ServeHTTP, or the one in it that routes.
// echo does not tell what is installed in Pre. What calls the first middleware there, and
// what the last one calls, is this.
func isServeHTTP(f *runtime.Func) bool {
	return f != nil && strings.HasPrefix(f.Name(), serveHTTP)
}

// complain says once why no page may read.
func (n *notes) complain(taken *note) {
	if n.told.Swap(true) {
		return
	}
	what := "other middleware in Pre, or in Use before the Mount, has changed the method or the host"
	switch {
	case taken == nil:
		what = "the first policy for one method, or the first host, came when requests were served already, and the Mount is not the first middleware"
	case !taken.first:
		what = "there is middleware in Pre that was installed before the first policy for one method or host was attached"
	}
	slog.Error("corsecho: no page reads a response, as it is not known by which method or host echo has routed the request, and the routes have different policies; "+
		"attach policies before you call Pre, and call Check", "cause", what)
}
