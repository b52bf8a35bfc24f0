package lab

import (
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/pasted"
)

// Pasted is the content of a pasted text.
type Pasted struct {
	Form    string    `json:"form"` // "Copy as cURL (bash)", or "" if the text has no request
	Call    *Call     `json:"call"`
	Console []Message `json:"console"`
	Notes   []string  `json:"notes"`   // parts of the text that are not in the call
	Problem string    `json:"problem"` // what is not understood, or ""
}

// Message is a line of a console.
type Message struct {
	Engine string         `json:"engine"`
	Code   string         `json:"code"`
	Origin string         `json:"origin"`
	URL    string         `json:"url"`
	Causes []MessageCause `json:"causes"`
}

// MessageCause is a possible cause of a line.
type MessageCause struct {
	Title string `json:"title"`
	Cause string `json:"cause"`
	Fix   string `json:"fix"`   // the header lines that the server must send, or ""
	Guide string `json:"guide"` // a page about it, or ""
}

// forms has the menu names of DevTools.
func forms() map[pasted.Form]string {
	return map[pasted.Form]string{
		pasted.CurlBash:  "Copy as cURL (bash)",
		pasted.CurlCmd:   "Copy as cURL (cmd)",
		pasted.Fetch:     "Copy as fetch",
		pasted.FetchNode: "Copy as fetch (Node.js)",
	}
}

// Read reads a request that DevTools has copied, a console's message, or both.
func Read(text string) Pasted {
	p := Pasted{Console: []Message{}, Notes: []string{}}
	read, err := pasted.Parse(text)
	if err != nil {
		p.Problem = err.Error()
		return p
	}
	if r := read.Request; r != nil {
		p.Form = forms()[r.Form]
		p.Call = pastedCall(r)
		if r.Body != "" {
			p.Notes = append(p.Notes, "The body is left out: CORS does not look at it.")
		}
		if r.Mode == browser.ModeNoCORS {
			p.Notes = append(p.Notes, "The copied request has the mode no-cors, in which no page reads the response. Here it is judged in the mode cors.")
		}
		if r.Origin == "" {
			p.Notes = append(p.Notes, "The text does not say which page made the request: write its origin.")
		}
	}
	messages := merged(read.Messages)
	for _, m := range messages {
		p.Console = append(p.Console, message(m, p.Call))
	}
	if p.Call == nil && len(messages) > 0 { // the message knows part of it
		p.Call = messageCall(messages[0])
		if messages[0].Origin == "" {
			p.Notes = append(p.Notes, "The message does not say which page made the request: write its origin.")
		}
	}
	return p
}

// merged returns the messages of a console without repetitions. WebKit writes the reason in
// one line, the URL in the next, and the reason again in a third.
func merged(messages []pasted.Message) []pasted.Message {
	var list []pasted.Message
	for _, m := range messages {
		if n := len(list); n > 0 && len(m.Codes) == 0 && m.Engine == "webkit" && list[n-1].Engine == "webkit" && list[n-1].URL == "" {
			list[n-1].URL = m.URL
			continue
		}
		if !slices.ContainsFunc(list, func(other pasted.Message) bool {
			return slices.Equal(other.Codes, m.Codes) && other.Engine == m.Engine && other.Origin == m.Origin && other.Value == m.Value &&
				(m.URL == "" || m.URL == other.URL)
		}) {
			list = append(list, m)
		}
		if len(list) == maxMessages {
			break
		}
	}
	return list
}

// maxMessages is the greatest number of different messages that are explained.
const maxMessages = 20

// pastedCall returns a copied request as a call.
func pastedCall(r *pasted.Request) *Call {
	c := &Call{Origin: r.Origin, URL: r.URL, Method: r.Method, Headers: [][2]string{}, Credentials: string(r.Credentials)}
	if c.Method == "" {
		c.Method = "GET"
	}
	if c.Credentials == "" {
		c.Credentials = string(browser.SameOrigin)
	}
	for _, f := range r.Header {
		c.Headers = append(c.Headers, [2]string{f.Name, f.Value})
	}
	return c
}

// messageCall returns the call of a console's line, with the parts that the line names.
func messageCall(m pasted.Message) *Call {
	if m.URL == "" || m.Origin == "" {
		return nil
	}
	c := &Call{Origin: m.Origin, URL: m.URL, Method: "GET", Headers: [][2]string{}, Credentials: string(browser.SameOrigin)}
	for _, code := range m.Codes {
		switch unprefixed(code) {
		case browser.MethodDisallowedByPreflightResponse:
			c.Method = m.Value
		case browser.HeaderDisallowedByPreflightResponse:
			c.Headers = append(c.Headers, [2]string{m.Value, unsafeValue(m.Value)})
		case browser.WildcardOriginNotAllowed, browser.InvalidAllowCredentials:
			c.Credentials = string(browser.Include)
		}
		if strings.HasPrefix(string(code), "Preflight") && len(m.Codes) == 1 { // there was a preflight, and the line does not say why
			c.Method, c.Headers = "POST", append(c.Headers, [2]string{"Content-Type", "application/json"})
		}
	}
	return c
}

// unsafeValue returns a value of the header that causes a preflight.
func unsafeValue(name string) string {
	switch {
	case strings.EqualFold(name, "content-type"):
		return "application/json"
	case browser.SafelistedRequestHeader(name, "1"):
		return `"1"`
	}
	return "1"
}

// message explains a console's line.
func message(m pasted.Message, c *Call) Message {
	asked := diagnosis.Asked{Origin: m.Origin}
	if c != nil {
		asked = diagnosis.Asked{Origin: c.Origin, Method: c.method(), Headers: c.unsafe(), Credentials: c.credentials() == browser.Include}
	}
	line := Message{Engine: engineName(m.Engine), Origin: m.Origin, URL: m.URL, Causes: []MessageCause{}}
	if len(m.Codes) > 0 {
		line.Code = string(m.Codes[0])
	}
	for _, cause := range diagnosis.OfMessage(m, asked) {
		line.Causes = append(line.Causes, MessageCause{title(string(cause.Kind)), cause.What, strings.Join(cause.Sends, "\n"), guide(string(cause.Kind))})
	}
	return line
}

func engineName(name string) string {
	return map[string]string{"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}[name]
}
