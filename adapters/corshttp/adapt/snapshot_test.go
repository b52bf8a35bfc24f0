package adapt

import (
	"testing"
	"time"
)

// The first Renew builds the index at once, however long the first build took. After that
// it waits 99 times as long as a build takes.
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
