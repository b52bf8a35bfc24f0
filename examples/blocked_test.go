package examples_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/pasted"
)

// The short table of README.md is between these lines.
const (
	blockedBegin = "<!-- blocked: begin -->\n"
	blockedEnd   = "<!-- blocked: end -->\n"
)

// TestBlocked writes the table of README.md, and docs/blocked.md, from
// conformance/diagnosis and the recorded messages of the engines' consoles.
func TestBlocked(t *testing.T) {
	t.Parallel()
	consoles := readConsoles(t)
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(readme), blockedBegin)
	_, after, ended := strings.Cut(rest, blockedEnd)
	require.True(t, found && ended, "README.md has no lines %q and %q", blockedBegin, blockedEnd)
	for file, want := range map[string]string{
		"../README.md":       before + blockedBegin + blockedTable() + blockedEnd + after,
		"../docs/blocked.md": blockedPage(consoles),
	} {
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, want, string(text), "if the change is meant, run: go test ./examples -run TestBlocked -update")
	}
}

// phrases returns the part of Chrome's text to look for, by cause. A cause without an entry
// has no text of its own in Chrome's console.
func phrases() map[diagnosis.Kind]string {
	const (
		missing = "No 'Access-Control-Allow-Origin' header is present"
		status  = "It does not have HTTP ok status"
	)
	return map[diagnosis.Kind]string{
		diagnosis.OriginNotListed: missing, diagnosis.NoCORS: missing, diagnosis.ResponseNotCovered: missing,
		diagnosis.ServerFailed: missing, diagnosis.ProxyFailed: missing, diagnosis.RedirectToLogin: missing,
		diagnosis.PreflightUnanswered: status, diagnosis.AuthenticationFirst: status,
		diagnosis.RedirectSlash:           "Redirect is not allowed for a preflight request",
		diagnosis.RedirectElsewhere:       "Redirect is not allowed for a preflight request",
		diagnosis.MethodNotListed:         "is not allowed by Access-Control-Allow-Methods",
		diagnosis.HeaderNotListed:         "is not allowed by Access-Control-Allow-Headers",
		diagnosis.ListMalformed:           "Cannot parse Access-Control-Allow-Methods",
		diagnosis.WildcardWithCredentials: "must not be the wildcard '*'",
		diagnosis.CredentialsNotAllowed:   "which must be 'true'",
		diagnosis.TwoLayers:               "header contains multiple values",
		diagnosis.OriginMisspelt:          "header contains the invalid value",
		diagnosis.CacheWithoutVary:        "that is not equal to the supplied origin",
		diagnosis.OpaqueOrigin:            "from origin 'null' has been blocked",
		diagnosis.LocalNetwork:            "Permission was denied for this request to access",
		diagnosis.NotAllowedAnywhere:      "Cross origin requests are only supported for protocol schemes",
	}
}

// Each phrase is in a line that Chromium has written for a code that may mean the cause.
func TestBlockedPhrases(t *testing.T) {
	t.Parallel()
	recorded := consoleLines(t, "chromium")
	for kind, phrase := range phrases() {
		assert.True(t, slices.ContainsFunc(recorded, func(l consoleLine) bool {
			means := slices.ContainsFunc(l.codes, func(code browser.Code) bool { return slices.Contains(diagnosis.ByCode(code), kind) })
			return means && strings.Contains(l.line, phrase)
		}), "Chromium does not say %q of %s", phrase, kind)
	}
}

// blockedTable has a row for each cause.
func blockedTable() string {
	var b strings.Builder
	b.WriteString("| Chrome's console says | cause | change |\n|---|---|---|\n")
	kinds := diagnosis.Kinds()
	first := func(kind diagnosis.Kind) int { // causes with the same text are next to each other
		return slices.IndexFunc(kinds, func(other diagnosis.Kind) bool { return phrases()[other] == phrases()[kind] })
	}
	sorted := slices.Clone(kinds)
	slices.SortStableFunc(sorted, func(a, b diagnosis.Kind) int { return first(a) - first(b) })
	for _, kind := range sorted {
		said := "another error, or none"
		if phrase := phrases()[kind]; phrase != "" {
			said = "`" + phrase + "`"
		}
		b.WriteString("| " + said + " | [" + kind.Title() + "](docs/blocked.md#" + string(kind) + ") | " + kind.Fix() + " |\n")
	}
	return b.String()
}

