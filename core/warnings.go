package cors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/diagnose"
	"github.com/crossgate/cors/core/internal/origin"
)

// maxWarnings bounds how many warnings of one code are kept, so that a policy of
// a million origins does not carry a million of them.
const maxWarnings = 100

// findings collects warnings.
type findings struct {
	kept   []Warning
	counts map[string]int // by code
}

func (f *findings) add(w Warning) {
	if f.counts == nil {
		f.counts = make(map[string]int)
	}
	if f.counts[w.Code]++; f.counts[w.Code] <= maxWarnings {
		f.kept = append(f.kept, w)
	}
}

// list returns the warnings that were kept, and one more for each code with warnings left
// out.
func (f *findings) list() []Warning {
	for i := len(f.kept) - 1; i >= 0; i-- {
		w := f.kept[i]
		if n := f.counts[w.Code]; n > maxWarnings {
			field, _, _ := strings.Cut(w.Field, "[")
			w = Warning{Field: field, Code: w.Code, Hint: fmt.Sprintf("%d more elements like the last", n-maxWarnings)}
			f.kept = slices.Insert(f.kept, i+1, w)
			delete(f.counts, w.Code)
		}
	}
	return f.kept
}

// warnOrigin warns of what is questionable in a legal pattern.
func (e element) warnOrigin(p origin.Pattern) {
	host := strings.TrimSuffix(p.Host, ".")
	web := p.Scheme == "http" || p.Scheme == "https"
	switch {
	case web || p.Scheme == "file":
	case p.Shape == origin.SchemeWide:
		if !e.in.AllowCredentials {
			e.warn("scheme-wide", "any application or extension with this scheme can read responses, including those of strangers; list the origins if you know them")
		}
	default:
		hint := "only applications and extensions have an origin with this scheme; check the spelling, and who can install one"
		if near := diagnose.NearScheme(p.Scheme); near != "" {
			hint += "; if a web page is meant, the scheme is " + near
		}
		e.warn("scheme-unusual", hint)
	}
	if host != p.Host && web {
		fixed := strings.Replace(e.spec, p.Host, host, 1)
		e.warn("host-trailing-dot", "for browsers this is a different origin from the one without the dot, and users rarely open it; write "+strconv.Quote(fixed), fixed)
	}
	if web {
		e.warnHost(p, host)
	}
	if e.in.AllowCredentials && p.Shape != origin.SchemeWide {
		e.warnCredentials(p, host, web)
	}
}

// warnHost warns of hosts where strangers can publish pages, and of hosts that browsers do
// not show.
func (e element) warnHost(p origin.Pattern, host string) {
	if unspecified(p.Host) {
		e.warn("host-unspecified", `servers listen on this address, but browsers rarely show it; list the origin that the browser shows, such as "http://localhost:3000"`)
	} else if p.Scheme == "http" && !origin.HostIsLoopback(p.Host) && !e.in.AllowCredentials {
		e.warn("insecure-origin", "anyone who controls the network can change this origin's pages; serve them over https")
	}
	if diagnose.IsAddressRange(host) {
		e.warn("address-range", "this looks like a range of addresses, but it is the name of one host; list the addresses, or let AllowOriginFunc decide by Origin.Addr")
	}
	if p.Shape == origin.Exact {
		if diagnose.IsSharedOrigin(host) {
			e.warn("shared-origin", "anyone can publish a script on this origin")
		}
		return
	}
	if whose := diagnose.Suffix(p.Host); whose != "" && !e.in.AllowCredentials {
		e.warn("public-suffix", whose+"; name your own domain")
	}
	if diagnose.IsSharedHosting(host) {
		e.warn("shared-hosting", "anyone can get a name below this domain; name your own domain")
	}
}

// warnCredentials warns of others who can read responses made with credentials.
func (e element) warnCredentials(p origin.Pattern, host string, web bool) {
	switch loopback := origin.HostIsLoopback(host); {
	case loopback && !web:
		// capacitor://localhost: the application itself answers, not a socket.
	case loopback:
		e.warn("loopback-credentials", "any program on the user's machine can serve pages there and read responses made with the user's credentials; remove it in production")
	case p.Shape != origin.Exact:
		e.warn("wildcard-credentials", "every host below the domain, forgotten and compromised ones included, can read responses made with the user's credentials; list the origins if you can")
	case p.Port == origin.AnyPort:
		e.warn("any-port-credentials", "every service on the host can read responses made with the user's credentials; name the port")
	}
}
