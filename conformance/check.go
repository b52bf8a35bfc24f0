package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Exchange is a request of a case, and the application's responses with the adapter and
// without it.
type Exchange struct {
	Request  []byte
	Response Response // with the adapter
	Baseline Response // without
	By       Answerer
}

// Answerer says who must answer a request.
type Answerer uint8

// The answerers.
const (
	ByAdapter Answerer = iota // the adapter answers, and no handler runs
	ByApp                     // the application answers, with CORS headers
	ByServer                  // the server refuses the request before any middleware sees it
)

// refused reports whether the server itself, without the adapter, refuses the request
// before any middleware sees it.
func (e Exchange) refused() bool {
	switch e.Baseline.Status {
	case 400, 408, 413, 414, 431, 501, 505:
		return !e.Baseline.Ran
	}
	return false
}

// problems compares a response with the required one. It returns a line for each
// difference, or an empty string.
func (w want) problems(e Exchange) string {
	var p problemList
	switch e.By {
	case ByAdapter:
		w.checkAnswer(&p, e.Response)
	case ByApp:
		w.checkApp(&p, e)
	case ByServer:
		w = want{}
		w.checkApp(&p, e)
	}
	isCORS := func(f Field) bool { return isCORSField(f.Name) }
	p.lines(keep(w.fields, isCORS), keep(e.Response.Fields, isCORS), "missing", "not wanted")
	for _, f := range w.fields {
		if !isCORSField(f.Name) && !slices.Contains(e.Response.Lines(f.Name), f.Value) {
			p.add("- %s (missing)", f)
		}
	}
	return p.String()
}

// checkApp compares the application's answer with its answer without CORS. Only the CORS
// fields may differ.
func (w want) checkApp(p *problemList, e Exchange) {
	got, base := e.Response, e.Baseline
	if w.status != 0 && (base.Status != w.status || !base.Ran) {
		p.add("! without CORS the application's handler must answer %d, and the answer is %d (handler ran: %t): see Start",
			w.status, base.Status, base.Ran)
	}
	if got.Status != base.Status {
		p.add("! status %d, and without CORS %d", got.Status, base.Status)
	}
	if got.Ran != base.Ran {
		p.add("! handler ran: %t, and without CORS: %t", got.Ran, base.Ran)
	}
	body := base.Body
	if w.body != nil {
		body = *w.body
	}
	if got.Body != body {
		p.add(`! body "%s", want "%s"`, visible(got.Body), visible(body))
	}
	isOwn := func(f Field) bool { return !isCORSField(f.Name) && !strings.EqualFold(f.Name, "Date") }
	p.lines(keep(base.Fields, isOwn), keep(got.Fields, isOwn), "missing, and there without CORS", "not there without CORS")
}

// checkAnswer checks an answer of the adapter itself: it has only a status and CORS
// fields, and no handler ran.
func (w want) checkAnswer(p *problemList, got Response) {
	if got.Status != w.status {
		p.add("! status %d, want %d", got.Status, w.status)
	}
	if got.Ran {
		p.add("! a handler ran, and none may")
	}
	if got.Body != "" {
		p.add(`! body "%s", want none`, visible(got.Body))
	}
	for _, f := range got.Fields {
		switch name := strings.ToLower(f.Name); {
		case isCORSField(name), name == "date", name == "server", name == "connection", name == "keep-alive":
		case name == "content-length" && got.Status != 204: // RFC 9110, section 8.6: a 204 has no Content-Length
		default:
			p.add("+ %s (not wanted in an answer without content)", f)
		}
	}
}

// isCORSField separates the fields of the CORS protocol, and Vary, from the application's
// own fields.
func isCORSField(name string) bool {
	name = strings.ToLower(name)
	return name == "vary" || strings.HasPrefix(name, "access-control-")
}

func keep(fields []Field, ok func(Field) bool) []Field {
	var kept []Field
	for _, f := range fields {
		if ok(f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// problemList collects differences in the style of a diff: "-" for what is missing, "+"
// for what is present but not wanted, "!" for everything else.
type problemList struct{ strings.Builder }

func (p *problemList) add(format string, args ...any) {
	fmt.Fprintf(&p.Builder, "    "+format+"\n", args...)
}

// lines compares fields without regard to their order, because servers write fields in
// different orders. It compares every line, duplicates included.
func (p *problemList) lines(wanted, got []Field, missing, unwanted string) {
	left := slices.Clone(got)
	for _, f := range wanted {
		i := slices.IndexFunc(left, func(g Field) bool { return strings.EqualFold(f.Name, g.Name) && f.Value == g.Value })
		if i < 0 {
			p.add("- %s (%s)", visible(f.String()), missing)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, f := range left {
		p.add("+ %s (%s)", visible(f.String()), unwanted)
	}
}

// visible makes text fit for a message: it escapes bytes that a terminal would not show,
// and cuts text of more than a kilobyte.
func visible(text string) string {
	const most = 300
	quoted := strconv.Quote(text[:min(len(text), most)])
	shown := strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	if len(text) > most {
		shown += fmt.Sprintf("… (%d bytes)", len(text))
	}
	return shown
}
