package lab

import (
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

// Cache says which answers are cached.
type Cache struct {
	Shared    string `json:"shared"`    // by caches between browser and server
	Preflight string `json:"preflight"` // by the browser
}

// cached says how a shared cache, such as a CDN, stores a call's response, and under which
// key (Fetch, "CORS protocol and HTTP caches"; RFC 9111, section 4.1).
func cached(p *cors.Policy, v browser.Verdict, c Call) Cache {
	k := Cache{
		Shared:    "Nothing: the request is never sent.",
		Preflight: "There is no preflight, so there is nothing to keep.",
	}
	if _, sent := exchange(v, true); sent {
		k.Preflight = "Shared caches keep no answer to OPTIONS (RFC 9110, section 9.3.7), and a browser keeps none that it refuses."
		if v.Allowed {
			k.Preflight = "Shared caches keep no answer to OPTIONS (RFC 9110, section 9.3.7). Each browser keeps it for itself, by the page's origin, the URL, and whether there are credentials: " +
				spokenAges(p, v, c) + "."
		}
	}
	x, sent := exchange(v, false)
	if !sent {
		return k
	}
	origin, vary := value(x, "Access-Control-Allow-Origin"), value(x, "Vary")
	switch {
	case c.method() != "GET" && c.method() != "HEAD":
		k.Shared = "Nothing: shared caches keep answers to GET and HEAD, and this is " + c.method() + "."
	case namesOrigin(vary):
		k.Shared = "One copy for each Origin, because Vary names it (" + vary + "): no page gets the answer that was meant for another. What comes without an Origin has a copy of its own."
	case origin == "*":
		k.Shared = "One copy for all origins: Access-Control-Allow-Origin is always *, and Vary does not name Origin."
	default:
		k.Shared = "One copy by the URL alone: Vary does not name Origin."
	}
	return k
}

// namesOrigin reports whether Vary names Origin.
func namesOrigin(vary string) bool {
	for name := range strings.SplitSeq(vary, ",") {
		if strings.EqualFold(strings.TrimSpace(name), "Origin") {
			return true
		}
	}
	return false
}

// spokenAges says how long each engine caches the answer to the preflight.
func spokenAges(p *cors.Policy, v browser.Verdict, c Call) string {
	var parts []string
	for _, e := range engines() {
		age, _ := kept(e, p, c, v)
		if age == 0 {
			parts = append(parts, e.name+" not at all")
			continue
		}
		parts = append(parts, e.name+" for "+spoken(age))
	}
	return strings.Join(parts, ", ")
}
