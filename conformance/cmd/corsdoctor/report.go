package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
)

// width is the default width of a terminal.
const width = 80

// maxNamed is how many origins the report lists for each disagreement.
const maxNamed = 8

// report returns the program's output.
func report(r *result) string {
	var b strings.Builder
	v := r.verdict
	blocks := slices.ContainsFunc(r.causes, func(c diagnosis.Cause) bool { return c.Blocks })
	switch {
	case !v.Allowed && v.Console != "":
		b.WriteString(wrapped("BLOCKED: ", v.Console))
		b.WriteString(wrapped("  rule: ", "Fetch, "+v.Section))
	case !v.Allowed:
		b.WriteString(wrapped("BLOCKED: ", "this is what the message may mean, the likeliest first."))
	case blocks:
		b.WriteString(wrapped("BLOCKED: ", "the browser sends no such request."))
	case v.Type == "" && r.request.PreflightOnly:
		b.WriteString(wrapped("ALLOWED: ", "the server allows a page of "+r.client.Origin+" to send the request, which was not sent; --send sends it."))
	case v.Type == browser.Opaque:
		b.WriteString(wrapped("ALLOWED: ", "the request is sent, but the page can read nothing of the response: mode no-cors makes it opaque, with status 0. To read it, remove mode: 'no-cors' from the script."))
	default:
		b.WriteString(wrapped("ALLOWED: ", fmt.Sprintf("a page of %s gets the response, status %d.", r.client.Origin, v.Status)))
	}
	if r.keptBack && len(v.Exchanges) == 0 {
		b.WriteString(wrapped("  note: ", "nothing was sent. The address is of this machine or its network; --send asks it."))
	}
	if r.assumed && (r.paste || !v.Allowed || blocks) {
		b.WriteString(wrapped("  note: ", "the page is assumed to be of "+r.client.Origin+"; --origin names yours."))
	}
	for _, c := range r.causes {
		b.WriteString("\n" + r.cause(c))
	}
	for _, e := range v.Exchanges {
		b.WriteString("\n" + exchange(e))
	}
	if r.unanswered > 0 {
		b.WriteString("\n" + wrapped("note: ", count(r.unanswered, "further request", "further requests")+" got no response, or status 429, and so did not show mistakes. --timeout waits longer."))
	} else if r.probe && !r.paste && len(r.findings) == 0 && !slices.ContainsFunc(r.causes, func(c diagnosis.Cause) bool { return c.Kind != diagnosis.LocalNetwork }) {
		b.WriteString("\nNothing else is wrong, as far as other requests show.\n")
	}
	for _, f := range r.findings {
		if f.Code == varyMissing {
			continue // already reported as a cause
		}
		mark := "note: "
		if f.Danger {
			mark = "DANGER: "
		}
		b.WriteString("\n" + wrapped(mark, f.What+"."))
		b.WriteString(wrapped("  fix: ", f.Fix))
	}
	if r.comparison != nil {
		b.WriteString("\n" + r.comparison.report(r.policyFile))
	}
	return b.String()
}

// cause describes what is wrong, the evidence, and what to change.
func (r *result) cause(c diagnosis.Cause) string {
	var b strings.Builder
	mark := "cause: "
	switch {
	case !c.Blocks:
		mark = "note: "
	case !c.Certain:
		mark = "likely cause: "
	}
	b.WriteString(wrapped(mark, string(c.Kind)+": "+c.What))
	for _, evidence := range c.Evidence {
		b.WriteString(wrapped("  seen: ", evidence))
	}
	for _, line := range c.Sends {
		b.WriteString(folded("  send: " + escaped(line)))
	}
	if c.URL != "" {
		b.WriteString(wrapped("  ask for: ", c.URL))
	}
	for _, change := range c.Changes() {
		if r.system == "all" || strings.EqualFold(change.System, r.system) || r.system == "" && change.System == r.detected() {
			b.WriteString("  " + change.System + ": " + string(change.Action) + ":\n\n")
			for line := range strings.SplitSeq(change.Code, "\n") {
				b.WriteString("    " + strings.ReplaceAll(line, "\t", "    ") + "\n")
			}
			b.WriteString("\n")
		}
	}
	if r.system == "" && r.detected() == "" && len(c.Changes()) > 0 {
		b.WriteString("  change: --for SYSTEM prints the code, for " + strconv.Itoa(len(diagnosis.Systems())) + " systems\n")
	}
	for _, other := range c.Because {
		b.WriteString(wrapped("  or: ", string(other.Kind)+": "+other.What))
	}
	return b.String()
}

// detected returns the system that the responses name.
func (r *result) detected() string {
	for _, e := range r.verdict.Exchanges {
		for _, f := range e.Header {
			if !strings.EqualFold(f.Name, "Server") && !strings.EqualFold(f.Name, "X-Powered-By") {
				continue
			}
			for _, sign := range [][2]string{{"Express", "Express"}, {"Werkzeug", "Flask"}, {"gunicorn", "Flask"}, {"PHP", "PHP"}, {"nginx", "nginx"}} {
				if strings.HasPrefix(f.Value, sign[0]) {
					return sign[1]
				}
			}
		}
	}
	return ""
}

