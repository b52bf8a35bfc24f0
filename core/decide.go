package cors

import "context"

// Decide decides the CORS outcome of r. It neither allocates nor blocks, unless
// AllowOriginFunc does; ctx is for that function alone. A nil Policy decides that
// there is no policy.
func (p *Policy) Decide(ctx context.Context, r Request) (d Decision) {
	p.decide(ctx, &r, &d)
	return d
}

// decide writes into d, a zero Decision: to copy one from hand to hand would cost
// more than all the rest.
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
	if p.config.Enforce != EnforceNone && unsafe(r.Method) && crossSite(r.FetchSite) {
		reason, status = OriginMissing, statusForbidden
	}
	d.out, d.verdict = &p.notCORS, newVerdict(NotCORS, reason, status)
}

// decideActual prepares the response for the browser's CORS check
// (https://fetch.spec.whatwg.org/#concept-cors-check).
func (p *Policy) decideActual(ctx context.Context, r *Request, d *Decision) {
	reason, status := p.checkOrigin(ctx, r), uint16(0)
	if d.out, d.origin = &p.actual, r.Origin; reason != Allowed {
		d.out = &p.actualRefused
	}
	if p.config.Enforce != EnforceNone {
		reason, status = p.enforce(reason, r)
	}
	d.verdict = newVerdict(Actual, reason, status)
}

// decidePreflight answers a browser's CORS-preflight fetch
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch), whose checks it makes in
// the same order. A method or header that is not allowed changes the reason but
// not the answer.
func (p *Policy) decidePreflight(ctx context.Context, r *Request, d *Decision) {
	d.origin = r.Origin
	if refusal := p.checkOrigin(ctx, r); refusal != Allowed {
		d.out, d.verdict = &p.preflightRefused, newVerdict(Preflight, refusal, statusForbidden)
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
	d.out, d.verdict = &p.preflight[method][headers], newVerdict(Preflight, reason, p.status)
}

// checkOrigin finds what stands against r.Origin, which is not empty.
func (p *Policy) checkOrigin(ctx context.Context, r *Request) Reason {
	switch {
	case p.origins.any, p.origins.matchExact(r.Origin), p.origins.matchWildcard(r.Origin):
		return Allowed
	case r.Origin == "null" && p.origins.null:
		return Allowed
	case p.config.AllowOriginFunc == nil:
		return originUnread
	}
	if refusal := originRefusal(r.Origin); refusal != OriginNotAllowed || r.Origin == "null" {
		return refusal
	}
	return p.askOriginFunc(ctx, r)
}

// askOriginFunc asks AllowOriginFunc about r.Origin, which is well-formed.
func (p *Policy) askOriginFunc(ctx context.Context, r *Request) (reason Reason) {
	reason = OriginCheckFailed // so it stays if the function panics
	defer func() { _ = recover() }()
	own := r.Clone()
	o, _, _ := parseOrigin(own.Origin)
	switch allowed, err := p.config.AllowOriginFunc(ctx, own, o); {
	case err != nil:
		return OriginCheckFailed
	case allowed:
		return Allowed
	}
	return OriginNotAllowed
}

// AllowsOrigin reports whether the policy allows a page at origin, which is what
// an Origin header holds. It is for WebSocket upgraders: browsers send Origin with
// every handshake, and cookies too, but CORS does not apply to it. Pages of the
// server's own origin send it as well, so list that one. "" is not allowed; whether
// to serve clients that are no browsers is for the caller to say.
//
// A policy that allows any origin allows any here. If the connection is
// authenticated by cookies, that is not what you want. AllowOriginFunc is asked
// with the background context and a Request that has an Origin alone.
func (p *Policy) AllowsOrigin(origin string) bool {
	origin = trimOWS(origin)
	return p != nil && origin != "" && p.checkOrigin(context.Background(), &Request{Origin: origin}) == Allowed
}
