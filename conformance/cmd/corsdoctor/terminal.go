package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"
)

// terminal is what the program reads and writes. Nothing that was written by others
// reaches a terminal as it is.
type terminal struct {
	in            io.Reader
	out, problems safeWriter
	documents     io.Writer // out, for what is written as it is
	hides         bool      // user names and passwords in URLs are printed as "…"
	failed        error     // of the first write that failed
}

func newTerminal(in io.Reader, out, problems io.Writer) *terminal {
	writer := func(to io.Writer) safeWriter {
		if isTerminal(to) && coloured() {
			to = colours{to}
		}
		return safeWriter{out: to}
	}
	t := &terminal{in: in, out: writer(out), problems: writer(problems), documents: out}
	if isTerminal(out) {
		t.documents = t.out
	}
	return t
}

// isTerminal reports whether text is for the eye.
func isTerminal(to io.Writer) bool {
	file, ok := to.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// coloured reports whether a terminal shows colours, and its user wants them (no-color.org).
func coloured() bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && os.Getenv("TERM") != ""
}

// print writes text.
func (t *terminal) print(text string) { t.write(t.out, text) }

// annotate writes workflow commands, one a line, of which no line is of others.
func (t *terminal) annotate(commands string) {
	t.write(safeWriter{out: t.out.out, commands: true}, commands)
}

// raw writes a document that the program was given, with the repairs made: as it is, but
// for a terminal.
func (t *terminal) raw(document []byte) { t.write(t.documents, string(document)) }

// problem writes text that is not the result.
func (t *terminal) problem(text string) { t.write(t.problems, text) }

func (t *terminal) write(to io.Writer, text string) {
	if t.hides {
		text = withoutUserinfo(text)
	}
	if _, err := io.WriteString(to, text); err != nil && t.failed == nil {
		t.failed = err
	}
}

// fail tells why nothing can be said.
func (t *terminal) fail(err error) int {
	var b strings.Builder
	for i, line := range strings.Split(err.Error(), "\n") {
		if i == 0 {
			line = "corsdoctor: " + line
		}
		b.WriteString(hanging(line))
	}
	t.problem(b.String())
	return exitUsage
}

// printJSON writes a document. It is ASCII, so nothing in it is for a terminal to obey.
func (t *terminal) printJSON(document any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return err
	}
	t.print(string(asciiJSON(text.Bytes())))
	return nil
}

// colours writes the words at which a line's reader looks first in colour. It comes after
// all that is foreign has been escaped.
type colours struct{ out io.Writer }

var marks = []struct {
	words  *regexp.Regexp
	colour string
}{
	{regexp.MustCompile(`(?m)^(BLOCKED|DANGER|LOOSER|wider|cause|FAIL|\s+FAIL|-.*)\b:?|\berror:`), "\x1b[31m"},
	{regexp.MustCompile(`(?m)^(likely cause|note|stricter|narrower):|\bwarning:`), "\x1b[33m"},
	{regexp.MustCompile(`(?m)^(ALLOWED|POLICY):|^\s+(ok)\b|^\+.*`), "\x1b[32m"},
	{regexp.MustCompile(`(?m)^  (fix|send|repair|change):`), "\x1b[36m"},
}

// Write colours whole texts: each is written at once.
func (c colours) Write(p []byte) (int, error) {
	text := string(p)
	for _, m := range marks {
		text = m.words.ReplaceAllString(text, m.colour+"$0\x1b[0m")
	}
	if _, err := io.WriteString(c.out, text); err != nil {
		return 0, err
	}
	return len(p), nil
}
