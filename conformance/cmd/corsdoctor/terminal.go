package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"
)

// terminal is the program's input and output. It escapes text from others before it reaches
// a terminal.
type terminal struct {
	in            io.Reader
	out, problems safeWriter
	documents     io.Writer // out without escaping
	hides         bool      // user names and passwords in URLs are printed as "…"
	failed        error     // the first write error
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

// isTerminal reports whether the output goes to a terminal.
func isTerminal(to io.Writer) bool {
	file, ok := to.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// coloured reports whether the terminal supports colours and the user wants them
// (no-color.org).
func coloured() bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && os.Getenv("TERM") != ""
}

// print writes text.
func (t *terminal) print(text string) { t.write(t.out, text) }

// annotate writes workflow commands, one per line. No text from others can begin a line.
func (t *terminal) annotate(commands string) {
	t.write(safeWriter{out: t.out.out, commands: true}, commands)
}

// raw writes a document that the user gave, with the repairs. It escapes only for a
// terminal.
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

// fail prints why there is no result.
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

// printJSON writes a document. It is ASCII, so it contains nothing that a terminal would
// obey.
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

// colours adds colour to the words at the beginning of a line that a reader looks for. It
// comes after the escaping of foreign text.
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

// Write adds colours. It must get whole texts.
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
