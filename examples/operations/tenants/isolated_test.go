package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// source is a database that can be slow, be down, or hang. It lists one origin for each
// tenant, and none for tenants whose names begin with "no".
type source struct {
	looked  atomic.Int64
	running atomic.Int64
	most    atomic.Int64 // look-ups at once
	down    atomic.Bool
	takes   atomic.Int64 // time.Duration
}

func (s *source) lookup(ctx context.Context, tenant string) ([]string, error) {
	s.looked.Add(1)
	s.most.Store(max(s.most.Load(), s.running.Add(1)))
	defer s.running.Add(-1)
	select {
	case <-time.After(time.Duration(s.takes.Load())):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch {
	case s.down.Load():
		return nil, errors.New("the database is down")
	case strings.HasPrefix(tenant, "no"):
		return nil, nil
	}
	return []string{"https://app." + tenant + ".example"}, nil
}

// shop is Tenants with a source, in a bubble of synctest.
type shop struct {
	*testing.T
	*source
	policy cors.Decider
}

func inShop(t *testing.T, change func(*Limits), scenario func(*shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{T: t, source: new(source)}
		l := Limits{Bytes: 1 << 20, Fresh: time.Minute, Keep: time.Hour, Timeout: 2 * time.Second, AtOnce: 4}
		if change != nil {
			change(&l)
		}
		tenants := NewTenants(Subdomain("api.example.com"), s.lookup, l)
		defer tenants.Close()
		var err error
		s.policy, err = isolated(tenants)
		require.NoError(t, err)
		scenario(s)
	})
}

func (s *shop) ask(ctx context.Context, tenant, origin string) cors.Reason {
	d := s.policy.Decide(ctx, cors.Request{Method: "GET", Host: tenant + ".api.example.com", Origin: origin})
	return d.Reason()
}

// own requests a tenant from the tenant's own page.
func (s *shop) own(tenant string) cors.Reason {
	return s.ask(s.Context(), tenant, "https://app."+tenant+".example")
}

// looks checks how many look-ups there were since the last call.
func (s *shop) looks(n int64, what string) {
	s.Helper()
	synctest.Wait()
	assert.Equal(s, n, s.looked.Swap(0), what)
}

// pass waits for a time, and for the renewals that are due.
func (s *shop) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// A tenant's pages can read only the tenant's own responses.
func TestIsolation(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		assert.Equal(s, cors.Allowed, s.own("a"))
		assert.Equal(s, cors.OriginNotAllowed, s.ask(s.Context(), "b", "https://app.a.example"))
		assert.Equal(s, cors.OriginNotAllowed, s.ask(s.Context(), "none", "https://app.none.example"))
		s.looks(3, "one for each tenant")
		for _, host := range []string{"", "api.example.com", "a.b.api.example.com", "a.api.example.com.evil.example", "A B.api.example.com", strings.Repeat("a", 64) + ".api.example.com", "é.api.example.com", ".api.example.com"} {
			d := s.policy.Decide(s.Context(), cors.Request{Method: "GET", Host: host, Origin: "https://app.a.example"})
			assert.Equal(s, cors.OriginNotAllowed, d.Reason(), host)
		}
		s.looks(0, "what can be no tenant costs nothing")
		assert.Equal(s, cors.Allowed, s.policy.Decide(s.Context(), cors.Request{Method: "GET", Host: "A.API.example.com:8443", Origin: "https://app.a.example"}).Reason())
	})
}

// Invented origins cost no look-up.
func TestKeyIsTheTenant(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		for i := range 10_000 {
			if reason := s.ask(s.Context(), "a", fmt.Sprintf("https://e%d.example", i)); reason != cors.OriginNotAllowed {
				s.Fatal(reason)
			}
		}
		s.looks(1, "10,000 origins")
	})
}

// All requests for a tenant wait for one look-up. It continues if the request that began it
// ends.
func TestOneLookUpForAll(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		s.takes.Store(int64(time.Second))
		ctx, cancel := context.WithCancel(s.Context())
		var asking sync.WaitGroup
		asking.Go(func() { s.ask(ctx, "a", "https://app.a.example") })
		synctest.Wait()
		cancel()
		var allowed atomic.Int64
		for range 1000 {
			asking.Go(func() {
				if s.own("a") == cors.Allowed {
					allowed.Add(1)
				}
			})
		}
		asking.Wait()
		assert.EqualValues(s, 1000, allowed.Load())
		s.looks(1, "1,001 requests at once")
	})
}

