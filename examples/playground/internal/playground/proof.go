package playground

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/playground/internal/api"
)

// maxProof bounds, in bytes, what POST /lab/proof reads.
const maxProof = 128 << 10

// proof lets a browser send the lab's call to the five frameworks. A page cannot have
// the origin that the call names, and the frameworks do not listen where its URL leads.
// So the browser sends to a gateway, which swaps names in both directions: the
// frameworks see the origin and the host of the call, and the browser sees its own
// origin in Access-Control-Allow-Origin. The policy and all else stay as they are.
type proof struct {
	apis []Site
	live cors.Live

	mu  sync.Mutex
	now trial
}

// trial is the call that is being sent.
type trial struct {
	run    string // begins the query parameter "run" of its requests
	origin string // of the call's page
	host   string // that the call's URL names
}

// item is the one path of the APIs that takes most methods.
const item = "/items/1"

// begin is POST /lab/proof. The trial before it is void.
func (p *proof) begin(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Run    string `json:"run"`
		Policy string `json:"policy"`
		Call   struct {
			Origin string `json:"origin"`
			URL    string `json:"url"`
		} `json:"call"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxProof)).Decode(&q); err != nil || len(q.Run) < 8 {
		answer(w, http.StatusBadRequest, map[string]string{"error": "The page sent something else than a call."})
		return
	}
	compiled, err := compile(q.Policy)
	if err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": "The policy has an error: " + err.Error()})
		return
	}
	u, err := url.Parse(q.Call.URL)
	if err != nil || u.Host == "" || strings.ContainsAny(q.Call.Origin, "\r\n") {
		answer(w, http.StatusBadRequest, map[string]string{"error": "The call has no URL with a host."})
		return
	}
	next := trial{run: q.Run, origin: q.Call.Origin, host: u.Host}
	if p.isAPI(next.host) {
		next.host = "api.invalid" // by its own host an API is asked for the table
	}
	p.mu.Lock()
	p.live.Store(compiled)
	p.now = next
	p.mu.Unlock()
	path := item
	if known.MatchString(u.EscapedPath()) {
		path = u.EscapedPath()
	}
	answer(w, http.StatusOK, map[string]string{"path": path})
}

// known are the paths that the APIs have, but for those of the group, which has a policy of
// its own, and the redirect.
var known = regexp.MustCompile(`^/(items(/[1-9])?|me)$`)

// hand is the gateway: /proof/N/… goes to the Nth API.
func (p *proof) hand(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	now := p.now
	p.mu.Unlock()
	n, err := strconv.Atoi(r.PathValue("api"))
	if err != nil || n < 0 || n >= len(p.apis) {
		http.NotFound(w, r)
		return
	}
	if now.run == "" || !strings.HasPrefix(r.URL.Query().Get("run"), now.run) {
		http.Error(w, "This call is over: another one has begun.", http.StatusGone)
		return
	}
	mine := r.Header.Get("Origin")
	proxy := httputil.ReverseProxy{
		Rewrite: func(to *httputil.ProxyRequest) {
			to.Out.URL.Scheme, to.Out.URL.Host = "http", strings.TrimPrefix(p.apis[n].Origin, "http://")
			to.Out.URL.Path, to.Out.URL.RawPath = "/"+r.PathValue("path"), ""
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
	proxy.ServeHTTP(w, r)
}

// isAPI tells if a Host header is one by which this machine reaches an API itself.
func (p *proof) isAPI(host string) bool {
	_, port, _ := strings.Cut(host, ":")
	return local(host) && slices.ContainsFunc(p.apis, func(a Site) bool { return strings.HasSuffix(a.Origin, ":"+port) })
}

// over returns what decides at the APIs: the lab's policy for requests of the gateway,
// which name a host of the call, and d for all others.
func (p *proof) over(d cors.Decider) cors.Decider { return either{p, d} }

type either struct {
	proof *proof
	other cors.Decider
}

func (e either) Decide(ctx context.Context, r cors.Request) cors.Decision {
	if e.proof.isAPI(r.Host) {
		return e.other.Decide(ctx, r)
	}
	return e.proof.live.Decide(ctx, r)
}

// of returns the policy that has decided there.
func (p *proof) of(next func(cors.Request) (*cors.Policy, string)) func(cors.Request) (*cors.Policy, string) {
	return func(r cors.Request) (*cors.Policy, string) {
		if p.isAPI(r.Host) || strings.HasPrefix(r.Path, api.Group+"/") {
			return next(r)
		}
		return p.live.Load(), ""
	}
}
