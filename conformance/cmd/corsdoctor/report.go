package main

import (
	"fmt"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// width is that of a terminal that nobody has widened.
const width = 80

// report is what the program prints.
func report(s *settings, v browser.Verdict, findings []finding) string {
	var b strings.Builder
	if v.Allowed {
		fmt.Fprintf(&b, "ALLOWED: a page of %s gets the response, status %d.\n", s.client.Origin, v.Status)
	} else {
		b.WriteString(wrapped("BLOCKED: ", v.Console))
		fmt.Fprintf(&b, "  rule: Fetch, %s\n", v.Section)
		if fix := advice(v.Code, s.client.Origin); fix != "" {
			b.WriteString(wrapped("  fix: ", fix))
		}
	}
	for _, e := range v.Exchanges {
		b.WriteString("\n" + exchange(e))
	}
	if !s.probe {
		return b.String()
	}
	if len(findings) == 0 {
		b.WriteString("\nNothing else is wrong, as far as other requests show.\n")
	}
	for _, f := range findings {
		mark := "note: "
		if f.danger {
			mark = "DANGER: "
		}
		b.WriteString("\n" + wrapped(mark, f.what+"."))
		b.WriteString(wrapped("  fix: ", f.fix))
	}
	return b.String()
}

// exchange shows what of a request and its response CORS looks at.
func exchange(e browser.Exchange) string {
	var b strings.Builder
	first, rest, _ := strings.Cut(e.Request, "\r\n")
	fmt.Fprintf(&b, "> %s\n", first)
	for line := range strings.SplitSeq(rest, "\r\n") {
		if name, _, _ := strings.Cut(line, ":"); relevant(name) {
			fmt.Fprintf(&b, "> %s\n", line)
		}
	}
	fmt.Fprintf(&b, "< %d\n", e.Status)
	for _, f := range e.Header {
		if relevant(f.Name) {
			b.WriteString(visible("< " + f.Name + ": " + f.Value))
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
	return strings.ReplaceAll(strings.Trim(fmt.Sprintf("%q", line), `"`), `\"`, `"`) + "\n"
}

// wrapped breaks text at blanks, below a heading.
func wrapped(heading, text string) string {
	var b strings.Builder
	indent, length := strings.Repeat(" ", len(heading)), len(heading)
	b.WriteString(heading)
	for i, word := range strings.Fields(text) {
		word = strings.TrimSuffix(visible(word), "\n")
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
