package soak

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// worker sends requests of all kinds, in pipelined batches over connections that stay
// open, and judges every answer.
type worker struct {
	*run
	team  int // selects the hot target that it visits
	rand  *rand.Rand
	tally tally
	drawn []int // indexes in kinds, each as often as its share
	out   []byte
	batch []request
}

// The sizes of traffic.
const (
	deepest   = 24  // largest number of pipelined requests
	batchesOf = 100 // batches on one connection
)

func newWorker(r *run, seed int) *worker {
	w := &worker{run: r, team: seed, rand: rand.New(rand.NewPCG(r.seed, uint64(seed))), tally: r.newTally()}
	for i := range kinds {
		for range kinds[i].often {
			w.drawn = append(w.drawn, i)
		}
	}
	return w
}

// work visits hot targets until the time is over.
func (w *worker) work() {
	for !w.over() {
		at := w.hot(w.team)
		if err := w.visit(at); err != nil {
			w.problem("%s: %v", w.targets[at].name(), err)
			time.Sleep(10 * time.Millisecond) // avoids a million requests to a server that is down
		}
	}
}

// visit opens a connection to a target and uses it while the target is hot.
func (w *worker) visit(at int) error {
	c, err := dial(w.targets[at].addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // nothing is left to send
	sight := w.sight(at)
	for n := range batchesOf {
		last := n == batchesOf-1 || w.over() || w.hot(w.team) != at
		w.draw(at, 1+w.rand.IntN(deepest))
		if err := w.send(c, at, last, sight); err != nil {
			return err
		}
		if last {
			break
		}
	}
	return c.end()
}

// draw fills the batch with random requests.
func (w *worker) draw(at, size int) {
	t := w.targets[at]
	w.batch = w.batch[:0]
	first := w.numbers.Add(uint64(size)) - uint64(size)
	for i := range size {
		k := &kinds[w.drawn[w.rand.IntN(len(w.drawn))]]
		for !t.takes(k) {
			k = &kinds[w.drawn[w.rand.IntN(len(w.drawn))]]
		}
		w.batch = append(w.batch, newRequest(k, t, t.places[w.rand.IntN(len(t.places))], first+uint64(i)))
	}
}

// each fills the batch with one request of every kind for every place.
func (w *worker) each(at int) {
	t := w.targets[at]
	w.batch = w.batch[:0]
	for i := range kinds {
		for _, p := range t.places {
			if t.takes(&kinds[i]) {
				w.batch = append(w.batch, newRequest(&kinds[i], t, p, w.numbers.Add(1)))
			}
		}
	}
}

// sight is the turn of each place that a client has already seen. The requests of one
// connection are decided one after the other, so none can be decided by a policy that was
// replaced before an earlier answer.
type sight map[*reign]uint64

func (w *worker) sight(at int) sight {
	s := make(sight)
	for _, p := range w.targets[at].places {
		s[p.reign] = 0
	}
	return s
}

// before records the turns that were complete before a request is sent.
func (s sight) before() {
	for r, seen := range s {
		s[r] = max(seen, r.done.Load())
	}
}

// send sends the batch at once and judges the answers, which come in the same order (RFC
// 9112, section 9.3.2).
func (w *worker) send(c *connection, at int, last bool, s sight) error {
	w.out = w.out[:0]
	for i := range w.batch {
		w.out = w.batch[i].append(w.out, last && i == len(w.batch)-1)
	}
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	s.before()
	if _, err := c.Write(w.out); err != nil {
		return err
	}
	for i := range w.batch {
		if err := w.receive(c, at, &w.batch[i], s); err != nil {
			return err
		}
	}
	return nil
}

// receive reads, judges and counts the answer to r. It returns an error if there is no
// answer.
func (w *worker) receive(c *connection, at int, r *request, s sight) error {
	got, err := c.read(r)
	if err != nil {
		return fmt.Errorf("in the answer to %q with origin %.80q: %w; its head so far is %.300q", r.kind.name, r.origin, err, c.head)
	}
	seen := window{s[r.reign], r.reign.begun.Load()}
	v := judge(r, got, seen)
	switch head := string(c.head); {
	case !v.right:
		w.tally.wrong++
		w.problem("%s", complaint(r, got, seen, head))
	case others(head, r.id) != "":
		w.tally.wrong++
		w.problem("%s: a field that does not belong to CORS holds %s of another request: %.800q", r.target.name(), others(head, r.id), head)
	case r.kind.body != "" && got.handled && r.kind.method != "HEAD" && string(c.body) != r.kind.body:
		w.tally.wrong++
		w.problem("%s: the body of %q is %.80q", r.target.name(), r.kind.name, c.body)
	}
	s[r.reign] = v.turn
	w.tally.count(at, r.kind, v, seen)
	return nil
}
