package matrix

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// summary counts what the matrix compares, and records what it cannot compare.
type summary struct {
	mu      sync.Mutex
	cases   int
	answers int
	notes   map[string][]string // what was left out, and where
}

func (s *summary) count() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cases++
}

func (s *summary) exchanges(answers int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers += answers
}

func (s *summary) note(about, where string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notes == nil {
		s.notes = make(map[string][]string)
	}
	s.notes[about] = append(s.notes[about], where)
}

func (s *summary) diverges(adapter, name string) {
	s.note("left out as known divergences", adapter+": "+name)
}

func (s *summary) refuse(adapters []string, request string) {
	slices.Sort(adapters)
	s.note("refused by the server of "+strings.Join(adapters, ", "), request)
}

func (s *summary) differs(what, request string) {
	s.note(what+" not compared, because the frameworks themselves differ", request)
}

func (s *summary) log(t *testing.T) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%d cases, %d answers of %d adapters", s.cases, s.answers, len(adapters()))
	abouts := make([]string, 0, len(s.notes))
	for about := range s.notes {
		abouts = append(abouts, about)
	}
	slices.Sort(abouts)
	for _, about := range abouts {
		slices.Sort(s.notes[about])
		fmt.Fprintf(&b, "\n%s: %d\n    %s", about, len(s.notes[about]), strings.Join(s.notes[about], "\n    "))
	}
	t.Log(b.String())
}
