package cors

import (
	"fmt"
	"slices"
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

// list returns the warnings kept, and one more for each code of which some were
// left out.
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

// warnOrigin looks for what is questionable in a legal pattern.
func (e element) warnOrigin(p origin.Pattern) {
	host := strings.TrimSuffix(p.Host, ".")
	if p.Scheme != "http" && p.Scheme != "https" {
		e.warn("scheme-unusual", "only an application or extension has an origin with this scheme; check the spelling, and who can install one")
	}
	if host != p.Host {
		e.warn("host-trailing-dot", "browsers take this for another origin than the one without the dot, and hardly anybody goes there; write "+host+" as the host")
	}
	if p.Shape != origin.Exact && slices.Contains(diagnose.SharedHosting, host) {
		e.warn("shared-hosting", "anybody can have a name below this domain; name your own")
	}
	if p.Shape == origin.Exact && slices.Contains(diagnose.Playgrounds, host) {
		e.warn("shared-origin", "anybody can run a script on this origin")
	}
	if !e.in.AllowCredentials {
		return
	}
	switch loopback := origin.HostIsLoopback(host); {
	case loopback && p.Scheme != "http" && p.Scheme != "https":
		// capacitor://localhost: the application answers there itself, and no socket.
	case loopback:
		e.warn("loopback-credentials", "any program on the user's machine can serve pages there, and would read responses made with the user's credentials; keep it out of production")
	case p.Shape != origin.Exact:
		e.warn("wildcard-credentials", "every host below the domain, forgotten and compromised ones included, can read responses made with the user's credentials; list the origins if you can")
	case p.Port == origin.AnyPort:
		e.warn("any-port-credentials", "every service on the host can read responses made with the user's credentials; name the port")
	}
}
