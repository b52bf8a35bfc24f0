//go:build unix

package browsers

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

//go:embed testdata/shells/fetches.js
var fetches string

// shellServer answers the fetches of fetches.js, and records the requests.
type shellServer struct {
	handlers map[string]http.Handler // by path

	mu       sync.Mutex
	requests map[[2]string][]asked      // by reporter and fetch
	served   map[string]bool            // the reporters whose POST an enforcing policy allowed
	read     map[string]map[string]bool // what each reporter could read
	reported chan struct{}
}

// asked is what a server sees in a request.
type asked struct{ method, origin, fetchSite string }

// newShellServer has a policy for the pages that match allow.
func newShellServer(t *testing.T, allow string) *shellServer {
	t.Helper()
	secret := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("secret")) })
	s := &shellServer{
		requests: make(map[[2]string][]asked),
		served:   make(map[string]bool),
		read:     make(map[string]map[string]bool),
		reported: make(chan struct{}, 1),
	}
	enforcing, err := cors.Compile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, Enforce: cors.EnforceAll})
	require.NoError(t, err)
	policy, err := cors.Compile(shellPolicy(allow, "http://localhost:*")) // also the website in which content scripts run
	require.NoError(t, err)
	s.handlers = map[string]http.Handler{
		"/host":   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") }),
		"/silent": secret,
		// This route has no policy, because a policy does not allow null and file:// with
		// credentials. It shows what engines accept.
		"/echo": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Allow-Headers", "content-type")
			w.Header().Set("Access-Control-Max-Age", "0")
			secret(w, r)
		}),
		"/policy": corshttp.New(policy)(secret),
		"/enforcing": corshttp.New(enforcing)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			s.served[r.URL.Query().Get("who")] = true // ServeHTTP holds the lock
		})),
	}
	return s
}

// shellPolicy allows the pages that match the patterns.
func shellPolicy(allow ...string) cors.Config {
	return cors.Config{
		AllowOrigins: allow,
		AllowMethods: []string{"PUT"},
		AllowHeaders: []string{"Content-Type"},
		MaxAge:       cors.NoCache,
		Dangerously:  cors.Dangers{FileOrigin: true, NullOrigin: true},
	}
}

func (s *shellServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	who := query.Get("who")
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/report" {
		var read map[string]bool
		if err := json.NewDecoder(r.Body).Decode(&read); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.read[who] = read
		select {
		case s.reported <- struct{}{}:
		default:
		}
		return
	}
	if what := query.Get("what"); what != "" {
		key := [2]string{who, what}
		s.requests[key] = append(s.requests[key], asked{r.Method, strings.Join(r.Header["Origin"], ", "), r.Header.Get("Sec-Fetch-Site")})
	}
	if handler := s.handlers[r.URL.Path]; handler != nil {
		handler.ServeHTTP(w, r)
	}
}

// done reports whether all of them have reported.
func (s *shellServer) done(who []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !slices.ContainsFunc(who, func(one string) bool { return s.read[one] == nil })
}

// seen is what an engine does for a page of a shell.
type seen struct {
	get, put    string // the Origin that the server receives, or ""
	fetchSite   string
	preflight   bool // whether it sends a preflight before a PUT of JSON
	accepts     bool // whether it accepts an Access-Control-Allow-Origin with its origin
	credentials bool // the same with credentials
	free        bool // whether it reads a response without any CORS header
	refused     bool // whether EnforceAll refuses it if it is not listed
	allowed     bool // whether it reads GET and PUT under the policy that lists it
}

// observe collects what a reporter did. It fails if requests differ that should be the
// same.
func (s *shellServer) observe(t *testing.T, who string) seen {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	read := s.read[who]
	require.Len(t, read, 8, who)
	of := func(what string) []asked { return s.requests[[2]string{who, what}] }
	first := of("put")
	require.NotEmpty(t, first)
	last := first[len(first)-1]
	result := seen{
		put: last.origin, fetchSite: last.fetchSite, preflight: len(first) > 1,
		accepts: read["get"] && read["put"], credentials: read["get with credentials"] && read["put with credentials"],
		free: read["get without CORS"], allowed: read["get under a policy"] && read["put under a policy"],
		refused: !s.served[who],
	}
	for i, what := range []string{"get", "get with credentials", "get without CORS", "get under a policy"} {
		requests := of(what)
		require.Len(t, requests, 1, what)
		if i == 0 {
			result.get = requests[0].origin
		}
		assert.Equal(t, asked{"GET", result.get, last.fetchSite}, requests[0], "%s: %s", who, what)
	}
	want := []asked{{"PUT", result.put, last.fetchSite}}
	if result.preflight {
		want = slices.Insert(want, 0, asked{"OPTIONS", result.put, last.fetchSite})
	}
	assert.Len(t, of("post under an enforcing policy"), 1, "a POST without a preflight")
	for _, what := range []string{"put", "put with credentials", "put under a policy"} {
		assert.Equal(t, want, of(what), "%s: %s", who, what)
	}
	return result
}
