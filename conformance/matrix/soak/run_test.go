package soak

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The clients that run at the same time.
const (
	senders   = 8 // of pipelined batches
	tamperers = 2 // of connections
	dawdlers  = 4
)

// settings bound a run.
type settings struct {
	time      time.Duration
	decisions uint64        // minimum number of decisions
	tampers   uint64        // minimum number of connections to tamper with
	first     bool          // stop at the first problem
	pools     bool          // wait until pools are empty, so that they need no exception
	patience  time.Duration // how long servers may take to become idle; a leak uses all of it
}

// run is a soak under way.
type run struct {
	settings
	targets []*target
	seed    uint64

	numbers  atomic.Uint64 // of requests
	tampered atomic.Uint64 // connections
	slice    atomic.Uint64 // advances; it selects the hot targets
	stopped  atomic.Bool   // the traffic must end
	failed   atomic.Bool   // everything must end
	swaps    []uint64      // by target
	problems problems
}

// problems are the problems that a run finds. Only the first ones are kept.
type problems struct {
	mu    sync.Mutex
	count int
	texts []string
}

func (p *problems) add(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count++; p.count <= 10 {
		p.texts = append(p.texts, text)
	}
}

func (r *run) problem(format string, a ...any) {
	r.problems.add(fmt.Sprintf(format, a...))
	r.failed.Store(r.first)
}

func (r *run) over() bool { return r.stopped.Load() || r.failed.Load() }

// hot returns the target that a team visits. All clients visit two targets at a time,
// because requests must meet in one server to share anything.
func (r *run) hot(team int) int { return (int(r.slice.Load())*2 + team%2) % len(r.targets) }

// outcome is what a run found, and what the process held before the servers started, when
// idle before the traffic, when idle after it, and after the servers stopped.
type outcome struct {
	settings
	targets  []*target
	took     time.Duration
	total    tally
	swaps    []uint64
	problems []string
	count    int // of problems

	before, started, rested, stopped rest
}

// excused are goroutines that stopped servers leave behind, with the reasons. There is
// one for each server, or for the process, whatever the traffic.
func excused(waited bool) map[string]string {
	all := map[string]string{
		"github.com/valyala/fasthttp.updateServerDate": "fasthttp keeps one for the process, which updates the Date field",
	}
	if !waited {
		all["github.com/valyala/fasthttp.(*workerPool).Start"] = "fasthttp's pool finds out that it is stopped after up to ten seconds"
		all["github.com/valyala/fasthttp.newCacheManager"] = "app.Static of fiber v2 has one, which ends once its handler has been collected"
	}
	return all
}

// soak starts targets, runs the clients, and checks what is left.
func soak(t *testing.T, start func(testing.TB) []*target, s settings) outcome {
	t.Helper()
	// With such a small heap, collections would need more time than requests.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	r := &run{settings: s, seed: rand.Uint64()}
	o := outcome{settings: s}
	o.before = settleFirst(s.patience, s.pools)
	t.Run("served", func(t *testing.T) {
		r.targets = start(t)
		r.swaps = make([]uint64, len(r.targets))
		r.warmUp()
		o.started = settleFirst(s.patience, s.pools)
		began := time.Now()
		o.total = r.traffic(s)
		o.took = time.Since(began)
		o.rested = settle(o.started, nil, s.patience, s.pools)
		if more := o.rested.more(o.started, nil); more != "" {
			r.problem("the idle servers hold more than before the traffic:%s", more)
		}
	})
	o.stopped = settle(o.before, excused(s.pools), s.patience, s.pools)
	// Compiled patterns and frameworks' tables stay in memory, so the heap is compared when
	// the servers are idle.
	o.stopped.heap, o.before.heap = o.before.heap, o.stopped.heap
	if more := o.stopped.more(o.before, excused(s.pools)); more != "" {
		r.problem("the stopped servers left behind:%s", more)
	}
	o.stopped.heap, o.before.heap = o.before.heap, o.stopped.heap
	o.targets, o.swaps, o.problems, o.count = r.targets, r.swaps, r.problems.texts, r.problems.count
	return o
}

