//go:build unix

package preflights

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// Age is Access-Control-Max-Age where the libraries are to send the same: the longest
// that Chromium keeps an answer.
const Age = 2 * time.Hour

// lifetime is how long browsers keep an answer without a max-age, and a bit.
const lifetime = 6 * time.Second

// inTime is how long half of the calls may take where answers are kept for 5 s.
const inTime = 4500 * time.Millisecond

// Row is what the engines, in their order, did with one target.
type Row struct {
	Policy, Name string
	Ours         bool
	Note         string // why there are no results
	Results      []Result
}

// Compare plays all libraries under the policies. Age 0 is what the libraries do when
// they are told none; the page then makes a pause of more than five seconds, else
// nothing would tell it from a longer one.
func Compare(ctx context.Context, e *engine.Engine, policies []Policy, libraries []Library, age time.Duration) ([]Row, error) {
	var (
		pause   time.Duration
		rows    []Row
		played  []int // the rows that have results
		targets []Target
	)
	if age == 0 {
		pause = lifetime
	}
	for _, p := range policies {
		for _, l := range libraries {
			row := Row{Policy: p.Name, Name: l.Name, Ours: l.Ours, Note: l.Unable(p)}
			if row.Note == "" {
				played = append(played, len(rows))
				targets = append(targets, l.Target(p, age, pause))
			}
			rows = append(rows, row)
		}
	}
	results, err := measureAll(ctx, e, targets)
	for i, r := range results {
		rows[played[i]].Results = []Result{r}
	}
	return rows, err
}

// forms are those that a header can have.
var forms = []string{"list", "list, HEAD", "list, *", "*", reflected}

// CompareForms plays all forms that the two headers can have, without credentials and
// with.
func CompareForms(ctx context.Context, e *engine.Engine) ([]Row, error) {
	var (
		rows    []Row
		targets []Target
	)
	for _, credentials := range []bool{false, true} {
		for _, m := range forms {
			for _, h := range forms {
				if h == "list, HEAD" || credentials && (m == "*" || h == "*" || m == "list, *" || h == "list, *") {
					continue // that is no header; and what browsers take literally
				}
				policy := "no credentials"
				if credentials {
					policy = "credentials"
				}
				rows = append(rows, Row{Policy: policy, Name: "`" + m + "` | `" + h + "`"})
				targets = append(targets, Target{Name: m + " / " + h, Cookies: credentials, Build: func(string) (Application, error) {
					return form(values(m, pageMethods), values(h, pageHeaders), "7200", credentials), nil
				}})
			}
		}
	}
	results, err := measureAll(ctx, e, targets)
	for i, r := range results {
		if r.Failed > 0 {
			err = errors.Join(err, fmt.Errorf("%s: %d calls failed under %s", e.Name, r.Failed, rows[i].Name))
		}
		rows[i].Results = []Result{r}
	}
	return rows, err
}

// CompareAges plays the lists with several max-ages, without a pause and with one.
func CompareAges(ctx context.Context, e *engine.Engine) ([]Row, error) {
	var (
		rows    []Row
		targets []Target
	)
	for _, age := range []string{"", "0", "-1", "5", "600", "7200", "86400"} {
		name := "`" + age + "`"
		if age == "" {
			name = "none"
		}
		rows = append(rows, Row{Name: name})
		for _, pause := range []time.Duration{0, lifetime} {
			targets = append(targets, Target{Name: "max-age " + age, Pause: pause, Build: func(string) (Application, error) {
				return form(values("list, HEAD", pageMethods), values("list", pageHeaders), age, false), nil
			}})
		}
	}
	results, err := measureAll(ctx, e, targets)
	for i, r := range results {
		rows[i/2].Results = append(rows[i/2].Results, r)
	}
	return rows, err
}

// measureAll measures a few targets at a time, each time in a new session of the engine:
// Chromium throws answers out when it has over 1024, and a target has up to 75.
func measureAll(ctx context.Context, e *engine.Engine, targets []Target) (results []Result, err error) {
	const atOnce = 14
	for len(targets) > 0 {
		n := min(atOnce, len(targets))
		some, err := Measure(ctx, e, targets[:n])
		if err != nil {
			return nil, err
		}
		for i, r := range some {
			if targets[i].Pause > 0 && r.Slowest > inTime {
				return nil, fmt.Errorf("%s: %s: half of the calls took %v, so answers that are kept for 5 s ended amid them; the machine has too much else to do", e.Name, targets[i].Name, r.Slowest)
			}
		}
		results, targets = append(results, some...), targets[n:]
	}
	return results, nil
}