// An answer is renewed in the background: no request waits for it, and a change arrives.
func TestRenewedBehind(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		require.Equal(s, cors.Allowed, s.own("a"))
		s.looks(1, "the first request")
		s.pass(30 * time.Second)
		require.Equal(s, cors.Allowed, s.own("a"))
		s.looks(0, "fresh")
		s.pass(31 * time.Second)
		s.takes.Store(int64(time.Second))
		began := time.Now()
		require.Equal(s, cors.Allowed, s.own("a"))
		assert.Zero(s, time.Since(began), "the request waits")
		s.pass(2 * time.Second)
		s.looks(1, "renewed")
		require.Equal(s, cors.Allowed, s.own("a"))
		s.looks(0, "fresh again")
	})
}

// During an outage an unknown tenant allows nobody, and a known one keeps its answer, but
// not for ever. An outage does not cost a look-up for each request.
func TestOutage(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		require.Equal(s, cors.Allowed, s.own("known"))
		s.looks(1, "before the outage")
		s.down.Store(true)
		for range 100 {
			require.Equal(s, cors.OriginCheckFailed, s.own("unknown"))
		}
		s.looks(1, "an unknown tenant")
		s.pass(time.Minute + time.Second)
		for range 100 {
			require.Equal(s, cors.Allowed, s.own("known"))
			synctest.Wait()
		}
		s.looks(1, "a known tenant, when it is to be renewed")
		for range 100 {
			s.pass(100 * time.Millisecond)
			require.Equal(s, cors.Allowed, s.own("known"))
		}
		s.looks(10, "10 seconds of outage")
		s.pass(time.Hour - 5*time.Minute)
		require.Equal(s, cors.Allowed, s.own("known"))
		s.pass(5 * time.Minute)
		require.Equal(s, cors.OriginCheckFailed, s.own("known"), "an hour after it was known")
		s.pass(2 * time.Second)
		s.down.Store(false)
		require.Equal(s, cors.Allowed, s.own("known"))
		require.Equal(s, cors.Allowed, s.own("unknown"))
	})
}

// A look-up that hangs ends at its time limit, and requests of other tenants do not wait
// for it.
func TestHanging(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		s.takes.Store(int64(time.Hour))
		began := time.Now()
		assert.Equal(s, cors.OriginCheckFailed, s.own("a"))
		assert.Equal(s, 2*time.Second, time.Since(began))
	})
}

// The number of look-ups at once has a limit. A request that would need one more is denied
// at once, and may succeed the next time.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		s.takes.Store(int64(time.Second))
		var asking sync.WaitGroup
		var allowed, failed atomic.Int64
		for i := range 100 {
			asking.Go(func() {
				switch s.own(fmt.Sprintf("t%d", i)) {
				case cors.Allowed:
					allowed.Add(1)
				case cors.OriginCheckFailed:
					failed.Add(1)
				}
			})
		}
		asking.Wait()
		assert.EqualValues(s, 4, allowed.Load())
		assert.EqualValues(s, 96, failed.Load())
		assert.EqualValues(s, 4, s.most.Load())
		s.takes.Store(0)
		for i := range 100 {
			assert.Equal(s, cors.Allowed, s.own(fmt.Sprintf("t%d", i)))
		}
	})
}

// A flood of unknown tenants takes no more memory than the limit, and does not remove
// tenants that are in use. No other test runs at the same time, because its memory would
// count.
func TestMemoryIsBounded(t *testing.T) {
	s := new(source)
	limits := Limits{Bytes: 64 << 10, Fresh: time.Hour, Keep: 2 * time.Hour, Timeout: time.Second, AtOnce: 64}
	tenants := NewTenants(Subdomain("api.example.com"), s.lookup, limits)
	defer tenants.Close()
	ask := func(name string) {
		_, err := tenants.Allow(context.Background(), cors.Request{Host: name + ".api.example.com"}, cors.Origin{})
		require.NoError(t, err)
	}
	heap := func() uint64 {
		tenants.cache.CleanUp()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for range 20 {
		ask("used")
	}
	ask("no-warm-up")
	before := heap()
	for i := range 10_000 {
		ask(fmt.Sprintf("no%d", i))
		if i%100 == 0 {
			ask("used")
		}
	}
	grown := int64(heap()) - int64(before)
	t.Logf("10,000 invented tenants: heap grown by %d KiB", grown>>10)
	assert.Less(t, grown, int64(8<<20))
	tenants.cache.CleanUp()
	assert.LessOrEqual(t, tenants.cache.WeightedSize(), limits.Bytes)
	s.looked.Store(0)
	ask("used")
	assert.Zero(t, s.looked.Load(), "the tenant that is used was pushed out")
	runtime.KeepAlive(tenants)
}

// Nothing runs after Close. Otherwise the bubble of synctest would not end.
func TestClose(t *testing.T) {
	t.Parallel()
	inShop(t, nil, func(s *shop) {
		for i := range 100 {
			s.own(fmt.Sprintf("t%d", i))
		}
		s.pass(10 * time.Minute)
	})
}
