package cors

import "context"

// Decide decides the CORS outcome of r. It neither allocates nor blocks, unless
// AllowOriginFunc does; ctx is for that function alone. A nil Policy decides that
// there is no policy.
func (p *Policy) Decide(ctx context.Context, r Request) Decision {
	r.Origin = trimOWS(r.Origin)
	if r.Method == "OPTIONS" {
		r.RequestMethod = trimOWS(r.RequestMethod)
	}
	kind := r.kind()
	switch {
	case p == nil:
		return Decision{kind: kind}
	case kind == NotCORS:
		return p.decideNotCORS(r)
	case kind == Preflight:
		return p.decidePreflight(ctx, r)
	default:
		return p.decideActual(ctx, r)
	}
}

// decideNotCORS prepares a response to be read from a cache by a page of some
// origin: under a policy that allows any it carries the headers that serve them
// all, and under others the cache is told to keep origins apart (Fetch, "CORS
// protocol and HTTP caches").
func (p *Policy) decideNotCORS(r Request) Decision {
	d := Decision{out: &p.notCORS, kind: NotCORS, reason: Allowed}
	if p.config.Enforce != EnforceNone && unsafe(r.Method) && crossSite(r.FetchSite) {
		d.reason, d.status = OriginMissing, statusForbidden
	}
	return d
}

// decideActual prepares the response for the browser's CORS check
// (https://fetch.spec.whatwg.org/#concept-cors-check).
func (p *Policy) decideActual(ctx context.Context, r Request) Decision {
	d := Decision{out: &p.actual, kind: Actual, reason: p.checkOrigin(ctx, r)}
	if d.reason == Allowed {
		d.origin = r.Origin
	} else {
		d.out = &p.actualRefused
	}
	if p.config.Enforce != EnforceNone {
		p.enforce(&d, r)
	}
	return d
}

// decidePreflight answers a browser's CORS-preflight fetch
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch), whose checks it makes in
// the same order. A method or header that is not allowed changes the reason but
// not the answer.
func (p *Policy) decidePreflight(ctx context.Context, r Request) Decision {
	d := Decision{out: &p.preflight, kind: Preflight, reason: p.checkOrigin(ctx, r), status: p.status}
	if d.reason != Allowed {
		d.out, d.status = &p.preflightRefused, statusForbidden
		return d
	}
	d.origin = r.Origin
	if p.config.PassPreflight {
		d.status = 0
	}
	methodAllowed := p.methods.allows(r.RequestMethod)
	if methodAllowed {
		d.method = r.RequestMethod // goes out only where the outcome reflects it
	}
	headers := trimOWS(r.RequestHeaders)
	d.reason = p.headers.check(headers)
	if d.reason == Allowed {
		d.headers = headers // as above
	}
	if !methodAllowed {
		d.reason = MethodNotAllowed
	}
	return d
}

// checkOrigin finds what stands against r.Origin, which is not empty.
func (p *Policy) checkOrigin(ctx context.Context, r Request) Reason {
	if p.origins.any || p.origins.matchExact(r.Origin) {
		return Allowed
	}
	if r.Origin == "null" {
		if p.origins.null {
			return Allowed
		}
		return OriginNotAllowed
	}
	o, plain, ok := parseOrigin(r.Origin)
	switch {
	case !ok:
		return OriginMalformed
	case p.origins.matchWildcard(o, plain):
		return Allowed
	case p.config.AllowOriginFunc != nil:
		return p.askOriginFunc(ctx, r)
	}
	return OriginNotAllowed
}

// askOriginFunc asks AllowOriginFunc about r.Origin, which is well-formed.
func (p *Policy) askOriginFunc(ctx context.Context, r Request) (reason Reason) {
	reason = OriginCheckFailed // so it stays if the function panics
	defer func() { _ = recover() }()
	r = r.Clone()
	o, _, _ := parseOrigin(r.Origin)
	switch allowed, err := p.config.AllowOriginFunc(ctx, r, o); {
	case err != nil:
		return OriginCheckFailed
	case allowed:
		return Allowed
	}
	return OriginNotAllowed
}

// AllowsOrigin reports whether the policy allows a page at origin, which is what
// an Origin header holds. It is for WebSocket upgraders: browsers send Origin with
// a handshake, and cookies too, but CORS does not apply to it. "" is not allowed;
// whether to serve clients that are no browsers is for the caller to say.
//
// A policy that allows any origin allows any here. If the connection is
// authenticated by cookies, that is not what you want. AllowOriginFunc is asked
// with the background context and a Request that has an Origin alone.
func (p *Policy) AllowsOrigin(origin string) bool {
	origin = trimOWS(origin)
	return p != nil && origin != "" && p.checkOrigin(context.Background(), Request{Origin: origin}) == Allowed
}
