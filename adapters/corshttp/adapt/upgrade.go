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

// upgradeCheck refuses requests that switch the connection to HTTP/2 without TLS (h2c), if a
// policy enforces. An inner handler such as h2c.NewHandler takes the connection over, and
// later requests on it would bypass the middleware.
type upgradeCheck struct {
	caller string
	policy refuser             // nil if the policy never refuses a request
	needs  cors.MetadataNeeder // if it returns false, the policy refuses nothing now; may be nil
	logged *rarely
}

// refuser is one or several policies that may refuse a request. *mount.Table is one.
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

// refuses reports whether to refuse r, because its connection would bypass a policy that
// enforces. It logs that at most once a minute.
func (u *upgradeCheck) refuses(r *http.Request) bool {
	// A policy that enforces needs metadata. This check is cheaper than reading r.
	if u.needs != nil && !u.needs.NeedsMetadata() || !isH2C(r) {
		return false
	}
	// A policy that enforces refuses this request, because its Origin matches nothing.
	hostile := cors.Request{Method: http.MethodPost, Origin: "h2c", Host: r.Host, Path: path(r), FetchSite: "cross-site"}
	if !u.policy.Refuses(r.Context(), hostile) {
		return false
	}
	if u.logged.now() {
		slog.ErrorContext(r.Context(), u.caller+": refused to switch a connection to HTTP/2 without TLS, because its requests would bypass the policy; "+
			"install the middleware inside h2c.NewHandler, or use http.Server.Protocols", "path", path(r))
	}
	return true
}

// isH2C reports whether r starts HTTP/2 on this connection: with the connection preface (RFC
// 9113, section 3.4) or with an upgrade (RFC 7540, section 3.2).
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

// rarely limits a log to once a minute.
type rarely struct{ next atomic.Int64 }

func (l *rarely) now() bool {
	now := time.Now().UnixNano()
	next := l.next.Load()
	return now >= next && l.next.CompareAndSwap(next, now+int64(time.Minute))
}
