// Package corslog logs which pages are refused, why, and what to change:
//
//	log := corslog.New(slog.Default(), time.Minute)
//	defer log.Flush()
//	middleware := corshttp.New(log.Of(policy))
//
// The first refusal of an origin for a reason is logged at once; later ones are counted,
// and the counts are logged. Clients cannot make the log grow without bound: see [Log].
package corslog

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/contain"
)

// Log is a table of refusals, for any number of Deciders. It is safe for concurrent use.
//
// A Log has one entry for each pair of origin and reason. The first refusal is logged as
// one line at level Warn, "cors: refused", with its cause and a fix. Later ones are counted,
// and once in each period of New the count is logged as one line, "cors: refused again". It
// has the method or headers that the latest preflight asked for; these may differ from
// those of the first. An entry without refusals for a whole period is removed.
//
// Anyone can send requests with invented origins. So a Log has at most 256 entries, and
// counts all other refusals by reason: "cors: refused others". Entries are reserved, so
// that invented origins do not displace others:
//   - 64 for methods and headers of origins that AllowOrigins lists literally
//   - 64 for methods and headers of origins that match a pattern or that AllowOriginFunc
//     allows; at most 8 of one registrable domain
//   - 96 for origins that are not allowed
//   - 32 for refusals that the origin does not cause, such as a failing AllowOriginFunc
//
// Requests from pages of the server's own origin are not logged, because CORS does not
// apply to them. A Log recognizes them by Sec-Fetch-Site or Host, so a proxy must forward
// one of the two.
//
// Values from requests are cut at 200 bytes, and characters that are not printable are
// escaped.
type Log struct {
	logger *slog.Logger
	every  time.Duration

	mu    sync.Mutex
	table table
	timer *time.Timer // nil while the table is empty
}

// New returns a Log that writes to logger, and logs counts once in each period of the
// length every, such as a minute. It panics if logger is nil or every is not positive.
func New(logger *slog.Logger, every time.Duration) *Log {
	if logger == nil || every <= 0 {
		panic("corslog.New: pass a logger, such as slog.Default(), and a positive period, such as time.Minute")
	}
	return &Log{logger: logger, every: every, table: table{entries: make(map[key]*entry)}}
}

// Of returns a Decider that decides as d does and logs refusals. A request waits while its
// line is written. Of panics if d is nil (see [cors.CheckDecider]).
func (l *Log) Of(d cors.Decider) cors.Decider {
	cors.CheckDecider("corslog.Log.Of", d)
	return &logged{d, l}
}

// Flush writes the counts that are not written yet. A timer calls it once in each period
// with refusals. Call it when the program ends.
func (l *Log) Flush() {
	l.mu.Lock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	counts := l.table.collect()
	if len(l.table.entries) > 0 {
		l.timer = time.AfterFunc(l.every, l.Flush)
	}
	l.mu.Unlock()
	for _, c := range counts {
		l.writeCount(c)
	}
}

type logged struct {
	decider cors.Decider
	log     *Log
}

// NeedsMetadata answers for the Decider that is logged. The Log itself reads the metadata
// only when it writes a line.
func (l *logged) NeedsMetadata() bool { return cors.NeedsMetadata(l.decider) }

// MayRefuse answers for the Decider that is logged.
func (l *logged) MayRefuse(ctx context.Context, r cors.Request) bool {
	return cors.MayRefuse(ctx, l.decider, r)
}

// Decide implements cors.Decider.
func (l *logged) Decide(ctx context.Context, r cors.Request) cors.Decision {
	d := l.decider.Decide(ctx, r)
	if reason := d.Reason(); reason != cors.Allowed && reason != cors.NoPolicy {
		l.log.note(ctx, r, d, reason)
	}
	return d
}

// note counts a refusal, and logs it if it is the first.
func (l *Log) note(ctx context.Context, r cors.Request, d cors.Decision, reason cors.Reason) {
	k := key{cut(strings.Trim(r.Origin, " \t")), reason}
	l.mu.Lock()
	known := l.table.again(k, askedFor(r, reason))
	l.mu.Unlock()
	if known {
		return
	}
	r = r.Clone() // this also reads the metadata
	if ownPage(r, d) {
		return
	}
	k.origin = cut(strings.Trim(r.Origin, " \t"))
	l.mu.Lock()
	first := l.table.add(k, roomOf(d), askedFor(r, reason))
	if l.timer == nil {
		l.timer = time.AfterFunc(l.every, l.Flush)
	}
	l.mu.Unlock()
	if first {
		l.writeFirst(ctx, r, d)
	}
}

// ownPage reports whether a page of the server's own origin made the request. Browsers send
// Origin with same-origin POST requests too, but do not check CORS headers there.
func ownPage(r cors.Request, d cors.Decision) bool {
	if d.Kind() != cors.Actual || d.Status() != 0 || d.Reason() != cors.OriginNotAllowed {
		return false
	}
	return r.FetchSite == "same-origin" || cors.SameHost(strings.Trim(r.Origin, " \t"), ascii.ToLower(r.Host))
}

func (l *Log) writeFirst(ctx context.Context, r cors.Request, d cors.Decision) {
	defer containLogger()
	cause, fix := words(r, d.Reason())
	attributes := []slog.Attr{
		slog.String("origin", clean(r.Origin)), slog.String("reason", d.Reason().String()),
		slog.String("kind", d.Kind().String()), slog.String("method", clean(r.Method)),
		slog.String("host", clean(r.Host)), slog.String("path", clean(r.Path)),
	}
	if d.Kind() == cors.Preflight {
		attributes = append(attributes, slog.String("requestMethod", clean(r.RequestMethod)), slog.String("requestHeaders", clean(r.RequestHeaders)))
	}
	if err := d.Err(); err != nil {
		attributes = append(attributes, slog.String("error", clean(contain.Text(err))))
	}
	attributes = append(attributes, slog.String("cause", cause), slog.String("fix", fix))
	l.logger.LogAttrs(ctx, slog.LevelWarn, "cors: refused", attributes...)
}

func (l *Log) writeCount(c count) {
	defer containLogger()
	if c.others {
		l.logger.LogAttrs(context.Background(), slog.LevelWarn, "cors: refused others",
			slog.String("reason", c.reason.String()), slog.Uint64("times", c.times))
		return
	}
	attributes := []slog.Attr{
		slog.String("origin", clean(c.origin)), slog.String("reason", c.reason.String()), slog.Uint64("times", c.times),
	}
	if name := askedIn(c.reason); name != "" {
		attributes = append(attributes, slog.String(name, clean(c.asked)))
	}
	l.logger.LogAttrs(context.Background(), slog.LevelWarn, "cors: refused again", attributes...)
}

// askedIn returns the name of the attribute with the refused method or headers, or "".
func askedIn(reason cors.Reason) string {
	switch reason {
	case cors.MethodNotAllowed:
		return "requestMethod"
	case cors.HeaderNotAllowed, cors.HeaderMalformed, cors.HeadersTooLong:
		return "requestHeaders"
	}
	return ""
}

// askedFor returns the value of that attribute.
func askedFor(r cors.Request, reason cors.Reason) string {
	switch askedIn(reason) {
	case "requestMethod":
		return r.RequestMethod
	case "requestHeaders":
		return r.RequestHeaders
	}
	return ""
}

// containLogger recovers from a logger that panics. It writes to stderr, because the broken
// logger may be slog.Default.
func containLogger() {
	if v := recover(); v != nil {
		fmt.Fprintf(os.Stderr, "corslog: the logger panicked: %s\n", contain.Text(v))
	}
}
