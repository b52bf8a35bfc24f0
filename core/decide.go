package cors

import (
	"context"
	"fmt"

	"github.com/crossgate/cors/core/internal/contain"
)

// Decide decides the CORS outcome of r. It neither allocates nor blocks, unless
// AllowOriginFunc does; only that function uses ctx. A nil Policy returns a Decision with
// the reason NoPolicy and without headers.
func (p *Policy) Decide(ctx context.Context, r Request) (d Decision) {
	p.decide(ctx, &r, &d)
	return d
}

// decide writes into d, a zero Decision: copying one costs more than making it.
func (p *Policy) decide(ctx context.Context, r *Request, d *Decision) {
	switch kind := r.trim(); {
	case p == nil:
		d.verdict = newVerdict(kind, NoPolicy, 0)
	case kind == NotCORS:
		p.decideNotCORS(r, d)
	case kind == Preflight:
		p.decidePreflight(ctx, r, d)
	default:
		p.decideActual(ctx, r, d)
	}
}

// decideNotCORS decides a request without an Origin. A cache may later give the response
// to a page of some origin. So a policy with "*" sends the headers that serve every
// origin, and other policies send Vary, so that caches keep origins apart (Fetch, "CORS
// protocol and HTTP caches").
func (p *Policy) decideNotCORS(r *Request, d *Decision) {
	reason, status := Allowed, uint16(0)
	if p.config.Enforce != EnforceNone && unsafe(r.Method) {
		if r.complete(); crossSite(r.FetchSite) {
			reason, status = OriginMissing, statusForbidden
		}
	}
	d.row, d.verdict = p.notCORS, newVerdict(NotCORS, reason, status)
}

// decideActual prepares the response for the browser's CORS check
// (https://fetch.spec.whatwg.org/#concept-cors-check).
func (p *Policy) decideActual(ctx context.Context, r *Request, d *Decision) {
	reason, status := p.checkOrigin(ctx, r, d), uint16(0)
	if d.row, d.origin = p.actual, r.Origin; reason != Allowed {
		d.row = p.actualRefused
	} else if p.origins.any {
		status = anyFlag
	}
	if p.config.Enforce != EnforceNone {
		reason, status = p.enforce(reason, status, r)
	}
	d.verdict = newVerdict(Actual, reason, status)
}

// decidePreflight answers a browser's CORS-preflight fetch
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch), whose checks it makes in
// the same order. A method or header that is not allowed changes the reason but
// not the answer.
func (p *Policy) decidePreflight(ctx context.Context, r *Request, d *Decision) {
	d.origin = r.Origin
	if refusal := p.checkOrigin(ctx, r, d); refusal != Allowed {
		d.row, d.verdict = p.preflightRefused, newVerdict(Preflight, refusal, statusForbidden)
		return
	}
	// Only what is allowed but not listed is reflected.
	method, headers := named, named
	reason, listed := p.headers.check(r.RequestHeaders)
	switch {
	case reason != Allowed:
		headers = refused
	case !listed:
		d.headers, headers = r.RequestHeaders, reflected
	}
	switch allowed, listed := p.methods.allows(r.RequestMethod); {
	case !allowed:
		reason, method = MethodNotAllowed, refused
	case !listed:
		d.method, method = r.RequestMethod, reflected
	}
	d.row, d.verdict = p.preflight[method][headers], newVerdict(Preflight, reason, p.status)
}

// checkOrigin reports whether r.Origin, which is not empty, is allowed. If AllowOriginFunc
// fails, it stores the error in d.
func (p *Policy) checkOrigin(ctx context.Context, r *Request, d *Decision) Reason {
	switch {
	case p.origins.any:
		if p.origins.allowsAny(r.Origin) {
			return Allowed
		}
		return originUnread
	case p.origins.MatchExact(r.Origin), p.origins.MatchWildcard(r.Origin):
		return Allowed
	case r.Origin == "null" && p.origins.null:
		return Allowed
	case p.config.AllowOriginFunc == nil:
		return originUnread
	}
	if refusal := originRefusal(r.Origin); refusal != OriginNotAllowed || r.Origin == "null" || r.Origin == "file://" && p.config.AllowCredentials {
		return refusal
	}
	allowed, err := p.askOriginFunc(ctx, r)
	switch {
	case err != nil:
		d.failure = &failure{err}
		return OriginCheckFailed
	case allowed:
		return Allowed
	}
	return OriginNotAllowed
}

// askOriginFunc calls AllowOriginFunc with r.Origin, which is well-formed. It turns a panic
// into an error, and logs every error.
func (p *Policy) askOriginFunc(ctx context.Context, r *Request) (allowed bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("AllowOriginFunc panicked: %s", contain.Text(v))
		}
		if err != nil {
			err = contain.Error(err)
			p.failures.Report("AllowOriginFunc failed, so the origin is not allowed", err)
		}
	}()
	ctx = r.contextOr(ctx)
	r.complete()
	own := r.Clone()
	o, _ := parseOrigin(own.Origin)
	return p.config.AllowOriginFunc(ctx, own, o)
}

// NeedsMetadata reports whether p reads a Request's Host, Path or FetchSite. It does if
// Config.Enforce is not EnforceNone, or if the policy has an AllowOriginFunc.
func (p *Policy) NeedsMetadata() bool {
	return p != nil && (p.config.Enforce != EnforceNone || p.config.AllowOriginFunc != nil)
}

// AllowsOrigin reports whether the policy allows origin, the value of an Origin header. It
// is for WebSocket upgraders: CORS does not apply to WebSocket handshakes, but browsers
// send Origin and cookies with each of them. Pages of the server's own origin send Origin
// too; [Allows] recognizes them, AllowsOrigin does not. For "" it returns false; the caller
// decides whether to serve non-browser clients.
//
// A policy with "*" allows any origin here. With "*" and credentials
// (Dangerously.AnyOriginWithCredentials) it allows none here. AllowOriginFunc is called
// with the background context and a Request that has only an Origin.
func (p *Policy) AllowsOrigin(origin string) bool {
	origin = trimOWS(origin)
	return p != nil && origin != "" && !p.origins.reflect && p.checkOrigin(context.Background(), &Request{Origin: origin}, new(Decision)) == Allowed
}
