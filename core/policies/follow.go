package policies

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/crossgate/cors/core/internal/contain"
)

// shortestRead is the shortest time limit of a read, however often Follow reads.
const shortestRead = time.Second

// firstPause is the longest time from the first read to the second.
const firstPause = time.Second / 10

// unsettled is the number of different reads in a row after which Follow reports an error.
const unsettled = 10

// Follow reads a document once in each period of the length every, and applies it when it
// changes. It returns when ctx ends.
//
// Follow applies a document that differs from the one it applied last, but only when two
// reads in a row are equal, so that it never applies a half-written file. A change is thus
// in force after one to two periods. The second read follows the first within a tenth of a
// second, so that a program soon has its document.
//
// Follow calls report with
//   - nil when a document is in force
//   - the error of apply when apply refuses the document
//   - the first error of read when the document cannot be read
//   - an error when ten reads in a row differ, for example because the document has the
//     time in it
//
// It reports each state once. When the document can be read again after an error, Follow
// applies and reports it again. The context of read ends when the next read is due, but not
// before one second.
//
// A panic of one of the functions does not end the process, and Follow goes on. A panic of
// read or apply counts as an error; report gets it with the stack. slog.Default logs a
// panic of report at error level.
//
// Follow calls the functions one after the other, in its own goroutine. It panics if one of
// them is nil, or if every is not positive.
func Follow(ctx context.Context, read func(context.Context) ([]byte, error), every time.Duration, apply func([]byte) error, report func(error)) {
	if read == nil || apply == nil || report == nil || every <= 0 {
		panic("policies: Follow needs the functions read, apply and report, and a positive every")
	}
	var seen, applied [sha256.Size]byte // hashes of the last read, and of the document applied last
	var readable, whole bool            // whether seen and applied are set
	failed := false                     // whether the last read failed
	changes := 0                        // how many reads in a row differed from the one before
	var panics contain.Reporter
	tell := func(err error) {
		err = contained("report", func() error {
			report(err)
			return nil
		})
		if err != nil {
			panics.Report("the report of policies.Follow panicked", err)
		}
	}
	tick := time.NewTicker(min(every, firstPause))
	defer tick.Stop()
	for first := true; ; first = false {
		timed, cancel := context.WithTimeout(ctx, max(every, shortestRead))
		var document []byte
		err := contained("read", func() (err error) {
			document, err = read(timed)
			return err
		})
		cancel()
		sum := sha256.Sum256(document)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failed {
				tell(err)
			}
			failed, readable, whole, changes = true, false, false, 0
		case !readable || sum != seen:
			failed, readable, seen = false, true, sum
			if changes++; changes == unsettled {
				whole = false
				tell(fmt.Errorf("policies: the last %d reads of the document differ from each other, so none is applied; remove what changes, such as the time", unsettled))
			}
		case !whole || sum != applied:
			whole, applied, changes = true, sum, 0
			tell(contained("apply", func() error { return apply(document) }))
		default:
			changes = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if first {
			tick.Reset(every)
		}
	}
}

// contained calls a function of Follow and turns a panic into an error.
func contained(name string, call func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("policies: %s, which Follow calls, panicked: %s\n%s", name, contain.Text(v), debug.Stack())
		}
	}()
	return call()
}
