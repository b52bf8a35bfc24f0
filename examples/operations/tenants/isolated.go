package main

import (
	"context"
	"errors"
	"time"

	"github.com/maypok86/otter/v2"

	cors "github.com/crossgate/cors/core"
)

// Limits are the limits of Tenants. Each must be positive.
type Limits struct {
	Bytes   uint64        // approximate size of the cache
	Fresh   time.Duration // an older answer is still used, and renewed in the background
	Keep    time.Duration // an older answer is no longer used
	Timeout time.Duration // of one look-up
	AtOnce  int           // concurrent look-ups; a request that needs one more is denied
}

// holdOff is how long a failed look-up is cached.
const holdOff = time.Second

var errBusy = errors.New("tenants: too many look-ups at once")

// Tenants is a cache of the origins that each tenant allows. Its key is the tenant, never the
// Origin, so that a page with invented origins causes one look-up only.
//
// If a look-up fails and the tenant is not in the cache, no origin is allowed. If the tenant
// is in the cache, its last origins stay allowed while the source fails.
type Tenants struct {
	tenant func(cors.Request) string
	cache  *otter.Cache[string, answer]
	loader loader
}

// answer is the cached result for a tenant.
type answer struct {
	origins map[string]bool
	err     error // of the look-up, if there was no earlier answer
	renewAt time.Time
	until   time.Time
}

// NewTenants returns a Tenants. tenant returns the tenant of a request, or "" for none.
// lookup returns the origins of a tenant.
func NewTenants(tenant func(cors.Request) string, lookup func(context.Context, string) ([]string, error), limits Limits) *Tenants {
	t := &Tenants{tenant: tenant, loader: loader{lookup, limits, make(chan struct{}, limits.AtOnce)}}
	t.cache = otter.Must(&otter.Options[string, answer]{
		MaximumWeight:     limits.Bytes,
		Weigher:           weight,
		ExpiryCalculator:  otter.ExpiryWritingFunc(func(e otter.Entry[string, answer]) time.Duration { return max(1, time.Until(e.Value.until)) }),
		RefreshCalculator: otter.RefreshWritingFunc(func(e otter.Entry[string, answer]) time.Duration { return max(1, time.Until(e.Value.renewAt)) }),
		Logger:            &otter.NoopLogger{},
	})
	return t
}

// Close ends the background work of the cache.
func (t *Tenants) Close() { t.cache.StopAllGoroutines() }

// Allow is a Config.AllowOriginFunc.
func (t *Tenants) Allow(ctx context.Context, r cors.Request, origin cors.Origin) (bool, error) {
	name := t.tenant(r)
	if name == "" {
		return false, nil
	}
	a, err := t.cache.Get(ctx, name, &t.loader)
	if err == nil {
		err = a.err
	}
	return a.origins[origin.String()], err
}

// weight returns the approximate size of an answer in bytes.
func weight(tenant string, a answer) uint32 {
	const entry = 64
	bytes := entry + len(tenant)
	for origin := range a.origins {
		bytes += entry + len(origin)
	}
	return uint32(min(bytes, 1<<31))
}

// loader calls the lookup function. The cache calls it once for all requests that wait for
// the same tenant.
type loader struct {
	lookup func(context.Context, string) ([]string, error)
	limits Limits
	places chan struct{}
}

// Load looks up a tenant that is not in the cache. A failure is cached for a short time, so
// that an outage does not cost a look-up for each request.
func (l *loader) Load(ctx context.Context, tenant string) (answer, error) {
	a, err := l.ask(ctx, tenant)
	if err == nil || errors.Is(err, errBusy) {
		return a, err
	}
	soon := time.Now().Add(holdOff)
	return answer{err: err, renewAt: soon, until: soon}, nil
}

// Reload looks up a tenant again. If that fails, the old answer stays for the rest of its
// time.
func (l *loader) Reload(ctx context.Context, tenant string, old answer) (answer, error) {
	a, err := l.ask(ctx, tenant)
	if err != nil {
		old.renewAt = time.Now().Add(holdOff)
		return old, nil
	}
	return a, nil
}

func (l *loader) ask(ctx context.Context, tenant string) (answer, error) {
	select {
	case l.places <- struct{}{}:
		defer func() { <-l.places }()
	default:
		return answer{}, errBusy
	}
	// Other requests wait for it too, so it does not end with the request that started it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.limits.Timeout)
	defer cancel()
	origins, err := l.lookup(ctx, tenant)
	if err != nil {
		return answer{}, err
	}
	now := time.Now()
	a := answer{origins: make(map[string]bool, len(origins)), renewAt: now.Add(l.limits.Fresh), until: now.Add(l.limits.Keep)}
	for _, origin := range origins {
		a.origins[origin] = true
	}
	return a, nil
}
