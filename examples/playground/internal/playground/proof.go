package playground

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/playground/internal/api"
	"github.com/crossgate/cors/examples/playground/internal/wire"
)

// proofPrefix is where the gateway's paths begin.
const proofPrefix = "/proof/"

// maxProof bounds, in bytes, what POST /lab/proof reads: any policy that the lab reads. A
// request of a call has a small body.
const (
	maxProof    = 2 << 20
	maxCallBody = 64 << 10
)

// proof lets a browser send the lab's call to the five frameworks. The browser's page does
// not have the call's origin, and the frameworks do not listen at the call's URL. So the
// browser sends to a gateway, which replaces names in both directions: the frameworks see
// the origin and the host of the call, and the browser sees its own origin in
// Access-Control-Allow-Origin. Nothing else changes.
type proof struct {
	live    cors.Live // the lab's policy
	servers []string  // where the frameworks listen, in the order of api.Frameworks
	log     *wire.Log // of the requests that they received

	mu  sync.Mutex
	now trial
}

// trial is the call that is being sent.
type trial struct {
	run    string // begins the query parameter "run" of its requests
	page   string // the origin of the page that sends it
	origin string // of the call's page
	host   string // the host of the call's URL
}

// serveProof starts the frameworks that answer the lab's call. They use free ports, because
// only the gateway calls them.
func (p *Playground) serveProof(policy *cors.Policy) (*proof, error) {
	frameworks := api.Frameworks()
	names := make([]string, len(frameworks))
	for i, f := range frameworks {
		names[i] = "the proof under " + f.Name
	}
	listeners, err := listen(0, names)
	if err != nil {
		return nil, err
	}
	pr := new(proof)
	pr.live.Store(policy) // until there is a call
	pr.log = wire.NewLog(func(cors.Request) (*cors.Policy, string) { return pr.live.Load(), "" })
	for i, f := range frameworks {
		pr.servers = append(pr.servers, listeners[i].Addr().String())
		p.serve(wire.Tap(listeners[i], pr.log.Record), f.Any(&pr.live))
	}
	return pr, nil
}

// begin is POST /lab/proof. It ends the trial before it.
func (p *proof) begin(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Run    string `json:"run"`
		Policy string `json:"policy"`
		Call   struct {
			Origin string `json:"origin"`
			URL    string `json:"url"`
		} `json:"call"`
	}
	fail := func(message string) { answer(w, http.StatusBadRequest, map[string]string{"error": message}) }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxProof)).Decode(&q); err != nil || len(q.Run) < 8 {
		fail("The page sent something other than a call.")
		return
	}
	compiled, err := cors.ParsePolicy([]byte(q.Policy))
	if err != nil {
		fail("The policy has an error: " + err.Error())
		return
	}
	u, err := url.Parse(q.Call.URL)
	if err != nil || u.Host == "" || strings.ContainsAny(q.Call.Origin, "\r\n") {
		fail("The call's URL has no host.")
		return
	}
	p.mu.Lock()
	p.live.Store(compiled)
	p.now = trial{run: q.Run, page: r.Header.Get("Origin"), origin: q.Call.Origin, host: u.Host}
	p.mu.Unlock()
	answer(w, http.StatusOK, map[string]string{"path": "/" + strings.TrimPrefix(u.EscapedPath(), "/")})
}

// hand is the gateway: it forwards /proof/N/… to the Nth framework.
func (p *proof) hand(w http.ResponseWriter, r *http.Request) {
	number, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), proofPrefix), "/")
	path, err := url.PathUnescape("/" + rest)
	n, notNumber := strconv.Atoi(number)
	if err != nil || notNumber != nil || n < 0 || n >= len(p.servers) {
		http.NotFound(w, r)
		return
	}
	p.mu.Lock()
	now := p.now
	p.mu.Unlock()
	mine := r.Header.Get("Origin")
	if now.run == "" || !strings.HasPrefix(r.URL.Query().Get("run"), now.run) || mine != "" && mine != now.page {
		http.Error(w, "This call is over: another one has begun.", http.StatusGone)
		return
	}
	proxy := httputil.ReverseProxy{
		Rewrite: func(to *httputil.ProxyRequest) {
			to.Out.URL.Scheme, to.Out.URL.Host = "http", p.servers[n]
			to.Out.URL.Path, to.Out.URL.RawPath = path, "/"+rest
			to.Out.Host = now.host
			if mine != "" {
				to.Out.Header.Set("Origin", now.origin)
			}
		},
		ModifyResponse: func(response *http.Response) error {
			const name = "Access-Control-Allow-Origin"
			if slices.Equal(response.Header.Values(name), []string{now.origin}) {
				response.Header.Set(name, mine)
			}
			return nil
		},
	}
	if r.ContentLength > maxCallBody {
		http.Error(w, "A call has a small body here.", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxCallBody)
	proxy.ServeHTTP(w, r)
}
