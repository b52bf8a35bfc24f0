//go:build unix

package browsers

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

//go:embed testdata/limits.html
var limitsPage []byte

const (
	aYear = "31536000" // seconds
	many  = "400"      // answers
)

// limitsServer answers the fetches of limits.html.
type limitsServer struct {
	clock *clock // the engine's clock, if the test can set it

	mu       sync.Mutex
	counted  map[string]int           // preflights by path
	answered map[string]time.Time     // when the last preflight for a path was answered
	kept     map[string]time.Duration // the age of that answer when it was used again
	gone     map[string]time.Duration // its age when it was not used again
}

func (s *limitsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	size, _ := strconv.Atoi(query.Get("size"))
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case r.URL.Path == "/limits":
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(limitsPage)
	case r.URL.Path == "/advance" && r.Method == http.MethodPost && s.clock != nil:
		seconds, err := strconv.Atoi(query.Get("seconds"))
		if err := errors.Join(err, s.clock.advance(time.Duration(seconds)*time.Second)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	case r.URL.Path == "/hop" && size > 0:
		http.Redirect(w, r, fmt.Sprintf("/hop?size=%d", size-1), http.StatusFound)
	case r.URL.Path == "/response":
		w.Header().Set("X-Long", strings.Repeat("a", size))
	case r.URL.Path == "/preflight" && r.Method == http.MethodOptions:
		w.Header().Set("Access-Control-Allow-Headers", "x-a,"+strings.Repeat("b", size-len("x-a,")))
		w.Header().Set("Access-Control-Max-Age", "0")
	case r.URL.Path == "/warm":
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Max-Age", "600")
	case strings.HasPrefix(r.URL.Path, "/kept/"):
		s.keep(w, r)
	case strings.HasPrefix(r.URL.Path, "/counted/"):
		s.count(w, r)
	}
}

// count allows a PUT for longer than any engine caches the answer, and returns the number
// of preflights for it.
func (s *limitsServer) count(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodOptions {
		s.counted[r.URL.Path]++
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Max-Age", aYear)
	}
	_, _ = fmt.Fprint(w, s.counted[r.URL.Path])
}

// keep records whether the second PUT for a path used a cached preflight answer, and the
// age of that answer.
func (s *limitsServer) keep(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.Path
	last, second := s.answered[path]
	if r.Method != http.MethodOptions {
		s.kept[path] = time.Since(last) // the time at the second PUT, which comes last
		return
	}
	if second {
		s.gone[path] = time.Since(last)
	}
	w.Header().Set("Access-Control-Allow-Methods", "PUT")
	if seconds := r.URL.Query().Get("maxage"); seconds != "" {
		w.Header().Set("Access-Control-Max-Age", seconds)
	}
	s.answered[path] = time.Now()
}

// limits are the results of limits.html.
type limits struct{ Preflight, Response, Redirects, Answers, Minutes int }

// measure opens limits.html in an engine, with a query, and waits for its results.
func measure(t *testing.T, e *engine.Engine, c *clock, query string) (limits, *limitsServer) {
	t.Helper()
	s := &limitsServer{
		clock: c, counted: make(map[string]int),
		answered: make(map[string]time.Time), kept: make(map[string]time.Duration), gone: make(map[string]time.Duration),
	}
	server := httptest.NewServer(s)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	d, err := e.Drive(ctx, engine.Look{})
	require.NoError(t, err)
	defer func() {
		assert.NoError(t, d.Close())
		assert.NoDirExists(t, d.Dir)
	}()
	page := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/limits?" + query
	require.NoError(t, d.Go(ctx, page))
	var found *limits
	for found == nil {
		require.NoError(t, ctx.Err(), "the page has not finished")
		time.Sleep(50 * time.Millisecond)
		_ = d.Eval(ctx, "window.found ?? null", &found) // fails while another page loads
	}
	return *found, s
}

// lifetime returns how long answers to preflights were cached, if that is consistent with
// want. On a machine under load an answer looks older than it was in the browser, never
// younger.
func (s *limitsServer) lifetime(want time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	right := true
	for path, age := range s.gone {
		delete(s.kept, path)
		right = right && age >= want
	}
	for path := range s.kept {
		planned, err := strconv.Atoi(strings.TrimPrefix(path, "/kept/"))
		right = right && err == nil && time.Duration(planned)*time.Second < want
	}
	switch {
	case len(s.gone) == 0:
		return "always"
	case right:
		return fmt.Sprintf("%.0f s", want.Seconds())
	default:
		return fmt.Sprintf("kept after %v, gone after %v", s.kept, s.gone)
	}
}

// The limits of each engine must be those in the file.
func TestLimits(t *testing.T) {
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of the time, it waits until answers are no longer cached
			e := engine.ForTest(t, name)
			found, s := measure(t, e, nil, "sizes=1&times=3,4,6,7&answers="+many)
			hold(t, e.Name, e.Version, map[string]string{
				heads:     fmt.Sprintf("%d KiB", found.Preflight),
				responses: fmt.Sprintf("%d KiB", found.Response),
				redirects: strconv.Itoa(found.Redirects),
				unsaid:    s.lifetime(5 * time.Second),
				answers:   strconv.Itoa(found.Answers),
			})
		})
	}
}

// TestCap measures the longest time that an engine caches a preflight's answer. The test
// sets the engine's clock ahead.
func TestCap(t *testing.T) {
	const month = 30 * 24 * 60 // minutes
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := engine.ForTest(t, name)
			c := newClock(t, name)
			e.Env = c.env()
			found, _ := measure(t, e, c, fmt.Sprintf("minutes=%d", month))
			hold(t, e.Name, e.Version, map[string]string{capped: fmt.Sprintf("%d min", found.Minutes)})
		})
	}
}
