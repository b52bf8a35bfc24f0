package diagnose

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"github.com/crossgate/cors/core/internal/origin"
)

// Suffix returns a sentence if a wildcard below host covers names that strangers can
// register (publicsuffix.org), and "" otherwise.
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
		return "anyone can get a name below " + host + ", which is a top-level domain"
	case overSuffix(host):
		return "strangers register names below " + host + ", which contains public suffixes"
	}
	return ""
}

// suffixParents has, one per line, the names that have public suffixes below them but are
// not suffixes themselves. The publicsuffix package cannot list these, so they come from
// the rules in its tests, which are those of the Public Suffix List (publicsuffix.org, Mozilla
// Public License 2.0). TestSuffixParents compares the file with the version in go.mod; its
// -update flag rewrites the file.
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

// IsSharedHosting reports whether strangers have pages below host. It knows domains that
// the public suffix list does not have.
func IsSharedHosting(host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return contains(sharedHosting, host) || contains(regionalHosting, host) || contains(regionalHosting, parent)
}

// IsSharedOrigin reports whether strangers can publish pages with scripts at host itself:
// in a playground, or in an object store that names buckets in the path.
func IsSharedOrigin(host string) bool {
	if contains(sharedOrigins, host) {
		return true
	}
	label, rest, _ := strings.Cut(host, ".")
	s3 := label == "s3" || strings.HasPrefix(label, "s3-")
	for _, store := range objectStores {
		if rest == store || s3 && strings.HasSuffix(rest, "."+store) && !strings.HasPrefix(rest, "s3") {
			return s3 || store != "amazonaws.com" && store != "amazonaws.com.cn"
		}
	}
	return false
}

// contains reports whether a sorted list has host.
func contains(list []string, host string) bool {
	_, found := slices.BinarySearch(list, host)
	return found
}

// sharedHosting lists domains that give names below them to anyone.
var sharedHosting = []string{
	"000webhostapp.com", "4everland.app", "app.github.dev", "arweave.net", "codesandbox.io", "codespaces.githubusercontent.com",
	"dweb.link", "fc2.com", "fleek.co", "ghost.io", "github.dev", "gitpod.io", "glitch.me", "googleusercontent.com",
	"gradio.live", "jimdofree.com", "koyeb.app", "lhr.life", "livejournal.com", "loca.lt", "localhost.run",
	"localtest.me", "localtunnel.me", "lvh.me", "modal.run", "neocities.org", "netlify.live", "nftstorage.link",
	"nip.io", "northflank.app", "on.fleek.co", "over-blog.com", "pagekite.me", "preview.app.github.dev", "r2.cloudflarestorage.com",
	"runkit.sh", "seesaa.net", "serveo.net", "squarespace.com", "sslip.io", "stackblitz.io", "strikingly.com",
	"substack.com", "surge.sh", "tiiny.site", "traefik.me", "tumblr.com", "typepad.com", "usercontent.goog", "w3s.link",
	"webcontainer.io", "weebly.com", "wordpress.com", "xip.io",
}

// regionalHosting lists such domains whose names may have a region in between.
var regionalHosting = []string{
	"backblazeb2.com", "cloudapp.azure.com", "devtunnels.ms", "digitaloceanspaces.com", "linodeobjects.com", "scw.cloud", "vultrobjects.com",
	"wasabisys.com", "your-objectstorage.com",
}

// sharedOrigins lists single hosts on which anyone can publish a script.
var sharedOrigins = []string{
	"arweave.net", "cdn.rawgit.com", "cdn.statically.io", "cdpn.io", "cf-ipfs.com", "cloudflare-ipfs.com", "codepen.io", "codesandbox.io",
	"commondatastorage.googleapis.com", "dabblet.com", "dweb.link", "fiddle.jshell.net", "gateway.ipfs.io", "gateway.pinata.cloud",
	"gist.githack.com", "glitch.com", "gw.githack.com", "htmlpreview.github.io", "ipfs.io", "js.do", "jsbin.com", "jsfiddle.net", "jsitor.com",
	"liveweave.com", "null.jsbin.com", "output.jsbin.com", "play.tailwindcss.com", "playcode.io", "plnkr.co", "raw.githack.com",
	"rawcdn.githack.com", "rawgit.com", "repl.it", "replit.com", "run.plnkr.co", "s.codepen.io", "stackblitz.com", "storage.cloud.google.com",
	"storage.googleapis.com", "storage.yandexcloud.net", "translate.goog", "w3s.link", "web.archive.org",
}

// objectStores lists the domains of object stores. Their hosts have a region, or s3 and a
// region, before the domain. A host with a bucket's name before that is the bucket's own
// origin.
var objectStores = []string{
	"amazonaws.com", "amazonaws.com.cn", "backblazeb2.com", "cloud-object-storage.appdomain.cloud", "digitaloceanspaces.com",
	"linodeobjects.com", "scw.cloud", "vultrobjects.com", "wasabisys.com", "your-objectstorage.com",
}
