package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/internal/rawserver"
)

// obeyed matches what CI runners would obey in a step's log: GitHub's commands at the
// beginning of a line, after blanks, and in their old form anywhere; Azure's and TeamCity's
// anywhere.
var obeyed = regexp.MustCompile(`(?m)^\s*::|##(\[|vso\[|teamcity\[)`)

// Nothing in a policy, a git revision, a pasted text or a server's response is a command to
// the CI runner that shows the log. Words of every length are tried, so that each begins a
// line somewhere.
func TestNoCommandsToRunners(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for n := range 90 {
		command := strings.Repeat("b", n) + " ::stop-commands::x ##[error]x ##vso[task.setvariable variable=a]b"
		element, _ := json.Marshal(command)
		policy := write(t, folder, "faulty.yaml", `{"`+command+`": {"allowOrigins": [`+string(element)+`]}}`)
		fine := write(t, folder, "fine.yaml", `{"`+command+`": {"allowOrigins": ["https://a.example"]}}`)
		none := write(t, folder, "none.yaml", `{"a": {"allowOrigins": ["https://a.example"]}}`)
		target := rawserver.Start(t, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: "+command+"\r\nVary: "+command+"\r\n\r\n", "")
		for _, args := range [][]string{
			{"check", policy}, {"check", "--json", policy}, {"check", "--fix", "--dry-run", policy},
			{"diff", none, fine}, {"diff", "--json", none, fine}, {"diff", "x:" + command, fine},
			{"explain", policy, "--origin", "https://a.example"}, {"explain", fine, "--name", "x", "--origin", "https://a.example"},
			{"explain", fine, "--origin", "https://a.example", "--method", command},
			{"--probe=false", target}, {"--probe=false", "--json", target}, {"--header", command, target}, {command},
		} {
			_, out, problems := doctor(t, args...)
			if found := obeyed.FindString(out + "\n" + problems); found != "" {
				t.Fatalf("%q: %q in:\n%s%s", args, found, out, problems)
			}
		}
		for _, args := range [][]string{{"check", "--format", "github", policy}, {"diff", "--format", "github", none, fine}} {
			_, out, _ := doctor(t, args...)
			for line := range strings.Lines(out) {
				if !regexp.MustCompile(`^::(error|warning|notice) file=`).MatchString(line) {
					t.Fatalf("%q: %q", args, line)
				}
			}
		}
	}
}

// An escaped text in a JSON document has the same value when it is read.
func TestEscapedJSONIsReadAsItWas(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"##[a]", "###", "####", "#", `\##`, "é#\U0001f600##"} {
		document, _ := json.Marshal(text)
		var read string
		if err := json.Unmarshal(asciiJSON(document), &read); err != nil || read != text || strings.Contains(string(asciiJSON(document)), "##") {
			t.Errorf("%q: %s: %v", text, asciiJSON(document), err)
		}
	}
}

// White space other than a blank is made visible, because it may be all that is wrong with
// an origin.
func TestStrangeBlanksAreSeen(t *testing.T) {
	t.Parallel()
	for blank, seen := range map[string]string{"\u00a0": `\u00a0`, "\u2003": `\u2003`, "\u3000": `\u3000`, "\u0085": `\u0085`, "\u200b": `\u200b`, "\v": `\x0b`} {
		target := rawserver.Start(t, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://app.example.com"+blank+"\r\nConnection: close\r\n\r\n", "")
		if _, out, problems := doctor(t, "--probe=false", target); strings.Count(out, "https://app.example.com"+seen) < 2 {
			t.Errorf("%q is not seen: %s%s", blank, out, problems)
		}
	}
}
