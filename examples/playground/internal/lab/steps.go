package lab

import (
	"fmt"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// Step is an action or a check of a browser on its way to the response.
type Step struct {
	Title    string   `json:"title"`
	State    string   `json:"state"` // "ok", "fail", "skipped" or "info"
	Text     string   `json:"text"`
	Detail   Detail   `json:"detail"`
	Request  []string `json:"request,omitempty"` // the head that is sent
	Response []string `json:"response,omitempty"`
}

// Detail names the place where a step is specified.
type Detail struct {
	Section string `json:"section"`
	URL     string `json:"url"`
}

// The states of a Step.
const (
	ok      = "ok"
	failed  = "fail"
	skipped = "skipped"
	info    = "info"
)

// section is a place of the Fetch standard.
func section(name, anchor string) Detail {
	return Detail{"Fetch, " + name, "https://fetch.spec.whatwg.org/#" + anchor}
}

// walk writes the steps of a call.
type walk struct {
	call  Call
	v     browser.Verdict
	steps []Step
	over  bool // a step has failed, so later steps do not happen
}

// steps returns the browser's steps, in its order.
func steps(c Call, v browser.Verdict) []Step {
	w := &walk{call: c, v: v}
	if !w.mayAsk() {
		return w.steps
	}
	if w.sameOrigin() {
		w.exchange(false)
		w.reads()
		return w.steps
	}
	if w.asksFirst() {
		w.exchange(true)
		w.checkPreflight()
	}
	w.exchange(false)
	w.checkResponse()
	w.reads()
	return w.steps
}

func (w *walk) add(s Step) {
	if w.over && s.State != skipped {
		s.State = skipped
	}
	w.steps = append(w.steps, s)
	w.over = w.over || s.State == failed
}

// check adds a check. It fails if the verdict's code names it.
func (w *walk) check(title string, detail Detail, passed, refused string, codes ...browser.Code) {
	state, text := ok, passed
	for _, code := range codes {
		if w.v.Code == code {
			state, text = failed, refused
		}
	}
	if w.over {
		state, text = skipped, "Not looked at any more."
	}
	w.add(Step{Title: title, State: state, Text: text, Detail: detail})
}

// mayAsk has the checks that browsers make before they send anything.
func (w *walk) mayAsk() bool {
	if w.v.Allowed || len(w.v.Exchanges) > 0 {
		return true
	}
	detail := section(w.v.Section, "fetch-method")
	switch {
	case strings.Contains(w.v.Message, "Mixed Content"):
		detail = Detail{"Mixed Content, should fetching request be blocked?", "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch"}
	case strings.Contains(w.v.Message, "refuse the port"):
		detail = section("port blocking", "port-blocking")
	}
	w.add(Step{Title: "May the page ask at all?", State: failed, Text: "No. The browser sends nothing: " + w.v.Message, Detail: detail})
	return false
}

func (w *walk) sameOrigin() bool {
	target, _ := browser.OriginOf(w.call.URL)
	same := target == w.call.Origin
	text := fmt.Sprintf("Yes: the page is of %s, and the URL is of %s.", w.call.Origin, target)
	if same {
		text = fmt.Sprintf("No: both are %s. CORS does not apply, and no policy is needed.", target)
	} else if w.call.Origin == "null" {
		text = "Yes: the page has the opaque origin null, which is no server's."
	}
	w.add(Step{Title: "Is it another origin?", State: info, Text: text, Detail: section("main fetch, step 12", "concept-main-fetch")})
	return same
}

// asksFirst says whether there is a preflight, and why.
func (w *walk) asksFirst() bool {
	_, asked := exchange(w.v, true)
	method, unsafe := w.call.method(), w.call.unsafe()
	text := fmt.Sprintf("No: %s needs no question, and neither do the headers.", method)
	if asked {
		var why []string
		if !browser.SafelistedMethod(method) {
			why = append(why, method+" is not one of GET, HEAD and POST")
		}
		for _, name := range unsafe {
			why = append(why, w.whyUnsafe(name))
		}
		if len(why) == 0 {
			why = append(why, "a header's value is not one that forms send")
		}
		text = "Yes: " + strings.Join(why, "; ") + "."
	}
	w.add(Step{Title: "Does the browser ask first?", State: info, Text: text, Detail: section("main fetch, step 12", "concept-main-fetch")})
	return asked
}

// whyUnsafe says why a header causes a preflight.
func (w *walk) whyUnsafe(name string) string {
	for _, pair := range w.call.Headers {
		if !strings.EqualFold(pair[0], name) {
			continue
		}
		switch name {
		case "accept", "accept-language", "content-language", "content-type", "range":
			return "the value " + quotedJSON(shortened(pair[1])) + " of " + name + " is not one that is always safe"
		}
	}
	return "the script sets the header " + name
}

// exchange is a request and its response.
func (w *walk) exchange(preflight bool) {
	title, detail := "The request", section("HTTP fetch", "concept-http-fetch")
	if preflight {
		title, detail = "The preflight", section("CORS-preflight fetch", "cors-preflight-fetch")
	}
	x, sent := exchange(w.v, preflight)
	if !sent {
		w.add(Step{Title: title, State: skipped, Text: "It is never sent.", Detail: detail})
		return
	}
	text := fmt.Sprintf("The server answers %d.", x.Status)
	if preflight {
		text = fmt.Sprintf("The browser asks what the server allows. It sends no cookies. The answer is %d.", x.Status)
	}
	w.add(Step{Title: title, State: info, Text: text, Detail: detail, Request: requestLines(x), Response: responseLines(x)})
}

// checkPreflight has the checks of the preflight's answer, in the standard's order.
func (w *walk) checkPreflight() {
	x, _ := exchange(w.v, true)
	w.checkOrigin(x, "the preflight's answer", browser.PreflightMissingAllowOriginHeader, browser.PreflightWildcardOriginNotAllowed, browser.PreflightMultipleAllowOriginValues,
		browser.PreflightInvalidAllowOriginValue, browser.PreflightAllowOriginMismatch)
	w.checkCredentials(x, "the preflight's answer", browser.PreflightInvalidAllowCredentials)
	detail := section("CORS-preflight fetch, step 7", "cors-preflight-fetch")
	w.check("Is the preflight's status ok?", detail, fmt.Sprintf("Yes: %d is between 200 and 299.", x.Status),
		fmt.Sprintf("No: %d is not between 200 and 299.", x.Status), browser.PreflightInvalidStatus)
	method := w.call.method()
	allowed := value(x, "Access-Control-Allow-Methods")
	passed := fmt.Sprintf("Yes: %s is in Access-Control-Allow-Methods: %s.", method, allowed)
	if browser.SafelistedMethod(method) {
		passed = method + " is always allowed."
	}
	w.check("Is the method allowed?", detail, passed, fmt.Sprintf("No: %s is not in Access-Control-Allow-Methods (%s).", method, orNothing(allowed)), browser.MethodDisallowedByPreflightResponse, browser.InvalidAllowMethodsPreflightResponse)
	allowed = value(x, "Access-Control-Allow-Headers")
	passed = "The script sets no header that has to be allowed."
	if asked := value(browser.Exchange{Header: requestFields(x)}, "Access-Control-Request-Headers"); asked != "" {
		passed = fmt.Sprintf("Yes: %s, by Access-Control-Allow-Headers: %s.", asked, allowed)
	}
	w.check("Are the headers allowed?", detail, passed, fmt.Sprintf("No: %s is not in Access-Control-Allow-Headers (%s).", w.v.Parameter, orNothing(allowed)), browser.HeaderDisallowedByPreflightResponse, browser.InvalidAllowHeadersPreflightResponse)
}

// checkResponse is the CORS check of the response itself.
func (w *walk) checkResponse() {
	x, _ := exchange(w.v, false)
	w.checkOrigin(x, "the response", browser.MissingAllowOriginHeader, browser.WildcardOriginNotAllowed, browser.MultipleAllowOriginValues,
		browser.InvalidAllowOriginValue, browser.AllowOriginMismatch)
	w.checkCredentials(x, "the response", browser.InvalidAllowCredentials)
}

func (w *walk) checkOrigin(x browser.Exchange, of string, codes ...browser.Code) {
	got := value(x, "Access-Control-Allow-Origin")
	refused := fmt.Sprintf("No: Access-Control-Allow-Origin is %s.", got)
	switch got {
	case "":
		refused = "No: there is no Access-Control-Allow-Origin."
	case "*":
		refused = "No: * is for requests without credentials, and this one has the mode include."
	}
	w.check("Does "+of+" allow the page's origin?", section("CORS check", "concept-cors-check"),
		fmt.Sprintf("Yes: Access-Control-Allow-Origin is %s.", got), refused, codes...)
}

func (w *walk) checkCredentials(x browser.Exchange, of string, codes ...browser.Code) {
	if w.call.credentials() != browser.Include {
		return
	}
	w.check("Does "+of+" allow credentials?", section("CORS check", "concept-cors-check"),
		"Yes: Access-Control-Allow-Credentials is true.",
		fmt.Sprintf("No: Access-Control-Allow-Credentials is %s, and must be true.", orNothing(value(x, "Access-Control-Allow-Credentials"))), codes...)
}

// reads says what the script can read.
func (w *walk) reads() {
	detail := section("CORS filtered response", "concept-filtered-response-cors")
	const title = "What may the page read?"
	if !w.v.Allowed {
		w.add(Step{Title: title, State: skipped, Text: "Nothing. The script gets a TypeError, and learns neither the status nor the reason.", Detail: detail})
		return
	}
	var reads, hidden []string
	for _, f := range w.v.Header {
		if !framing(f.Name) {
			reads = append(reads, f.Name)
		}
	}
	x, _ := exchange(w.v, false)
	for _, f := range x.Header {
		name := strings.ToLower(f.Name)
		if _, readable := w.v.Get(name); !readable && !framing(name) && !strings.HasPrefix(name, "access-control-") && name != "vary" {
			hidden = append(hidden, name)
		}
	}
	text := fmt.Sprintf("The status %d and the body.", w.v.Status)
	if len(reads) > 0 {
		text = fmt.Sprintf("The status %d, the body, and the headers %s.", w.v.Status, strings.Join(reads, ", "))
	}
	if len(hidden) > 0 {
		text += " It does not see " + strings.Join(hidden, ", ") + ": exposeHeaders does not list them."
	}
	w.add(Step{Title: title, State: ok, Text: text, Detail: detail})
}

// framing reports whether a header describes only the message or connection.
func framing(name string) bool {
	switch strings.ToLower(name) {
	case "connection", "content-length", "date", "transfer-encoding":
		return true
	}
	return false
}

// requestLines returns the lines of a head that matter to the server.
func requestLines(x browser.Exchange) []string {
	var lines []string
	for i, line := range strings.Split(strings.TrimSpace(x.Request), "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		if i == 0 || !framing(name) {
			lines = append(lines, line)
		}
	}
	return lines
}

func requestFields(x browser.Exchange) (all []browser.Field) {
	for _, line := range requestLines(x) {
		if name, content, found := strings.Cut(line, ":"); found && !strings.Contains(name, " ") { // the request line has blanks
			all = append(all, browser.Field{Name: name, Value: strings.TrimSpace(content)})
		}
	}
	return all
}

func responseLines(x browser.Exchange) []string {
	first, _, _ := strings.Cut(x.Response, "\r\n")
	lines := []string{first}
	for _, f := range x.Header {
		if !framing(f.Name) {
			lines = append(lines, f.Name+": "+f.Value)
		}
	}
	return lines
}

// value is a header of a response, its lines joined.
func value(x browser.Exchange, name string) string {
	var values []string
	for _, f := range x.Header {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return strings.Join(values, ", ")
}

func orNothing(s string) string {
	if s == "" {
		return "there is none"
	}
	return s
}
