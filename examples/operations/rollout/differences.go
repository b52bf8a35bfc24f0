package main

import (
	"log/slog"
	"sync"
	"time"

	cors "github.com/crossgate/cors/core"
)

// maxRecorded is the greatest number of different lines in a period.
const maxRecorded = 256

// Differences logs what would change if a candidate policy were in force. Pass its Report to
// cors.Shadow. It logs each difference (origin, kind of request and both reasons) once in a
// period, and at most 256 of them, because anyone can send requests with invented origins.
type Differences struct {
	logger *slog.Logger
	every  time.Duration

	mu       sync.Mutex
	recorded map[difference]bool
	since    time.Time
}

type difference struct {
	origin            string
	kind              cors.Kind
	active, candidate cors.Reason
}

// NewDifferences returns a Differences with periods of the length every, such as an hour.
func NewDifferences(logger *slog.Logger, every time.Duration) *Differences {
	return &Differences{logger: logger, every: every, recorded: make(map[difference]bool)}
}

// Report logs a difference if it is new.
func (d *Differences) Report(r cors.Request, active, candidate cors.Decision) {
	found := difference{r.Origin, active.Kind(), active.Reason(), candidate.Reason()}
	d.mu.Lock()
	if now := time.Now(); now.Sub(d.since) >= d.every {
		d.since = now
		clear(d.recorded)
	}
	first := !d.recorded[found] && len(d.recorded) < maxRecorded
	if first {
		d.recorded[found] = true
	}
	d.mu.Unlock()
	if !first {
		return
	}
	message := "the candidate decides otherwise"
	switch {
	case active.Reason() == cors.Allowed:
		message = "the candidate refuses what is allowed now"
	case candidate.Reason() == cors.Allowed:
		message = "the candidate allows what is refused now"
	}
	d.logger.Warn(message, "origin", short(r.Origin), "kind", found.kind, "active", found.active, "candidate", found.candidate,
		"method", short(r.Method), "path", short(r.Path), "requestMethod", short(r.RequestMethod), "requestHeaders", short(r.RequestHeaders))
}

// short shortens a value from a client for the log. The handlers of slog escape it.
func short(s string) string { return s[:min(len(s), 200)] }
