//go:build unix

package browsers

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/conformance/browsers/site"
)

// patience is the time limit of an engine.
const patience = 10 * time.Minute

// play runs all cases in an engine, and returns the engine's messages.
func play(t *testing.T, e *engine.Engine, s *site.Site) []engine.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	session, err := e.Open(ctx, s.URL(), engine.Trust{CA: s.CA(), Leaf: s.Leaf()})
	require.NoError(t, err)
	defer func() {
		assert.NoError(t, session.Close())
		assert.NoDirExists(t, session.Dir)
	}()
	select {
	case <-s.Done():
	case <-session.Ended():
		require.Fail(t, "the engine has exited unexpectedly", session.Log())
	case <-ctx.Done():
		require.Fail(t, "the engine has not finished", "after %v\n%s", patience, session.Log())
	}
	// The page has finished, but messages about its last requests may still arrive.
	messages := session.Messages()
	for before := -1; before != len(messages); messages = session.Messages() {
		before = len(messages)
		time.Sleep(time.Second)
	}
	return messages
}

// In every case, every engine does what the standard says, or its known difference. It
// does the same with every adapter, so the outcomes of the adapters are identical.
func TestEngines(t *testing.T) {
	all, differences, texts := chosen(readCases(t)), readDifferences(t), readTexts(t)
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each engine has its own site
			e := engine.ForTest(t, name)
			s := site.New(t, all, adapters(), e.Insecure())
			e.Public = s.Public()
			begin := time.Now()
			messages := play(t, e, s)
			fetches := 0
			for _, r := range s.Runs() {
				fetches += len(r.Steps)
			}
			t.Logf("%s %s: %d cases, %d runs, %d fetches in %v",
				e.Name, e.Version, len(all), len(s.Runs()), fetches, time.Since(begin).Round(100*time.Millisecond))

			if *record {
				writeSaid(t, e.Name, e.Version, messages)
			}
			console := listen(e.Name, texts, s, messages)
			for _, r := range s.Runs() {
				want := standard(r.Case)
				difference, shown := known(differences, e.Name, r.Case)
				if difference != nil {
					want = want.with(shown)
				}
				got := observed(r, want, console.of(r))
				switch diff := got.differs(want); {
				case diff == "":
				case difference != nil && observed(r, standard(r.Case), console.of(r)).differs(standard(r.Case)) == "":
					t.Errorf("%s %s: %s now follows the standard: the difference %q of version %s has ended",
						e.Name, e.Version, r.Name(), difference.Name, difference.Seen)
				default:
					t.Errorf("%s %s: %s (%s: %s)%s%s", e.Name, e.Version, r.Name(), r.Case.Section, r.Case.Why, diff, console.quote(r))
				}
			}
			if *only == "" {
				assert.Empty(t, console.unshown(), "texts of the table that no case shows")
			}
			assert.Empty(t, s.Strange(), "unexpected events")
		})
	}
}
