package adapt

import (
	"testing"
	"time"
)

// A first miss makes a Snapshot again at once, whatever it has cost to make it first. Then it
// is not made again before 99 times as long has passed.
func TestSnapshotRenews(t *testing.T) {
	t.Parallel()
	made := 0
	s := Snapshot[int]{Make: func() *int { made++; n := made; return &n }}
	for name, first := range map[string]func() *int{"Get": s.Get, "Remake": s.Remake} {
		s.next.Store(0)
		old := first()
		if again := first(); name == "Get" && again != old {
			t.Error("Get makes what there is")
		}
		old = s.Get()
		renewed := s.Renew(old)
		if renewed == old {
			t.Errorf("%s, and then a miss: it is not made again", name)
		}
		if newer := s.Renew(old); newer != renewed {
			t.Errorf("%s: a miss in what is old gets %d, want %d, which there is", name, *newer, *renewed)
		}
		s.next.Store(time.Now().Add(time.Hour).UnixNano())
		if s.Renew(renewed) != renewed {
			t.Errorf("%s: it is made before it is time", name)
		}
	}
}
