package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// width is that of a terminal that nobody has widened.
const width = 80

// maxNamed is how many origins the report names of each disagreement.
const maxNamed = 8

// report is what the program prints.
func report(r *result) string {
	var b strings.Builder
	v := r.verdict
	if v.Allowed {
		b.WriteString(wrapped("ALLOWED: ", fmt.Sprintf("a page of %s gets the response, status %d.", r.client.Origin, v.Status)))
	} else {
		b.WriteString(wrapped("BLOCKED: ", v.Console))
		b.WriteString(wrapped("  rule: ", "Fetch, "+v.Section))
		if fix := advice(v.Code, r.client.Origin); fix != "" {
			b.WriteString(wrapped("  fix: ", fix))
		}
	}
	for _, e := range v.Exchanges {
		b.WriteString("\n" + exchange(e))
	}
	if r.probe && len(r.findings) == 0 {
		b.WriteString("\nNothing else is wrong, as far as other requests show.\n")
	}
	for _, f := range r.findings {
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

// report says where policy and server do not agree, with the origins of each
// disagreement together, and first those by which a page gets more than it should.
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
				fmt.Fprintf(&b, "  and of %d more, which -json lists\n", len(whose[kind])-i)
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

// exchange shows what of a request and its response CORS looks at.
func exchange(e browser.Exchange) string {
	var b strings.Builder
	first, rest, _ := strings.Cut(e.Request, "\r\n")
	b.WriteString(folded("> " + first))
	for line := range strings.SplitSeq(rest, "\r\n") {
		if name, _, _ := strings.Cut(line, ":"); relevant(name) {
			b.WriteString(folded("> " + line))
		}
	}
	fmt.Fprintf(&b, "< %d\n", e.Status)
	for _, f := range e.Header {
		if relevant(f.Name) {
			b.WriteString(folded(visible("< " + f.Name + ": " + f.Value)))
		}
	}
	return b.String()
}

func relevant(name string) bool {
	name = strings.ToLower(name)
	return name == "origin" || name == "vary" || name == "location" || strings.HasPrefix(name, "access-control-")
}

// visible is a line that comes from a server, and is to do nothing to the terminal.
func visible(line string) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprintf("%q", line), `"`), `\"`, `"`)
}

// folded is a line of a head, broken after blanks and commas where it is too long, and
// otherwise as it is.
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

// wrapped breaks text at blanks, below a heading.
func wrapped(heading, text string) string {
	var b strings.Builder
	indent, length := strings.Repeat(" ", len(heading)), len(heading)
	b.WriteString(heading)
	for i, word := range strings.Fields(text) {
		word = visible(word)
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