const blockedIntro = `<!-- Written by examples/blocked_test.go: go test ./examples -run TestBlocked -update -->

# Blocked by CORS policy

Find the cause of your browser's CORS error, and what to change. Look up the text in the table, and follow the link. Each cause has
the headers that the server must send, and the change for Crossgate, Express, Flask, Spring, nginx, gin-contrib/cors and PHP.

One text can have several causes. [corsdoctor](../conformance/diagnosis/README.md) tells them apart. It sends the request to your server as
a browser would, and some more requests, and names the cause. [In a clone](../README.md#status), run:

` + "```sh" + `
go run ./conformance/cmd/corsdoctor --origin https://app.example.com --method PUT https://api.example.com/items/1
` + "```" + `

In the examples, a page at ` + "`https://app.example.com`" + ` sends PUT with cookies and the header ` + "`x-token`" + `. In the texts, …
stands for your own values.

## Texts

`

// blockedPage has all texts, and a section for each cause.
func blockedPage(consoles map[browser.Code][3]string) string {
	asked := diagnosis.Asked{Origin: consolePage, Method: "PUT", Headers: []string{"x-token"}, Credentials: true}
	var b strings.Builder
	b.WriteString(blockedIntro + "| Chrome, Edge | Firefox | Safari | cause |\n|---|---|---|---|\n")
	for _, row := range consoleRowsOf(consoles) {
		var causes []string
		for _, kind := range row.kinds {
			causes = append(causes, "["+kind.Title()+"](#"+string(kind)+")")
		}
		b.WriteString("| " + strings.Join(row.said[:], " | ") + " | " + strings.Join(causes, "<br>") + " |\n")
	}
	for _, kind := range diagnosis.Kinds() {
		b.WriteString("\n## " + string(kind) + "\n\n" + diagnosis.Describe(kind, asked).What + "\n\n")
		b.WriteString(causeTexts(kind, consoles) + causeChange(diagnosis.Describe(kind, asked)))
	}
	return b.String() + wholeSettings(diagnosis.Describe(diagnosis.OriginNotListed, asked), diagnosis.Describe(diagnosis.AuthenticationFirst, asked))
}

// saidRow is a text of each console, and the causes that it may have.
type saidRow struct {
	said  [3]string
	kinds []diagnosis.Kind
}

// consoleRowsOf joins the codes for which the consoles have the same texts, those of
// responses and of preflights.
func consoleRowsOf(consoles map[browser.Code][3]string) []saidRow {
	var rows []saidRow
	for _, code := range consoleCodes() {
		i := slices.IndexFunc(rows, func(r saidRow) bool { return r.said == consoles[code] })
		if i < 0 {
			i, rows = len(rows), append(rows, saidRow{said: consoles[code]})
		}
		for _, kind := range diagnosis.ByCode(code) {
			if !slices.Contains(rows[i].kinds, kind) {
				rows[i].kinds = append(rows[i].kinds, kind)
			}
		}
	}
	return rows
}

// causeTexts returns the table of the consoles' texts for a cause.
func causeTexts(kind diagnosis.Kind, consoles map[browser.Code][3]string) string {
	var said [3][]string
	for _, code := range consoleCodes() {
		if !slices.Contains(diagnosis.ByCode(code), kind) {
			continue
		}
		for i, text := range consoles[code] {
			if text != "" && !slices.Contains(said[i], text) {
				said[i] = append(said[i], text)
			}
		}
	}
	if said[0] == nil {
		return ""
	}
	b := "| browser | console |\n|---|---|\n"
	for i, name := range []string{"Chrome, Edge", "Firefox", "Safari"} {
		if said[i] != nil {
			b += "| " + name + " | " + strings.Join(said[i], "<br>") + " |\n"
		}
	}
	return b + "\n"
}

// causeChange says what the server must send, and the change in each system.
func causeChange(c diagnosis.Cause) string {
	b := "**Change:** " + c.Kind.Fix() + ".\n"
	if len(c.Sends) > 0 {
		b += "\nThe server must send:\n\n```http\n" + strings.Join(c.Sends, "\n") + "\n```\n"
	}
	changes := c.Changes()
	if len(changes) == 0 {
		return b
	}
	var actions []diagnosis.Action
	for _, change := range changes {
		if !slices.Contains(actions, change.Action) {
			actions = append(actions, change.Action)
		}
	}
	for _, action := range actions {
		if len(actions) > 1 { // a table for each action
			b += "\n" + strings.ToUpper(string(action[:1])) + string(action[1:]) + ":\n"
		}
		b += "\n| system | change |\n|---|---|\n" + strings.Join(changeRows(changes, action), "")
	}
	if a := changes[0].Action; a == diagnosis.Settings || a == diagnosis.First {
		b += "\nThe whole code: [settings](#settings).\n"
	}
	return b
}

