package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
)

var origins = flag.Int("origins", 5_000, "how many origins the database has in TestMany; 2000000 is what the guide speaks of")

func newDatabase(t testing.TB) *sql.DB {
	t.Helper()
	db, err := open(filepath.Join(t.TempDir(), "tenants.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t testing.TB, db *sql.DB, statement string, arguments ...any) {
	t.Helper()
	_, err := db.ExecContext(context.Background(), statement, arguments...)
	require.NoError(t, err)
}

var app = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// The list follows the database. A wrong change has no effect.
func TestList(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := followList(ctx, db, time.Millisecond)
	require.ErrorContains(t, err, "AllowOrigins", "a database without origins")
	exec(t, db, `insert into origins values ('a', 'https://app.a.example'), ('b', 'https://app.b.example'), ('b', 'https://app.a.example')`)
	decider, err := followList(ctx, db, time.Millisecond)
	require.NoError(t, err)
	server := corshttp.New(decider)(app)
	corstest.From("https://app.a.example").Put("/items/1").Allowed(t, server)
	corstest.From("https://app.c.example").Get("/items").Blocked(t, server)

	live := decider.(*cors.Live)
	allows := func(origin string) func() bool { return func() bool { return live.Load().AllowsOrigin(origin) } }
	denies := func(origin string) func() bool { return func() bool { return !live.Load().AllowsOrigin(origin) } }
	exec(t, db, `insert into origins values ('c', 'https://app.c.example')`)
	require.Eventually(t, allows("https://app.c.example"), time.Minute, time.Millisecond)
	exec(t, db, `delete from origins where tenant = 'c'`)
	require.Eventually(t, denies("https://app.c.example"), time.Minute, time.Millisecond)
	exec(t, db, `update origins set origin = 'https://new.a.example' where origin = 'https://app.a.example'`)
	require.Eventually(t, allows("https://new.a.example"), time.Minute, time.Millisecond)
	assert.True(t, denies("https://app.a.example")())
}

// A wrong origin, an empty table or a lost database does not change the list.
func TestListKeeps(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]struct{ statement, want string }{
		"an origin with a path": {`insert into origins values ('c', 'https://app.c.example/')`, `write "https://app.c.example"`},
		"no origin":             {`delete from origins`, "AllowOrigins"},
		"no table":              {`drop table origins`, "no such table"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, live := newDatabase(t), new(cors.Live)
			exec(t, db, `insert into origins values ('a', 'https://app.a.example')`)
			rebuild := Rebuild(t.Context(), db, config, live)
			require.NoError(t, rebuild(nil))
			exec(t, db, breaks.statement)
			require.ErrorContains(t, rebuild(nil), breaks.want)
			assert.True(t, live.Load().AllowsOrigin("https://app.a.example"))
		})
	}
	db := newDatabase(t)
	require.NoError(t, db.Close())
	_, err := Version(db)(t.Context())
	require.Error(t, err)
}

// Over SQLite, through the browser model, each tenant has its own host.
func TestIsolatedInDatabase(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	exec(t, db, `insert into origins values ('a', 'https://app.a.example'), ('b', 'https://app.b.example')`)
	tenants := NewTenants(Subdomain("api.example.com"), OriginsOf(db), limits)
	t.Cleanup(tenants.Close)
	policy, err := isolated(tenants)
	require.NoError(t, err)
	server := corshttp.New(policy)(app)
	page := corstest.From("https://app.a.example")
	page.Put("https://a.api.example.com/items/1").Allowed(t, server)
	page.Get("https://a.api.example.com/items").Cacheable(t, server)
	page.Get("https://b.api.example.com/items").Blocked(t, server)
	page.Get("https://none.api.example.com/items").Blocked(t, server)
	page.Get("https://api.example.com/items").Blocked(t, server)
	corstest.From("https://app.b.example").Put("https://b.api.example.com/items/1").Allowed(t, server)
	corstest.From("https://app.b.example").Put("https://a.api.example.com/items/1").Blocked(t, server)
}

// fill gives two origins to each of n/2 tenants.
func fill(t testing.TB, db *sql.DB, n int) {
	t.Helper()
	tx, err := db.BeginTx(context.Background(), nil)
	require.NoError(t, err)
	insert, err := tx.PrepareContext(context.Background(), `insert into origins values (?, ?), (?, ?)`)
	require.NoError(t, err)
	for i := range n / 2 {
		tenant := fmt.Sprintf("t%d", i)
		_, err := insert.ExecContext(context.Background(), tenant, "https://app."+tenant+".example", tenant, "https://www."+tenant+".example")
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
}

// All origins of a large database become one policy. The test logs what it costs.
func TestMany(t *testing.T) {
	db, live := newDatabase(t), new(cors.Live)
	began := time.Now()
	fill(t, db, *origins)
	t.Logf("%d origins written in %v", *origins, time.Since(began))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began = time.Now()
	require.NoError(t, Rebuild(t.Context(), db, cors.Config{}, live)(nil))
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("read and compiled in %v, %d MiB", took, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>20)

	times := make([]time.Duration, 0, 20_000)
	for i := range cap(times) {
		r := cors.Request{Method: "GET", Origin: fmt.Sprintf("https://app.t%d.example", i*7919%(*origins/2))}
		began := time.Now()
		d := live.Decide(t.Context(), r)
		times = append(times, time.Since(began))
		if d.Reason() != cors.Allowed {
			t.Fatal(d.Reason())
		}
	}
	slices.Sort(times)
	t.Logf("decided in %v (median), %v (99 of 100)", times[len(times)/2], times[len(times)*99/100])
	assert.False(t, live.Load().AllowsOrigin(fmt.Sprintf("https://app.t%d.example", *origins/2)))
}

// BenchmarkTenants measures what a request costs in each way: for a known tenant, for one
// that is looked up in SQLite, and with the list.
func BenchmarkTenants(b *testing.B) {
	const known = 10_000
	db := newDatabase(b)
	fill(b, db, 200_000)
	roomy := limits
	roomy.Fresh, roomy.Keep = time.Hour, 2*time.Hour
	request := func(i int) cors.Request {
		return cors.Request{Method: "GET", Host: fmt.Sprintf("t%d.api.example.com", i), Origin: fmt.Sprintf("https://app.t%d.example", i)}
	}
	measure := func(b *testing.B, d cors.Decider, next func(int) int) {
		var times []time.Duration
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			r := request(next(i))
			began := time.Now()
			decision := d.Decide(context.Background(), r)
			times = append(times, time.Since(began))
			if decision.Reason() != cors.Allowed {
				b.Fatal(decision.Reason(), decision.Err())
			}
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2]), "p50-ns")
		b.ReportMetric(float64(times[len(times)*99/100]), "p99-ns")
	}
	for _, way := range []string{"hit", "miss"} {
		b.Run("way=isolated/"+way, func(b *testing.B) {
			tenants := NewTenants(Subdomain("api.example.com"), OriginsOf(db), roomy)
			defer tenants.Close()
			policy, err := isolated(tenants)
			require.NoError(b, err)
			if way == "miss" {
				measure(b, policy, func(i int) int { return i % 100_000 })
				return
			}
			for i := range known {
				policy.Decide(context.Background(), request(i))
			}
			measure(b, policy, func(i int) int { return i * 7 % known })
		})
	}
	b.Run("way=list", func(b *testing.B) {
		live := new(cors.Live)
		require.NoError(b, Rebuild(context.Background(), db, cors.Config{}, live)(nil))
		measure(b, live, func(i int) int { return i * 7 % 100_000 })
	})
}
