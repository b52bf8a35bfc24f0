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

// note records the method and host of a request in Pre, just before echo routes it. echo
// routes by the request that arrived, and does not keep its method and host. If middleware
// in Pre changes them in that request, echo routes by the change; if it makes a copy of the
// request, echo does not.
type note struct {
	request      *http.Request // the request that echo routes by, if first is set
	method, host string        // of the request
	first        bool          // no middleware ran before, which could have replaced the request by a copy
	last         bool          // no middleware ran after, which could have changed the request
}

// noteKey is the key of a note in an echo.Context.
const noteKey = "github.com/crossgate/cors/adapters/corsecho.note"

// notes says whether notes are needed, and whether middleware to take them is installed.
type notes struct {
	methods atomic.Bool // a policy is attached to one method
	serving atomic.Bool // requests are being served, so echo's middleware must not change

	mu    sync.Mutex
	taken bool // the middleware is in Pre, since notes were first needed
	again bool // Check has added it once more, after other middleware in Pre

	told atomic.Bool
}

// take installs the middleware that takes notes in Pre of e, unless requests are being served
// already. check says that all other middleware is installed.
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

// needsNote reports whether a note is needed but was not taken in Pre, because requests were
// being served already when notes were first needed.
func (r *router) needsNote(c echo.Context) bool {
	return (r.notes.methods.Load() || len(r.echo.Routers()) > 0) && c.Get(noteKey) == nil
}

// noteFirst takes the note in Use if there is no middleware in Pre, and none in Use before
// the Mount. The caller is then Echo.ServeHTTP itself, so echo has routed by this request.
func noteFirst(c echo.Context, caller uintptr) {
	if f := runtime.FuncForPC(caller); f != nil && f.Name() == serveHTTP {
		r := c.Request()
		c.Set(noteKey, &note{request: r, method: r.Method, host: r.Host, first: true, last: true})
	}
}

const serveHTTP = "github.com/labstack/echo/v4.(*Echo).ServeHTTP"

// isServeHTTP reports whether f is Echo.ServeHTTP, or the function in it that routes. echo
// does not list the middleware in Pre, but this function calls the first one, and the last
// one calls it.
func isServeHTTP(f *runtime.Func) bool {
	return f != nil && strings.HasPrefix(f.Name(), serveHTTP)
}

// complain logs once why no page may read a response.
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
	slog.Error("corsecho: no page may read a response, because it is not known by which method or host echo has routed the request, and the routes have different policies; "+
		"attach policies before you call Pre, and call Check", "cause", what)
}
