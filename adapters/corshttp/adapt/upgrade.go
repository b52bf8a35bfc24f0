package adapt

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	cors "github.com/crossgate/cors/core"
)

// upgradeCheck refuses to let a connection pass into HTTP/2 without TLS (h2c) where a
// policy enforces. A handler inside, such as h2c.NewHandler's, would take the connection
// over, and no later request on it would come by here.
type upgradeCheck struct {
	caller string
	policy refuser             // nil if it refuses nothing, for good
	needs  cors.MetadataNeeder // false if policy refuses nothing now; nil if that is not known
	logged *rarely
}

// refuser is a policy, or several, that may refuse a request. *mount.Table is one.
type refuser interface {
	Refuses(ctx context.Context, r cors.Request) bool
}

// decides is a Decider as a refuser.
type decides struct{ cors.Decider }

// Refuses implements refuser.
func (d decides) Refuses(ctx context.Context, r cors.Request) bool {
	return cors.MayRefuse(ctx, d.Decider, r)
}

func newUpgradeCheck(caller string, d cors.Decider) upgradeCheck {
	u := upgradeCheck{caller: caller, logged: new(rarely)}
	if p, ok := d.(*cors.Policy); !ok || p.NeedsMetadata() {
		u.policy = decides{d}
		u.needs, _ = d.(cors.MetadataNeeder)
	}
	return u
}

// refuses reports whether r would take the connection away from a policy that enforces,
// and logs that once a minute.
func (u *upgradeCheck) refuses(r *http.Request) bool {
	// No policy that enforces does without metadata. To ask that is cheaper than to read r.
	if u.needs != nil && !u.needs.NeedsMetadata() || !isH2C(r) {
		return false
	}
	// A policy that enforces refuses this one: its Origin matches nothing.
	hostile := cors.Request{Method: http.MethodPost, Origin: "h2c", Host: r.Host, Path: path(r), FetchSite: "cross-site"}
	if !u.policy.Refuses(r.Context(), hostile) {
		return false
	}
	if u.logged.now() {
		slog.ErrorContext(r.Context(), u.caller+": refused to pass a connection on to HTTP/2 without TLS, whose requests no policy would see; "+
			"install the middleware inside h2c.NewHandler, or use http.Server.Protocols", "path", path(r))
	}
	return true
}

// isH2C reports whether r begins HTTP/2 on this connection: by the preface that a client
// sends without asking (RFC 9113, section 3.4), or by an upgrade (RFC 7540, section 3.2).
func isH2C(r *http.Request) bool {
	if r.Method == "PRI" {
		return true
	}
	for _, line := range r.Header["Upgrade"] {
		for protocol := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(protocol), "h2c") {
				return true
			}
		}
	}
	return false
}

// rarely says when to log again: once a minute.
type rarely struct{ next atomic.Int64 }

func (l *rarely) now() bool {
	now := time.Now().UnixNano()
	next := l.next.Load()
	return now >= next && l.next.CompareAndSwap(next, now+int64(time.Minute))
}
