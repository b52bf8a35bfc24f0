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

// shellServer answers what fetches.js fetches, and records the requests.
type shellServer struct {
	handlers map[string]http.Handler // by path

	mu       sync.Mutex
	requests map[[2]string][]asked      // by who fetches and what
	served   map[string]bool            // whose POST an enforcing policy has let through
	read     map[string]map[string]bool // what who could read
	reported chan struct{}
}

// asked is what a server sees of a request.
type asked struct{ method, origin, fetchSite string }

// newShellServer has a policy for pages that allow covers.
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
	policy, err := cors.Compile(shellPolicy(allow, "http://localhost:*")) // and the website that content scripts run in
	require.NoError(t, err)
	s.handlers = map[string]http.Handler{
		"/host":   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") }),
		"/silent": secret,
		// What engines accept is asked without a policy, which allows null and file:// no credentials.
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
			s.served[r.URL.Query().Get("who")] = true // under the lock of ServeHTTP
		})),
	}
	return s
}

// shellPolicy allows the pages that the patterns cover.
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

// done says if all of them have reported.
func (s *shellServer) done(who []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !slices.ContainsFunc(who, func(one string) bool { return s.read[one] == nil })
}

// seen is what an engine does for a page of a shell.
type seen struct {
	get, put    string // the Origin that the server receives, or ""
	fetchSite   string
	preflight   bool // before a PUT of JSON
	accepts     bool // an Access-Control-Allow-Origin that is its origin
	credentials bool // and with credentials
	free        bool // it reads a response without any CORS header
	refused     bool // by EnforceAll, if it is not listed
	allowed     bool // it reads GET and PUT under the policy that covers it
}

// observe puts together what was seen of who, and fails where requests that should be alike
// are not.
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
	assert.Len(t, of("post under an enforcing policy"), 1, "without a preflight")
	for _, what := range []string{"put", "put with credentials", "put under a policy"} {
		assert.Equal(t, want, of(what), "%s: %s", who, what)
	}
	return result
}
