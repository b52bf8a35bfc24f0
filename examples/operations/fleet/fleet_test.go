package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

var (
	instances = flag.Int("instances", 3, "how many instances the fleet has")
	every     = flag.Duration("every", 50*time.Millisecond, "how often an instance reads the bucket")
)

// watched is an origin that all versions of the document allow.
const watched = "https://all.example"

// version returns document n. Each part of it names the version.
func version(n int) []byte {
	return fmt.Appendf(nil, `{"public": {"allowOrigins": ["https://all.example", "https://v%d.example"], "allowMethods": ["M%d"], "allowHeaders": ["h%d"], "maxAge": %d}}`, n, n, n, n)
}

// instance is one instance of the fleet, with its own network.
type instance struct {
	set *policies.Set
	net *proxy

	mu       sync.Mutex
	loaded   int
	failures []error
}

func (i *instance) report(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if err != nil {
		i.failures = append(i.failures, err)
		return
	}
	i.loaded++
}

// inForce returns the version that decides: 0 for the program's own document, and -1 for an
// answer that is not one whole version.
func (i *instance) inForce() int {
	d := i.set.Get("public").Decide(context.Background(), cors.Request{Method: "OPTIONS", Origin: watched, RequestMethod: "GET"})
	if d.Reason() == cors.OriginNotAllowed && i.set.Get("public").Load().AllowsOrigin("https://app.example.com") {
		return 0
	}
	var got []string
	for _, value := range d.Headers() {
		got = append(got, value)
	}
	n := -1
	if len(got) == 5 {
		_, _ = fmt.Sscan(got[3], &n)
	}
	if want := fmt.Sprintf("[h%d M%d %s %d Origin]", n, n, watched, n); fmt.Sprint(got) != want {
		return -1
	}
	return n
}

// fleet is a number of instances that follow a bucket, and the documents that were put
// there.
type fleet struct {
	*testing.T
	instances []*instance
	nats      *server.Server
	admin     *nats.Conn
	kv        jetstream.KeyValue
	port      int
	folder    string

	mu    sync.Mutex
	valid map[int]bool
}

// TestFleet tests a fleet in all situations that docs/production.md lists. An instance's
// policy is always one whole version that was put. In the end all instances have the last
// one.
func TestFleet(t *testing.T) {
	f := &fleet{T: t, folder: t.TempDir(), valid: map[int]bool{0: true}}
	f.startNATS()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for range *instances {
		i := &instance{net: newProxy(t, fmt.Sprintf("127.0.0.1:%d", f.port))}
		connection, err := connect("nats://"+i.net.address(), nats.ReconnectWait(50*time.Millisecond), nats.PingInterval(2*time.Second), nats.MaxPingsOutstanding(1))
		require.NoError(t, err)
		set, follow, err := newInstance(connection, *every, i.report)
		require.NoError(t, err)
		i.set = set
		f.instances = append(f.instances, i)
		running.Go(func() { follow(ctx) })
		running.Go(func() { f.watch(ctx, i) })
		defer i.net.close()
		defer connection.Close()
	}
	f.connectAdmin()
	all, half := f.instances, f.instances[:len(f.instances)/2+1]
	others := f.instances[len(half):]

	f.failing("no bucket: the program's own document", all, "bucket not found")
	f.holding(0, all)
	var err error
	f.kv, err = f.bucket()
	require.NoError(t, err)
	f.put(1)
	f.converge("the first document", 1, all)
	f.put(2)
	f.converge("a change", 2, all)

	f.putRaw([]byte(`{"public": {"allowOrigins": ["https://v3.example/"]}}`))
	f.failing("an invalid document", all, `write "https://v3.example"`)
	f.holding(2, all)
	f.putRaw(nil)
	f.failing("an empty document", all, "ends too early")
	f.holding(2, all)
	f.putRaw([]byte(`{"pubic": {"allowOrigins": ["*"]}}`))
	f.failing("a misspelt name", all, `the program uses no policy "pubic"`)
	f.holding(2, all)
	require.NoError(t, f.kv.Delete(t.Context(), key))
	f.failing("the key is deleted", all, "key not found")
	f.holding(2, all)
	f.put(4)
	f.converge("a valid document again", 4, all)

	f.forget()
	for _, i := range half {
		i.net.cut()
	}
	f.put(5)
	f.converge("some are cut off: the others", 5, others)
	f.failing("those cut off", half, "")
	f.holding(4, half)
	for _, i := range half {
		i.net.join()
	}
	f.converge("joined again", 5, all)

	f.forget()
	f.nats.Shutdown()
	f.nats.WaitForShutdown()
	f.failing("NATS is down", all, "")
	f.holding(5, all)
	f.startNATS()
	f.put(6)
	f.converge("NATS is restarted", 6, all)

	history, err := f.kv.History(t.Context(), key)
	require.NoError(t, err)
	_, err = f.kv.Put(t.Context(), key, history[len(history)-2].Value())
	require.NoError(t, err)
	f.converge("rolled back to the version before", 5, all)

	cancel()
	running.Wait()
	f.admin.Close()
	f.nats.Shutdown()
	f.nats.WaitForShutdown()
	for _, i := range all {
		assert.Equal(t, 5, i.inForce())
		assert.NotZero(t, i.loaded)
	}
	var stacks strings.Builder
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&stacks, 2))
	assert.NotContains(t, stacks.String(), "policies.Follow", "a goroutine is left behind")
}

