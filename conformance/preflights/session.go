//go:build unix

package preflights

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

//go:embed web
var web embed.FS

// Target is an application that the page calls.
type Target struct {
	Name    string
	Cookies bool          // whether the page sends cookies
	Pause   time.Duration // after half of the calls
	Calls   []Call        // nil means the calls of Page

	// Build returns the application. origin is the page's origin.
	Build func(origin string) (Application, error)
}

// Result is what one engine did with one target.
type Result struct {
	Preflights int
	Failed     int           // calls whose responses the page could not read
	Slowest    time.Duration `json:"-"` // the time of the slower half of the calls
}

// play is what the page receives, and report what it returns.
type (
	play struct {
		Base  string `json:"base"`
		Calls []Call `json:"calls"`
		Pause int64  `json:"pause"`
	}
	report struct {
		Failed int     `json:"failed"`
		Took   []int64 `json:"took"`
	}
)

// warmUp runs before anything is counted. The first two times that Firefox could use its
// preflight cache, it sends a preflight anyway.
func warmUp() Target {
	put := Call{Method: "PUT", Path: "/", Headers: map[string]string{}, Credentials: "omit"}
	return Target{
		Name:  "warm-up",
		Calls: []Call{put, put, put, put, put, put},
		Build: func(string) (Application, error) { return form("PUT", "", "600", false), nil },
	}
}

// Measure opens the page in an engine and lets it call the targets one after another. The
// results are in the order of the targets.
func Measure(ctx context.Context, e *engine.Engine, targets []Target) (results []Result, err error) {
	targets = append([]Target{warmUp()}, targets...)
	reports, plays := make(chan *report), make(chan *play)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /next", func(w http.ResponseWriter, r *http.Request) {
		var done *report
		if err := json.NewDecoder(r.Body).Decode(&done); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		select {
		case <-r.Context().Done():
		case reports <- done:
			_ = json.NewEncoder(w).Encode(<-plays) // fails only if the page is closed
		}
	})
	for path, file := range map[string]string{"/{$}": "web/page.html", "/page.js": "web/page.js"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web, file) })
	}
	pages, err := serve(ctx, Application{http: mux})
	if err != nil {
		return nil, err
	}
	defer pages.close() //nolint:errcheck // the pages are no longer needed
	session, err := e.Open(ctx, pages.base, engine.Trust{})
	if err != nil {
		return nil, err
	}
	defer func() {
		if closing := session.Close(); err == nil {
			err = closing
		}
	}()

	next := func() (*report, error) {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is not through: %w\n%s", e.Name, ctx.Err(), session.Log())
		case <-session.Ended():
			return nil, fmt.Errorf("%s has exited unexpectedly\n%s", e.Name, session.Log())
		case r := <-reports:
			return r, nil
		}
	}
	if _, err := next(); err != nil {
		return nil, err
	}
	for _, t := range targets {
		result, err := t.measure(ctx, pages.base, plays, next)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", e.Name, t.Name, err)
		}
		results = append(results, result)
	}
	plays <- nil
	return results[1:], nil
}

// measure sends one target to the page, which is waiting for it.
func (t *Target) measure(ctx context.Context, origin string, plays chan<- *play, next func() (*report, error)) (r Result, err error) {
	application, err := t.Build(origin)
	if err != nil {
		return r, err
	}
	s, err := serve(ctx, application)
	if err != nil {
		return r, err
	}
	defer func() {
		if closing := s.close(); err == nil {
			err = closing
		}
	}()
	calls := t.Calls
	if calls == nil {
		calls = Page(t.Cookies)
	}
	plays <- &play{Base: s.base, Calls: calls, Pause: t.Pause.Milliseconds()}
	seen, err := next()
	if err != nil {
		return r, err
	}
	if seen == nil {
		return r, fmt.Errorf("the page was reloaded")
	}
	r = Result{Preflights: int(s.preflights.Load()), Failed: seen.Failed}
	for _, took := range seen.Took {
		r.Slowest = max(r.Slowest, time.Duration(took)*time.Millisecond)
	}
	if made := int(s.calls.Load()); seen.Failed == 0 && made != len(calls) {
		return r, fmt.Errorf("%d of %d calls reached the server", made, len(calls))
	}
	return r, nil
}
