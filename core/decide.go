package cors

import (
	"context"
	"fmt"

	"github.com/crossgate/cors/core/internal/contain"
)

// Decide decides the CORS outcome of r. It neither allocates nor blocks, unless
// AllowOriginFunc does; ctx is for that function alone. A nil Policy decides that
// there is no policy.
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

// decideNotCORS prepares a response to be read from a cache by a page of some
// origin: under a policy that allows any it carries the headers that serve them
// all, and under others the cache is told to keep origins apart (Fetch, "CORS
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
	// What is not allowed is never reflected, and what is listed need not be.
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

// checkOrigin finds out whether r.Origin, which is not empty, is allowed. Into d it
// writes the failure of AllowOriginFunc.
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

// askOriginFunc asks AllowOriginFunc about r.Origin, which is well-formed. Whatever the
// function does wrong is an error, and goes to the log.
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

// NeedsMetadata reports whether p reads a Request's Host, Path or FetchSite: it does if
// it enforces anything or has an AllowOriginFunc.
func (p *Policy) NeedsMetadata() bool {
	return p != nil && (p.config.Enforce != EnforceNone || p.config.AllowOriginFunc != nil)
}

// AllowsOrigin reports whether the policy allows a page at origin, which is what
// an Origin header holds. It is for WebSocket upgraders: browsers send Origin with
// every handshake, and cookies too, but CORS does not apply to it. Pages of the
// server's own origin send it as well; [Allows] knows them. "" is not allowed; whether
// to serve non-browser clients is for the caller to say.
//
// A policy that allows any origin allows any here, unless it allows credentials too
// (Dangerously.AnyOriginWithCredentials): then no origin is allowed here. AllowOriginFunc
// is asked with the background context and a Request that has an Origin alone.
func (p *Policy) AllowsOrigin(origin string) bool {
	origin = trimOWS(origin)
	return p != nil && origin != "" && !p.origins.reflect && p.checkOrigin(context.Background(), &Request{Origin: origin}, new(Decision)) == Allowed
}
