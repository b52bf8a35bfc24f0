package diagnose

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"github.com/crossgate/cors/core/internal/origin"
)

// Suffix says whose names a wildcard below host covers, if strangers can
// register them, and "" otherwise (publicsuffix.org).
func Suffix(host string) string {
	host = strings.TrimSuffix(host, ".")
	if origin.HostIsLoopback(host) {
		return ""
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	switch {
	case suffix == host && (icann || strings.Contains(suffix, ".")):
		return "strangers register names directly below " + host + ", a public suffix"
	case suffix == host:
		return "anybody may have a name below " + host + ", which is a whole top-level name"
	case overSuffix(host):
		return "strangers register names below " + host + ", which holds public suffixes"
	}
	return ""
}

// suffixParents are the names above some public suffix that are none themselves,
// one a line. The publicsuffix package answers upwards only, so they are taken
// from the rules of its tests; TestSuffixParents keeps the file equal to those of
// the version that go.mod names, and -update rewrites it.
//
//go:embed suffixparents.txt
var suffixParents string

var suffixParentSet = sync.OnceValue(func() map[string]struct{} {
	set := make(map[string]struct{})
	for name := range strings.FieldsSeq(suffixParents) {
		set[name] = struct{}{}
	}
	return set
})

// overSuffix reports whether some public suffix lies below host.
func overSuffix(host string) bool {
	_, found := suffixParentSet()[host]
	return found
}

// SharedHosting are domains that give names below them to anybody, and that the
// public suffix list lacks.
var SharedHosting = []string{
	"app.github.dev", "bolt.host", "codesandbox.io", "codespaces.githubusercontent.com", "csb.app", "github.dev", "glitch.me",
	"gitpod.io", "githubpreview.dev", "herokuapp.com", "localhost.run", "localtest.me", "loca.lt", "lhr.life", "lvh.me", "ngrok.app", "ngrok.io",
	"netlify.live", "nip.io", "preview.app.github.dev", "repl.co", "replit.app", "replit.dev", "runkit.sh", "serveo.net", "sslip.io",
	"stackblitz.io", "surge.sh", "traefik.me", "tunnelmole.net", "webcontainer.io", "xip.io",
}

// Playgrounds are single origins on which anybody can run a script.
var Playgrounds = []string{
	"cdpn.io", "codepen.io", "codesandbox.io", "dabblet.com", "fiddle.jshell.net", "glitch.com", "jsbin.com", "jsfiddle.net",
	"js.do", "jsitor.com", "liveweave.com", "null.jsbin.com", "output.jsbin.com", "play.tailwindcss.com", "playcode.io",
	"plnkr.co", "repl.it", "replit.com", "run.plnkr.co", "s.codepen.io", "stackblitz.com", "translate.goog", "web.archive.org",
}