// report describes where the policy and the server disagree. It groups the origins of each
// disagreement, and starts with those where the server allows too much.
func (c *comparison) report(file string) string {
	var b strings.Builder
	scope := fmt.Sprintf("%s, %d requests", file, c.probes)
	if c.patterns > maxPatterns {
		scope += fmt.Sprintf(", about the first %d of %d patterns", maxPatterns, c.patterns)
	}
	if len(c.disagreed) == 0 {
		return wrapped("POLICY: ", "the server does what the policy says ("+scope+").")
	}
	b.WriteString(wrapped("POLICY: ", "the server does not do what the policy says ("+scope+")."))
	var kinds []disagreement // without their origins
	whose := make(map[disagreement][]string)
	for _, d := range c.disagreed {
		kind := d
		kind.Origin = ""
		if whose[kind] == nil {
			kinds = append(kinds, kind)
		}
		whose[kind] = append(whose[kind], d.Origin)
	}
	slices.SortStableFunc(kinds, func(x, y disagreement) int {
		switch {
		case x.Looser == y.Looser:
			return 0
		case x.Looser:
			return -1
		}
		return 1
	})
	for _, kind := range kinds {
		mark := "stricter: "
		if kind.Looser {
			mark = "LOOSER: "
		}
		b.WriteString("\n" + wrapped(mark, "a page "+kind.Action+":"))
		b.WriteString(wrapped("  policy: ", kind.Policy))
		b.WriteString(wrapped("  server: ", kind.Server))
		for i, origin := range whose[kind] {
			if i == maxNamed {
				fmt.Fprintf(&b, "  and of %d more, which --json lists\n", len(whose[kind])-i)
				break
			}
			heading := "  page of: "
			if i > 0 {
				heading = strings.Repeat(" ", len(heading))
			}
			b.WriteString(wrapped(heading, origin))
		}
	}
	return b.String()
}

// exchange shows the parts of a request and its response that matter for CORS.
func exchange(e browser.Exchange) string {
	var b strings.Builder
	for _, line := range requestLines(e) {
		b.WriteString(folded("> " + escaped(line)))
	}
	if e.Status == 0 {
		b.WriteString("< (no response)\n")
	} else {
		fmt.Fprintf(&b, "< %d\n", e.Status)
	}
	for _, f := range e.Header {
		if relevant(f.Name) {
			b.WriteString(folded(escaped("< " + f.Name + ": " + withoutUserinfo(f.Value))))
		}
	}
	return b.String()
}

func relevant(name string) bool {
	name = strings.ToLower(name)
	return name == "origin" || name == "vary" || name == "location" || strings.HasPrefix(name, "access-control-")
}

// requestLines returns the lines of a request that matter for CORS, with "…" for
// credentials.
func requestLines(e browser.Exchange) []string {
	first, rest, _ := strings.Cut(e.Request, "\r\n")
	lines := []string{first}
	for line := range strings.SplitSeq(rest, "\r\n") {
		switch name, _, _ := strings.Cut(line, ":"); {
		case strings.EqualFold(name, "Cookie"), strings.EqualFold(name, "Authorization"):
			lines = append(lines, name+": …")
		case relevant(name):
			lines = append(lines, line)
		}
	}
	return lines
}

// folded breaks a long header line after blanks and commas. It does not change its text.
func folded(line string) string {
	const indent = "    "
	var b strings.Builder
	for room := width; len(line) > room; room = width - len(indent) {
		at := strings.LastIndexAny(line[:room], " ,") + 1
		if at <= len("> ") {
			break // one long word
		}
		b.WriteString(strings.TrimRight(line[:at], " ") + "\n" + indent)
		line = line[at:]
	}
	return b.String() + line + "\n"
}

// words splits a line where it may be broken. Other white space, such as a no-break space
// at the end of an origin, stays part of its word, so it is escaped and visible.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' })
}

// hanging breaks a line at blanks, and indents the continuation.
func hanging(line string) string {
	var b strings.Builder
	length := 0
	for i, word := range words(line) {
		word = escaped(word)
		switch {
		case i == 0:
		case length+1+len(word) > width:
			b.WriteString("\n    ")
			length = 4
		default:
			b.WriteString(" ")
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	return b.String() + "\n"
}

// wrapped breaks text at blanks, below a heading.
func wrapped(heading, text string) string {
	var b strings.Builder
	indent, length := strings.Repeat(" ", len(heading)), len(heading)
	b.WriteString(heading)
	for i, word := range words(text) {
		word = escaped(word)
		switch {
		case i == 0:
		case length+1+len(word) > width:
			b.WriteString("\n" + indent)
			length = len(indent)
		default:
			b.WriteString(" ")
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	return b.String() + "\n"
}
