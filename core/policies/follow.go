package policies

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/crossgate/cors/core/internal/contain"
)

// shortestRead is what a read may take at least, however often Follow reads.
const shortestRead = time.Second

// firstPause is the longest time from the first reading to the second.
const firstPause = time.Second / 10

// unsettled is how many readings in a row may differ before that is reported.
const unsettled = 10

// Follow reads a document again and again, every so often, and applies what is new. It
// returns when ctx ends.
//
// A document is new if it differs from the one applied last, and counts only when two
// readings in a row are equal: so a file that is being written is not taken for a whole
// one. A change is thus in force after every to twice every. The second reading of all
// follows the first within a tenth of a second, so that a program soon has its document.
//
// report gets nil when a document is in force, the error of apply when one is refused,
// the first error of read when the document cannot be read, and an error when ten readings
// in a row differ, as those of a document with the time in it do. It hears of the same
// state once; when the document can be read again, it is applied again and reported.
// read has a context that ends when the next reading is due, though not within the first
// second.
//
// A function that panics does not end the process. A panic of read or apply counts as an
// error, which report gets with the stack; that of report itself is logged by
// slog.Default at error level. Follow then goes on.
//
// The functions are called one after the other, in the goroutine that Follow runs in.
// Follow panics if one of them is nil, or if every is not positive.
func Follow(ctx context.Context, read func(context.Context) ([]byte, error), every time.Duration, apply func([]byte) error, report func(error)) {
	if read == nil || apply == nil || report == nil || every <= 0 {
		panic("policies: Follow needs read, apply and report, which are functions, and a positive every")
	}
	var seen, applied [sha256.Size]byte // of the last reading, and of the last document that was applied
	var readable, whole bool            // whether there are such
	failed := false                     // whether the last reading failed
	changes := 0                        // how many readings in a row were not like the one before
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
				tell(fmt.Errorf("policies: the last %d readings of the document differ from each other, so none is applied; take out what changes, such as the time", unsettled))
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

// contained calls a function of Follow's and makes an error of its panic.
func contained(name string, call func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("policies: %s, which Follow calls, panicked: %s\n%s", name, contain.Text(v), debug.Stack())
		}
	}()
	return call()
}
