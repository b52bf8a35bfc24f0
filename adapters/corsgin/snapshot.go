package corsgin

import (
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/gin-gonic/gin"
)

// snapshot answers which pattern a request would hit with another method. gin does
// not say so without calling the handlers, so it is asked of another engine that has
// the same routes and settings, and handlers that do nothing but tell. That one is
// made when it is first needed, and again when the routes have become more. In gin's
// debug mode the routes are then printed once more.
type snapshot struct {
	engine  *gin.Engine
	rebuild sync.Mutex
	current atomic.Pointer[shadow]
}

type shadow struct {
	*gin.Engine
	routes int // of the original
}

func newSnapshot(engine *gin.Engine) *snapshot { return &snapshot{engine: engine} }

// find returns the pattern that r would hit with the method, or "".
func (s *snapshot) find(r *http.Request, method string) string {
	other := *r // gin looks at its method and URL alone
	other.Method = method
	w := new(told)
	s.shadow().ServeHTTP(w, &other)
	return w.pattern
}

func (s *snapshot) shadow() *shadow {
	n := countRoutes(s.engine)
	if made := s.current.Load(); made != nil && made.routes == n {
		return made
	}
	s.rebuild.Lock()
	defer s.rebuild.Unlock()
	if made := s.current.Load(); made != nil && made.routes == n {
		return made
	}
	made := &shadow{Engine: newShadow(s.engine), routes: n}
	s.current.Store(made)
	return made
}

// newShadow returns an engine with of's routes and settings whose handlers tell
// which of them is hit.
func newShadow(of *gin.Engine) *gin.Engine {
	engine := gin.New()
	engine.RedirectTrailingSlash = false // a redirect is no route
	engine.RedirectFixedPath = false
	engine.UseRawPath = of.UseRawPath
	engine.UseEscapedPath = of.UseEscapedPath
	engine.UnescapePathValues = of.UnescapePathValues
	engine.RemoveExtraSlash = of.RemoveExtraSlash
	for _, route := range of.Routes() {
		engine.Handle(route.Method, route.Path, tell)
	}
	return engine
}

func tell(c *gin.Context) {
	if w, ok := c.Writer.(interface{ Unwrap() http.ResponseWriter }); ok {
		if t, ok := w.Unwrap().(*told); ok {
			t.pattern = c.FullPath()
		}
	}
}

// countRoutes returns how many routes the engine has. Routes would tell, but takes
// microseconds for each of them, and this is asked for every preflight. gin counts the
// routes below each node of its trees, in a field that is not exported; should a
// version not have it, Routes is what remains.
func countRoutes(engine *gin.Engine) int {
	trees := reflect.ValueOf(engine).Elem().FieldByName("trees")
	if trees.Kind() != reflect.Slice {
		return len(engine.Routes())
	}
	n := 0
	for i := range trees.Len() {
		priority, ok := rootPriority(trees.Index(i))
		if !ok {
			return len(engine.Routes())
		}
		n += priority
	}
	return n
}

func rootPriority(tree reflect.Value) (int, bool) {
	if tree.Kind() != reflect.Struct {
		return 0, false
	}
	root := tree.FieldByName("root")
	if root.Kind() != reflect.Pointer || root.Elem().Kind() != reflect.Struct {
		return 0, false
	}
	priority := root.Elem().FieldByName("priority")
	if !priority.IsValid() || !priority.CanUint() {
		return 0, false
	}
	return int(priority.Uint()), true
}

// told is where the shadow's handlers put the pattern, and where whatever else the
// shadow would answer goes, redirects for one: nowhere.
type told struct {
	header  http.Header
	pattern string
}

func (t *told) Header() http.Header {
	if t.header == nil {
		t.header = make(http.Header)
	}
	return t.header
}

func (t *told) Write(p []byte) (int, error) { return len(p), nil }

func (t *told) WriteHeader(int) {}
