package pasted

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxLength is the longest text that Parse reads, in bytes.
const MaxLength = 1 << 20

// Text is the content of a pasted text. It has a request, messages, or both: first the
// request, then the console's lines.
type Text struct {
	Request  *Request // nil if there is no request
	Messages []Message
}

// Parse reads a pasted text. The error says what Parse does not understand.
func Parse(text string) (Text, error) {
	if len(text) > MaxLength {
		return Text{}, fmt.Errorf("the text is longer than %d KiB", MaxLength>>10)
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case text == "":
		return Text{}, errors.New("the text is empty")
	case hasWord(text, "curl"), hasWord(text, "curl.exe"):
		request, rest, err := parseCurl(text)
		return withRest(request, rest, err)
	case strings.HasPrefix(text, "fetch("), strings.HasPrefix(text, "await fetch("):
		request, rest, err := parseFetch(text)
		return withRest(request, rest, err)
	}
	messages := parseMessages(text)
	if len(messages) == 0 { // a mail or a terminal has broken the line
		messages = parseMessages(strings.Join(strings.Fields(text), " "))
	}
	if len(messages) == 0 {
		return Text{}, unknown(text)
	}
	return Text{Messages: messages}, nil
}

const (
	csp   = "the page's own Content-Security-Policy blocks the request, not CORS: add the URL's origin to its connect-src"
	mixed = "an https page requests an http URL, which browsers block before CORS: serve the API with https"
)

// others are parts of what consoles say of requests that something else than CORS blocks,
// in lower case, and what to do.
var others = [][2]string{
	{"content-security-policy:", csp},
	{"content security policy", csp},
	{"mixed content", mixed},
	{"mixed active content", mixed},
	{"must be served over https", mixed},
	{"err_blocked_by_response", "the header Cross-Origin-Resource-Policy of the response blocks it, not CORS: send cross-origin in it, or request with CORS"},
	{"cross-origin read blocking", "the script requests without CORS, so the browser hides the response: request with CORS, without mode: 'no-cors'"},
	{"err_blocked_by_client", "an extension of the browser, such as an ad blocker, blocks the request, not CORS"},
	{"err_unsafe_port", "browsers refuse to connect to this port, whatever the server sends: serve the API at another port"},
	{"err_cert_", "the browser refuses the server's certificate, before CORS: install one that it trusts"},
	{"err_connection_", "there is no connection to the server, so CORS is not the cause: check address, port and firewall"},
	{"err_name_not_resolved", "the host's name has no address, so CORS is not the cause: check the URL"},
	{"err_too_many_redirects", "the server's redirects do not end, so CORS is not the cause: request the URL that answers"},
	{"websocket connection to", "CORS does not apply to WebSockets: the server refuses the handshake, or there is no connection"},
}

// unknown says what kind of text it is that Parse cannot read, if it can recognize it.
func unknown(text string) error {
	const instead = `use "Copy as cURL (bash)" or "Copy as fetch"`
	lower := strings.ToLower(text[:min(len(text), 1<<10)])
	for _, other := range others {
		if strings.Contains(lower, other[0]) {
			return errors.New(other[1])
		}
	}
	switch {
	case strings.HasPrefix(lower, "$session") || strings.Contains(lower, "invoke-webrequest") || strings.Contains(lower, "invoke-restmethod"):
		return errors.New("the text is for PowerShell: " + instead)
	case strings.HasPrefix(lower, "{") && strings.Contains(lower, `"log"`):
		return errors.New("the text is a HAR file: " + instead + " for one request")
	case strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://"):
		return errors.New("the text is a URL and says nothing of the request: " + instead)
	case strings.Contains(lower, "failed to fetch"), strings.Contains(lower, "networkerror when"), strings.Contains(lower, "load failed"),
		strings.Contains(lower, "network error"), strings.Contains(lower, "net::err_failed"):
		return errors.New("the text says only that the request failed: copy the console's line that names CORS, or " + instead)
	case strings.Contains(lower, "cors") || strings.Contains(lower, "access-control-"):
		return errors.New("the text is about CORS, but no browser writes it so in English: copy the whole line of the console, or " + instead)
	case strings.HasPrefix(lower, "$ curl") || strings.HasPrefix(lower, "> curl") || strings.HasPrefix(lower, "`"):
		return errors.New("the text does not begin with curl or fetch(: remove what is before it")
	}
	return errors.New(`the text is neither a request ("Copy as cURL", "Copy as fetch") nor a console's message about CORS`)
}

// outside says what is wrong with the first character of text, which is between the words
// of a command.
func outside(text string) error {
	r, _ := utf8.DecodeRuneInString(text)
	switch {
	case (r == ';' || r == '&') && strings.Contains(text, "curl"):
		return errors.New(`the text has several commands ("Copy all as cURL"): paste one command`)
	case r == '"':
		return errors.New(`the command has double quotes, which DevTools writes for Windows alone, as ^": use "Copy as cURL (bash)" or "Copy as fetch"`)
	case strings.ContainsRune("\u2018\u2019\u201c\u201d\u00a0", r):
		return fmt.Errorf("the command has the character %q: another program has changed its quotes or blanks; copy it again from DevTools", r)
	}
	return fmt.Errorf("the command has %q outside quotes, which DevTools does not write: paste one command", r)
}

// withRest adds the text after a request: messages of the console, or nothing.
func withRest(request *Request, rest string, err error) (Text, error) {
	if err != nil {
		return Text{}, err
	}
	t := Text{Request: request}
	if rest = strings.TrimSpace(rest); rest != "" {
		if t.Messages = parseMessages(rest); len(t.Messages) == 0 {
			return Text{}, fmt.Errorf("the text goes on after the request, with %s; paste one request", quoted(rest))
		}
	}
	return t, nil
}

// hasWord reports whether text begins with a word and white space.
func hasWord(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	return ok && rest != "" && strings.ContainsRune(" \t\r\n", rune(rest[0]))
}

// quoted returns the beginning of a text, for an error.
func quoted(text string) string {
	const most = 40
	if len(text) > most {
		return fmt.Sprintf("%.*q…", most, text)
	}
	return fmt.Sprintf("%q", text)
}