// changeRows returns a row for each system whose line differs from the one before.
func changeRows(changes []diagnosis.Change, action diagnosis.Action) (rows []string) {
	for _, change := range changes {
		if change.Action != action {
			continue
		}
		name, line := change.System, change.Line
		if at := strings.LastIndex(line, " // "); at > 0 && action != diagnosis.First {
			line = line[:at]
		}
		if action != diagnosis.First {
			name, _, _ = strings.Cut(name, " (") // Crossgate's settings are the same in every framework
		}
		code := "`" + strings.ReplaceAll(strings.ReplaceAll(line, "|", `\|`), "\n", "`<br>`") + "`"
		row := "| " + name + " | " + strings.ReplaceAll(code, "`    ", "`") + " |\n"
		if !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// wholeSettings returns the whole code that contains the lines of the changes.
func wholeSettings(settings, first diagnosis.Cause) string {
	b := "\n## settings\n\nPut them first: before authentication, redirects and routes.\n"
	languages := map[string]string{"Express": "js", "Flask": "python", "Spring": "java", "nginx": "nginx", "PHP": "php"}
	before := first.Changes()
	for i, change := range settings.Changes() {
		language := languages[change.System]
		if language == "" {
			language = "go"
		}
		b += "\n### " + change.System + "\n\n```" + language + "\n" + before[i].Code + "\n```\n"
	}
	return b
}

// consoleLine is a line that a console has written.
type consoleLine struct {
	line  string
	codes []browser.Code
	text  string // only the sentence, with … for values
}

func consoleLines(t *testing.T, engine string) []consoleLine {
	t.Helper()
	data, err := os.ReadFile("../conformance/pasted/testdata/console-" + engine + ".txt")
	require.NoError(t, err)
	var all []consoleLine
	for line := range strings.Lines(string(data)) {
		read, err := pasted.Parse(line)
		if err != nil || len(read.Messages) == 0 {
			continue
		}
		m := read.Messages[0]
		all = append(all, consoleLine{line, m.Codes, consoleText(line, m)})
	}
	return all
}

// consoleValue is the part that depends on the request: a URL or a status.
var consoleValue = regexp.MustCompile(`https?://[^\s']*[^\s.']|\b(Status code: )\d+`)

// consoleText returns a line without the values of its request.
func consoleText(line string, m pasted.Message) string {
	line = strings.TrimSpace(line)
	for _, prefix := range []string{"has been blocked by CORS policy: ", "Response to preflight request doesn't pass access control check: ", "(Reason: "} {
		if _, after, ok := strings.Cut(line, prefix); ok {
			line = after
		}
	}
	for _, quotes := range [][2]string{{"'", "'"}, {"‘", "’"}, {"`", "`"}, {"Method ", " is"}, {"field ", " is"}, {"invalid value: ", ""}} {
		line = strings.Replace(line, quotes[0]+m.Value+quotes[1], quotes[0]+"…"+quotes[1], 1)
	}
	line, _, _ = strings.Cut(line, ". Have the server send")
	line = strings.TrimSuffix(consoleValue.ReplaceAllString(strings.Replace(line, ")", "", 1), "$1…"), ".")
	return "`" + strings.ReplaceAll(strings.ReplaceAll(line, "`", "'"), "|", `\|`) + "`"
}

// readConsoles returns the text of each engine, by code: Chromium, Firefox and WebKit.
func readConsoles(t *testing.T) map[browser.Code][3]string {
	t.Helper()
	said := make(map[browser.Code][3]string)
	for i, engine := range []string{"chromium", "firefox", "webkit"} {
		all := consoleLines(t, engine)
		rank := func(l consoleLine) int { // the text with the fewest meanings first, and those only about redirects last
			if strings.HasPrefix(l.line, "Cross-origin redirection") {
				return 100
			}
			return len(l.codes)
		}
		slices.SortStableFunc(all, func(a, b consoleLine) int { return rank(a) - rank(b) })
		for _, l := range all {
			for _, code := range l.codes {
				texts := said[code]
				if texts[i] == "" {
					texts[i] = l.text
					said[code] = texts
				}
			}
		}
	}
	return said
}

// consoleCodes are all codes that Chromium has. The code of a preflight comes after that of
// the response.
func consoleCodes() []browser.Code {
	var all []browser.Code
	for _, code := range []browser.Code{
		browser.MissingAllowOriginHeader, browser.AllowOriginMismatch, browser.InvalidAllowOriginValue, browser.MultipleAllowOriginValues,
		browser.WildcardOriginNotAllowed, browser.InvalidAllowCredentials,
	} {
		all = append(all, code, "Preflight"+code)
	}
	return append(all, browser.PreflightInvalidStatus, browser.PreflightDisallowedRedirect, browser.MethodDisallowedByPreflightResponse,
		browser.HeaderDisallowedByPreflightResponse, browser.InvalidAllowMethodsPreflightResponse, browser.InvalidAllowHeadersPreflightResponse,
		browser.RedirectContainsCredentials, browser.CorsDisabledScheme, browser.LocalNetworkAccessPermissionDenied, browser.InsecureLocalNetwork)
}
