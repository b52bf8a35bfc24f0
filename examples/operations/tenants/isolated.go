package main

import (
	"context"
	"errors"
	"time"

	"github.com/maypok86/otter/v2"

	cors "github.com/crossgate/cors/core"
)

// Limits bound what Tenants keep and do. Each must be positive.
type Limits struct {
	Bytes   uint64        // of all answers that are kept, about
	Fresh   time.Duration // after it, an answer is still used, and asked for again behind
	Keep    time.Duration // after it, an answer that could not be renewed is no longer used
	Timeout time.Duration // of one look-up
	AtOnce  int           // look-ups at a time; a request that needs one more is denied
}

// holdOff is how long a failed look-up stands for the requests that follow.
const holdOff = time.Second

var errBusy = errors.New("tenants: too many look-ups at once")

// Tenants know which origins each tenant allows. What they know is kept by tenant, never
// by Origin, so that no page can make them look up more than one list.
//
// A tenant that they do not know, and cannot look up, allows nobody. One that they know
// allows what it allowed last, while the source fails.
type Tenants struct {
	tenant func(cors.Request) string
	cache  *otter.Cache[string, answer]
	loader loader
}

// answer is what is known of a tenant.
type answer struct {
	origins map[string]bool
	err     error // of a look-up when nothing was known
	renewAt time.Time
	until   time.Time
}

// NewTenants returns Tenants that tell a request's tenant by tenant, "" for none, and
// look up the origins of one by lookup.
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

// Close ends what the cache does in the background.
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

// weight is about how many bytes an answer takes.
func weight(tenant string, a answer) uint32 {
	const entry = 64
	bytes := entry + len(tenant)
	for origin := range a.origins {
		bytes += entry + len(origin)
	}
	return uint32(min(bytes, 1<<31))
}

// loader asks the source. The cache calls it once for all requests that wait for the same
// tenant.
type loader struct {
	lookup func(context.Context, string) ([]string, error)
	limits Limits
	places chan struct{}
}

// Load looks up a tenant of which nothing is known. That it failed is kept for a short
// time, so that an outage does not cost a look-up for each request.
func (l *loader) Load(ctx context.Context, tenant string) (answer, error) {
	a, err := l.ask(ctx, tenant)
	if err == nil || errors.Is(err, errBusy) {
		return a, err
	}
	soon := time.Now().Add(holdOff)
	return answer{err: err, renewAt: soon, until: soon}, nil
}

// Reload looks up a tenant again. If that fails, the old answer goes on to hold for as
// long as it was to be kept.
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
	// Other requests wait for it too, so it does not end with the one that began it.
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
