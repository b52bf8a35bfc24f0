package soak

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report returns a run's outcome as Markdown tables that are readable as plain text, in a
// hundred columns.
func (o *outcome) report() string {
	var b strings.Builder
	minutes := o.took.Minutes()
	n := o.total.decisions()
	fmt.Fprintf(&b, "# Soak\n\nPrinted by `make soak`; the last section says what the test does, and how it judges answers.\n\n")
	fmt.Fprintf(&b, "- %s of traffic%s: %d decisions, %.2f million a minute\n", o.took.Round(time.Second), raceText(), n, float64(n)/minutes/1e6)
	fmt.Fprintf(&b, "- %d wrong, %d problems of any sort\n", o.total.wrong, o.count)
	fmt.Fprintf(&b, "- %d policies compiled and put into force; %d answers came while two policies differed,\n"+
		"  and each was the complete answer of one of them (%d of the later one)\n", total(o.swaps), total(o.total.astride), total(o.total.later))
	fmt.Fprintf(&b, "- %d handlers panicked, %d connections were tampered with\n", total(o.total.panics), total(slices.Concat(o.total.faults...)))
	for _, p := range o.problems {
		fmt.Fprintf(&b, "- PROBLEM %s\n", p)
	}
	fmt.Fprintf(&b, "\n## At rest\n\n%s\n%s", o.restTable(), o.leftovers())
	fmt.Fprintf(&b, "\n## By server\n\n%s", o.serverTable())
	fmt.Fprintf(&b, "\n## Decisions by kind of request\n\n%s", o.byAdapter("kind", kindNames(), func(t tally, at int) []uint64 { return t.kinds[at] }))
	fmt.Fprintf(&b, "\n## Connections that a client tampered with\n\n%s", o.byAdapter("how it ended", faultNames(), func(t tally, at int) []uint64 { return t.faults[at] }))
	fmt.Fprintf(&b, "\n%s", o.method())
	return b.String()
}

func (o *outcome) restTable() string {
	t := table{head: []string{"", "before the servers", "warmed up", "after the traffic", "servers stopped"}}
	states := []rest{o.before, o.started, o.rested, o.stopped}
	for _, row := range []struct {
		name string
		of   func(rest) string
	}{
		{"goroutines", func(r rest) string { return strconv.Itoa(r.count()) }},
		{"idle in fasthttp's pool", func(r rest) string { return strconv.Itoa(r.pooled) }},
		{"heap, KiB", func(r rest) string { return strconv.FormatUint(r.heap>>10, 10) }},
		{"file descriptors", func(r rest) string { return strconv.Itoa(r.fds) }},
	} {
		cells := []string{row.name}
		for _, r := range states {
			cells = append(cells, row.of(r))
		}
		t.add(cells...)
	}
	return t.String()
}

// leftovers names the goroutines that outlive the servers.
func (o *outcome) leftovers() string {
	var b strings.Builder
	all := excused(o.pools)
	for _, by := range slices.Sorted(maps.Keys(all)) {
		if n := o.stopped.goroutines[by] - o.before.goroutines[by]; n > 0 {
			fmt.Fprintf(&b, "- stopped servers leave %d of `%s`:\n  %s\n", n, by, all[by])
		}
	}
	return b.String()
}

func (o *outcome) serverTable() string {
	t := table{head: []string{"server", "decisions", "swaps", "at a swap", "by the later", "panics", "tampered"}}
	for at, target := range o.targets {
		t.add(target.name(), number(total(o.total.kinds[at])), number(o.swaps[at]), number(o.total.astride[at]),
			number(o.total.later[at]), number(o.total.panics[at]), number(total(o.total.faults[at])))
	}
	return t.String()
}

// byAdapter returns a table with a row for each name and a column for each adapter.
func (o *outcome) byAdapter(what string, names []string, of func(tally, int) []uint64) string {
	t := table{head: []string{what}}
	var columns []string
	for _, target := range o.targets {
		if !slices.Contains(columns, target.adapter) {
			columns = append(columns, target.adapter)
			t.head = append(t.head, strings.TrimPrefix(target.adapter, "cors"))
		}
	}
	t.head = append(t.head, "all")
	for i, name := range names {
		counts := make([]uint64, len(columns)+1)
		for at, target := range o.targets {
			n := of(o.total, at)[i]
			counts[slices.Index(columns, target.adapter)] += n
			counts[len(columns)] += n
		}
		cells := []string{name}
		for _, n := range counts {
			cells = append(cells, number(n))
		}
		t.add(cells...)
	}
	return t.String()
}

func kindNames() (names []string) {
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

func faultNames() (names []string) {
	for _, f := range faults() {
		names = append(names, f.name)
	}
	return names
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func raceText() string {
	if raceEnabled {
		return " under the race detector"
	}
	return ""
}

// method describes how the soak was made.
func (o *outcome) method() string {
	var b strings.Builder
	fmt.Fprintf(&b, `## How this was made

- %s, %s/%s, %d CPUs, which other programs may have shared
- every adapter is served three times: with New, with a guard, and as a Mount with two policies at two places;
  requests go over loopback sockets
- %d clients send up to %d requests at once (pipelined) over connections that stay open for up to %d such batches, %d
  send slowly, %d tamper with connections; all of them use two servers at a time, and switch servers twice a second
- meanwhile the policies of these two servers are compiled again and replaced, dozens to
  hundreds of times a second: four policies take turns, and one of them is CORS switched off
- origins, and names of methods and headers that are sent back, are unique to each request. If an answer
  contained anything of another request, the test would see it
- each answer is compared with the answer that is written by hand for its kind of request, for each policy that can have
  decided it: the policies in force between sending the request and receiving the answer, and on one connection
  no policy older than that of the previous answer. Status, handler, all CORS fields and Vary must come from one policy;
  an unexpected field is wrong too
- goroutines, heap (after three collections) and file descriptors are counted after the clients have disconnected; after the
  traffic there may be no more of them than after a warm-up with the same traffic, except %d KiB of heap
- the frameworks' versions are those in conformance/matrix/go.mod
`, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), senders, deepest, batchesOf, dawdlers, tamperers, slack>>10)
	return b.String()
}

// table is a Markdown table whose columns are padded to one width.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) String() string {
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], len(cell), 2)
		}
	}
	var b strings.Builder
	line := func(row []string) {
		for i, cell := range row {
			if i == 0 {
				fmt.Fprintf(&b, "| %-*s ", width[i], cell)
			} else {
				fmt.Fprintf(&b, "| %*s ", width[i], cell)
			}
		}
		b.WriteString("|\n")
	}
	line(t.head)
	for i, w := range width {
		if i == 0 {
			b.WriteString("| " + strings.Repeat("-", w) + " ")
		} else {
			b.WriteString("| " + strings.Repeat("-", w-1) + ": ")
		}
	}
	b.WriteString("|\n")
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}
