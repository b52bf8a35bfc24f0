//go:build unix

package preflights

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// Age is the Access-Control-Max-Age for comparisons in which all libraries send the same:
// the longest time that Chromium caches an answer.
const Age = 2 * time.Hour

// lifetime is a little longer than browsers cache an answer without a max-age.
const lifetime = 6 * time.Second

// inTime is the time limit for half of the calls if answers are cached for 5 s.
const inTime = 4500 * time.Millisecond

// Row holds the results of the engines, in their order, for one target.
type Row struct {
	Policy, Name string
	Ours         bool
	Note         string // why there are no results
	Results      []Result
}

// Compare measures all libraries under the policies. With age 0, no library is configured
// with a max-age. The page then pauses for more than five seconds, because otherwise the
// default of five seconds would look the same as a longer time.
func Compare(ctx context.Context, e *engine.Engine, policies []Policy, libraries []Library, age time.Duration) ([]Row, error) {
	var (
		pause   time.Duration
		rows    []Row
		played  []int // indexes of the rows that have results
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

// forms are the forms that a header can have.
var forms = []string{"list", "list, HEAD", "list, *", "*", reflected}

// CompareForms measures all forms of the two headers, without credentials and with
// credentials.
func CompareForms(ctx context.Context, e *engine.Engine) ([]Row, error) {
	var (
		rows    []Row
		targets []Target
	)
	for _, credentials := range []bool{false, true} {
		for _, m := range forms {
			for _, h := range forms {
				if h == "list, HEAD" || credentials && (m == "*" || h == "*" || m == "list, *" || h == "list, *") {
					continue // an absent header, or a * that browsers read as a name
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

// CompareAges measures the lists with several max-ages, without a pause and with a pause.
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

// measureAll measures a few targets at a time, each time in a new session of the engine.
// Chromium drops answers if it has more than 1024, and a target has up to 75.
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
				return nil, fmt.Errorf("%s: %s: half of the calls took %v, so answers that are cached for 5 s expired in between; the machine is too busy", e.Name, targets[i].Name, r.Slowest)
			}
		}
		results, targets = append(results, some...), targets[n:]
	}
	return results, nil
}
