package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// longest is the longest time of one fetch in the model, which uses no network.
const longest = 5 * time.Second

// engine is a browser that a call is judged in.
type engine struct {
	name  string
	model browser.Engine
}

// engines are the browsers whose verdicts the lab shows. It shows the steps of the first.
func engines() []engine {
	return []engine{{"Chromium", browser.Chromium()}, {"Firefox", browser.Firefox()}, {"WebKit", browser.WebKit()}}
}

// Engine is the verdict of one browser about a call.
type Engine struct {
	Engine  string `json:"engine"`
	Allowed bool   `json:"allowed"`
	Sent    bool   `json:"sent"`    // false: the browser refuses before it sends anything
	Console string `json:"console"` // what its console writes; "" where it writes nothing, or that is not known
	Note    string `json:"note"`    // how long it keeps the preflight's answer, and what else is its own
}

// client is a browser with the call's page in it, for which the policy answers.
func client(e engine, p *cors.Policy, c Call) *browser.Client {
	return &browser.Client{
		Origin: c.Origin, StrictURLs: true, Engine: e.model, Timeout: longest, Cookie: "session=8f1c",
		Handler: corshttp.New(p)(Application(p)),
	}
}

// fetch makes the call in an engine.
func fetch(e engine, p *cors.Policy, c Call) (browser.Verdict, error) {
	return client(e, p, c).Fetch(context.Background(), c.request())
}

// responseHeaders are the application's own headers. Scripts can always read some of them,
// and the others only if the policy exposes them.
var responseHeaders = [][2]string{
	{"Content-Type", "application/json"},
	{"Cache-Control", "max-age=60"},
	{"Etag", `"7f3a"`},
	{"X-Request-Id", "42"},
	{"X-Total-Count", "3"},
}

// Application is the small handler behind the policy. It answers every request, and sets the
// headers that the policy exposes, so that you can see which of them a script can read.
func Application(p *cors.Policy) http.Handler {
	exposed := p.Config().ExposeHeaders
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range responseHeaders {
			w.Header().Set(h[0], h[1])
		}
		for _, name := range exposed {
			if settable(name) && w.Header().Get(name) == "" {
				w.Header().Set(name, "1")
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"method": r.Method, "path": r.URL.Path}) // fails only when the client has gone
	})
}

// settable reports whether Application may set a header: it must not change the message
// itself or what the lab shows.
func settable(name string) bool {
	lower := strings.ToLower(name)
	for _, prefix := range []string{"access-control-", "content-", "sec-", "proxy-", "transfer-", "trailer"} {
		if strings.HasPrefix(lower, prefix) {
			return false
		}
	}
	switch lower {
	case "*", "connection", "date", "upgrade", "vary", "te", "keep-alive", "location", "set-cookie", "set-cookie2":
		return false
	}
	return true
}

// kept is how long an engine caches the answer to the call's preflight: 0 if it asks each
// time. said is how long its Access-Control-Max-Age allows.
func kept(e engine, p *cors.Policy, c Call, v browser.Verdict) (kept, said time.Duration) {
	preflight, found := exchange(v, true)
	if !found || !v.Allowed {
		return 0, 0
	}
	said = browser.MaxAge(preflight.Header, e.model)
	if said > 0 && asksAgain(e, p, c) {
		return 0, said
	}
	return said, said
}

// note says what differs between engines: how long they cache the answer to the preflight,
// and whether they ask the user.
func note(e engine, p *cors.Policy, c Call, v browser.Verdict, local bool) string {
	var notes []string
	if local && e.model.LocalNetworkAccess {
		notes = append(notes, "asks the user before it sends anything to this machine or network")
	}
	if v.Allowed && v.Preflights() > 0 {
		switch age, said := kept(e, p, c, v); {
		case said == 0:
			notes = append(notes, "keeps no answer to a preflight, and asks each time")
		case age == 0:
			notes = append(notes, "asks each time: it does not keep what only a * allows")
		case age == e.model.MaxAgeLimit:
			notes = append(notes, "keeps the preflight's answer for "+spoken(age)+", which is its limit")
		default:
			notes = append(notes, fmt.Sprintf("keeps the preflight's answer for %s (its limit is %s)", spoken(age), spoken(e.model.MaxAgeLimit)))
		}
	}
	return strings.Join(notes, "; ")
}

// asksAgain reports whether the same call, repeated at once, has a second preflight.
func asksAgain(e engine, p *cors.Policy, c Call) bool {
	page := client(e, p, c)
	now := time.Now()
	page.Now = func() time.Time { return now }
	for range 2 {
		v, err := page.Fetch(context.Background(), c.request())
		if err != nil || !v.Allowed || v.Preflights() == 0 {
			return false
		}
	}
	return true
}

// exchange is the preflight of a verdict, or its request.
func exchange(v browser.Verdict, preflight bool) (browser.Exchange, bool) {
	for _, x := range v.Exchanges {
		if x.Preflight == preflight {
			return x, true
		}
	}
	return browser.Exchange{}, false
}

// spoken writes a duration for people.
func spoken(d time.Duration) string {
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if d >= unit.of && d%unit.of == 0 {
			if d == unit.of {
				return "1 " + unit.name
			}
			return fmt.Sprintf("%d %ss", d/unit.of, unit.name)
		}
	}
	return d.String()
}