// watch requests an instance again and again.
func (f *fleet) watch(ctx context.Context, i *instance) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		n := i.inForce()
		f.mu.Lock()
		valid := f.valid[n]
		f.mu.Unlock()
		if !valid {
			f.Errorf("an instance has a policy that was never put: %d", n)
			return
		}
		<-tick.C
	}
}

func (f *fleet) startNATS() {
	f.Helper()
	var err error
	f.nats, err = startNATS(f.folder, f.port)
	require.NoError(f, err)
	f.port = f.nats.Addr().(*net.TCPAddr).Port
}

func (f *fleet) connectAdmin() {
	f.Helper()
	var err error
	f.admin, err = connect(f.nats.ClientURL(), nats.ReconnectWait(50*time.Millisecond))
	require.NoError(f, err)
}

func (f *fleet) bucket() (jetstream.KeyValue, error) {
	js, err := jetstream.New(f.admin)
	if err != nil {
		return nil, err
	}
	return js.CreateKeyValue(f.Context(), jetstream.KeyValueConfig{Bucket: bucket, History: 10})
}

func (f *fleet) put(n int) {
	f.Helper()
	f.mu.Lock()
	f.valid[n] = true
	f.mu.Unlock()
	f.putRaw(version(n))
}

// putRaw puts a document as soon as NATS accepts it.
func (f *fleet) putRaw(document []byte) {
	f.Helper()
	require.Eventually(f, func() bool {
		_, err := f.kv.Put(f.Context(), key, document)
		return err == nil
	}, time.Minute, 20*time.Millisecond)
}

// converge waits until all of the given instances have a version.
func (f *fleet) converge(what string, n int, some []*instance) {
	f.Helper()
	began := time.Now()
	for _, i := range some {
		require.Eventually(f, func() bool { return i.inForce() == n }, time.Minute, time.Millisecond, what)
	}
	f.Logf("%-40s %d instances have version %d after %v", what, len(some), n, time.Since(began).Round(time.Millisecond))
}

// forget clears the reports of the instances.
func (f *fleet) forget() {
	for _, i := range f.instances {
		i.mu.Lock()
		i.failures = nil
		i.mu.Unlock()
	}
}

// failing waits until all of the given instances have reported an error with a text, and
// then clears the reports.
func (f *fleet) failing(what string, some []*instance, text string) {
	f.Helper()
	began := time.Now()
	for _, i := range some {
		require.Eventually(f, func() bool {
			i.mu.Lock()
			defer i.mu.Unlock()
			for _, err := range i.failures {
				if strings.Contains(err.Error(), text) {
					return true
				}
			}
			return false
		}, time.Minute, time.Millisecond, what)
	}
	f.Logf("%-40s %d instances say so after %v", what, len(some), time.Since(began).Round(time.Millisecond))
	f.forget()
}

// holding checks that all of the given instances still have a version.
func (f *fleet) holding(n int, some []*instance) {
	f.Helper()
	for _, i := range some {
		assert.Equal(f, n, i.inForce())
	}
}

// The program's own document compiles, and pages get what it allows.
func TestDefaults(t *testing.T) {
	t.Parallel()
	configs, err := policies.Parse(defaults)
	require.NoError(t, err)
	set, err := policies.New(configs)
	require.NoError(t, err)
	app := corshttp.New(set.Get("public"))(http.NotFoundHandler())
	corstest.From("https://app.example.com").Put("/items/1").Allowed(t, app)
	corstest.From("https://evil.example").Get("/items").Blocked(t, app)
	require.NoError(t, set.LoadJSON(version(1)))
	corstest.From("https://app.example.com").Put("/items/1").Blocked(t, app)
	corstest.From("https://v1.example").Get("/items").Allowed(t, app)
}