// warmUp sends every kind of request to every place once, and then some of all traffic.
// Frameworks then have allocated what they allocate on first use.
func (r *run) warmUp() {
	w := newWorker(r, 1000)
	for at := range r.targets {
		w.each(at)
		c, err := dial(r.targets[at].addr)
		if err == nil {
			err = w.send(c, at, true, w.sight(at))
			_ = c.Close() // nothing is left to send
		}
		if err != nil {
			r.problem("%s: %v", r.targets[at].name(), err)
		}
	}
	r.traffic(settings{time: max(r.time/20, 300*time.Millisecond)})
	r.swaps = make([]uint64, len(r.targets))
}

// traffic runs all clients for a time, and waits for them. It continues until there are
// enough decisions, even if that takes long on a busy machine.
func (r *run) traffic(s settings) tally {
	r.stopped.Store(false)
	total := r.newTally()
	var all sync.WaitGroup
	var mu sync.Mutex
	for seed := range senders + tamperers + dawdlers {
		w := newWorker(r, seed)
		all.Go(func() {
			switch {
			case seed < senders:
				w.work()
			case seed < senders+tamperers:
				w.fail()
			default:
				w.dawdle()
			}
			mu.Lock()
			defer mu.Unlock()
			total.add(w.tally)
		})
	}
	all.Go(r.swap)
	began := time.Now()
	first, intact := r.numbers.Load(), r.tampered.Load()
	visit := min(s.time*2/time.Duration(len(r.targets)+1), 500*time.Millisecond)
	for !r.over() {
		time.Sleep(visit)
		r.slice.Add(1)
		enough := r.numbers.Load()-first >= s.decisions && r.tampered.Load()-intact >= s.tampers
		if enough && time.Since(began) >= s.time {
			break
		}
	}
	r.stopped.Store(true)
	all.Wait()
	return total
}

// swap replaces the policies of hot targets, sometimes several times at once.
func (r *run) swap() {
	random := rand.New(rand.NewPCG(r.seed, 1<<32))
	for n := 0; !r.over(); n++ {
		at := r.hot(n)
		times := 1
		if random.IntN(16) == 0 {
			times = 4
		}
		for range times {
			p := r.targets[at].places[random.IntN(len(r.targets[at].places))]
			if err := p.next(); err != nil {
				r.problem("%s: %v", r.targets[at].name(), err)
				return
			}
			r.swaps[at]++
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// tally is what a client counts, by target and kind or fault.
type tally struct {
	kinds   [][]uint64
	faults  [][]uint64
	panics  []uint64
	astride []uint64 // decided in a window whose policies differ
	later   []uint64 // of these, by one that was not yet in force when the request was sent
	wrong   uint64
}

func (r *run) newTally() tally {
	n := len(r.targets)
	t := tally{panics: make([]uint64, n), astride: make([]uint64, n), later: make([]uint64, n)}
	for range n {
		t.kinds = append(t.kinds, make([]uint64, len(kinds)))
		t.faults = append(t.faults, make([]uint64, len(faults())))
	}
	return t
}

func (t *tally) count(at int, k *kind, v verdict, w window) {
	for i := range kinds {
		if &kinds[i] == k {
			t.kinds[at][i]++
		}
	}
	if k.panics() {
		t.panics[at]++
	}
	if v.astride {
		t.astride[at]++
		if v.turn > w.from {
			t.later[at]++
		}
	}
}

func (t *tally) add(other tally) {
	for at := range t.kinds {
		sum(t.kinds[at], other.kinds[at])
		sum(t.faults[at], other.faults[at])
	}
	sum(t.panics, other.panics)
	sum(t.astride, other.astride)
	sum(t.later, other.later)
	t.wrong += other.wrong
}

func sum(into, of []uint64) {
	for i, n := range of {
		into[i] += n
	}
}

// decisions returns the sum of all decisions.
func (t *tally) decisions() (n uint64) { return total(slices.Concat(t.kinds...)) }

func total(of []uint64) (n uint64) {
	for _, some := range of {
		n += some
	}
	return n
}
