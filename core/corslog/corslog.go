// Package corslog logs which pages are refused, why, and what to change:
//
//	log := corslog.New(slog.Default(), time.Minute)
//	defer log.Flush()
//	layer := corshttp.New(log.Of(policy))
//
// A refusal is logged the first time that an origin meets with it, and then by its
// count. What is logged is bounded, whatever clients send: see [Log].
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
	"github.com/crossgate/cors/core/internal/contain"
)

// Log is a table of refusals, for any number of Deciders. It is safe for concurrent use.
//
// Refusals are told apart by origin and reason. The first of each is one line at level
// Warn, "cors: refused", with its cause and a fix. Those that follow are counted, and
// logged as one line, "cors: refused again", once in the period that New was given. It has
// the method or the headers that the latest preflight asked for: they may be others than
// those of the first. What was not refused for a whole period begins anew.
//
// Anyone can send requests with invented origins. So a Log tells at most 256 refusals
// apart, and counts all others by reason: "cors: refused others". Invented origins take no
// places of those that a policy names: 64 are for the methods and headers of origins that
// AllowOrigins names, 64 for those of origins that match a pattern or that AllowOriginFunc
// allows, with 8 for one registrable domain at most, 96 for origins that are not allowed,
// and 32 for what is no fault of the origin's, such as an AllowOriginFunc that fails.
//
// What pages of the server's own origin send is not logged: CORS does not apply to them.
// They are known by Sec-Fetch-Site and Host, so a proxy must hand on one of the two.
//
// Values of requests are cut at 200 bytes, and what is not printable is escaped.
type Log struct {
	logger *slog.Logger
	every  time.Duration

	mu    sync.Mutex
	table table
	timer *time.Timer // nil while the table is empty
}

// New returns a Log that writes to logger, and counts each period, such as a minute. It
// panics if logger is nil or every is not positive.
func New(logger *slog.Logger, every time.Duration) *Log {
	if logger == nil || every <= 0 {
		panic("corslog.New: write a logger, such as slog.Default(), and a positive period, such as time.Minute")
	}
	return &Log{logger: logger, every: every, table: table{entries: make(map[key]*entry)}}
}

// Of returns a Decider that decides as d does, and logs what is refused. A request waits
// for the first line of its refusal to be written. Of panics if d is nil (see
// [cors.CheckDecider]).
func (l *Log) Of(d cors.Decider) cors.Decider {
	cors.CheckDecider("corslog.Log.Of", d)
	return &logged{d, l}
}

// Flush writes the counts that were not written yet. A timer calls it once in each period
// in which something was refused; a program calls it when it ends.
func (l *Log) Flush() {
	l.mu.Lock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	counts := l.table.collect()
	if !l.table.empty() {
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

// NeedsMetadata answers for the Decider that is logged. What a line says of the path is
// read when it is needed.
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

// note counts a refusal, and writes it down if it is the first.
func (l *Log) note(ctx context.Context, r cors.Request, d cors.Decision, reason cors.Reason) {
	k := key{cut(strings.Trim(r.Origin, " \t")), reason}
	l.mu.Lock()
	known := l.table.again(k, askedFor(r, reason))
	l.mu.Unlock()
	if known {
		return
	}
	r = r.Clone() // with what the adapter did not have to read so far
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

// ownPage reports whether a page of the server's own origin made the request. A browser
// sends Origin with its POST too, but asks no policy whether the page may read the
// answer.
func ownPage(r cors.Request, d cors.Decision) bool {
	if d.Kind() != cors.Actual || d.Status() != 0 || d.Reason() != cors.OriginNotAllowed {
		return false
	}
	_, host, _ := strings.Cut(strings.Trim(r.Origin, " \t"), "://")
	return r.FetchSite == "same-origin" || host != "" && strings.EqualFold(host, r.Host)
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

// askedIn is the attribute that has what a preflight was refused for, or "".
func askedIn(reason cors.Reason) string {
	switch reason {
	case cors.MethodNotAllowed:
		return "requestMethod"
	case cors.HeaderNotAllowed, cors.HeaderMalformed, cors.HeadersTooLong:
		return "requestHeaders"
	}
	return ""
}

// askedFor is that attribute's value in a request.
func askedFor(r cors.Request, reason cors.Reason) string {
	switch askedIn(reason) {
	case "requestMethod":
		return r.RequestMethod
	case "requestHeaders":
		return r.RequestHeaders
	}
	return ""
}

// containLogger keeps a logger that panics from ending the process. The default logger may be
// the one that is broken.
func containLogger() {
	if v := recover(); v != nil {
		fmt.Fprintf(os.Stderr, "corslog: the logger panicked: %s\n", contain.Text(v))
	}
}
