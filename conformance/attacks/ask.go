package attacks

import (
	"net/http"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// Ask is a request of a case to a server.
type Ask struct {
	Method string
	Path   string
	Fields []conformance.Field // including Host

	raw string // if not empty, it is sent instead
}

// host is the Host of requests, unless a case sets another.
const host = "api.example.net"

// Asks returns the requests of the case to a server. A configuration has none. An origin
// has two: an actual request and a preflight.
func (c Case) Asks() []Ask {
	if c.Kind == Config {
		return nil
	}
	a := Ask{Method: c.Sent.Method, Path: c.path(), raw: c.Sent.Raw}
	add := func(name, value text) {
		if c.Sent.Encoding == "latin1" {
			value = latin1(value)
		}
		a.Fields = append(a.Fields, conformance.Field{Name: string(name), Value: string(value)})
	}
	if h := c.Sent.Host; h != "" {
		add("Host", text(h))
	} else if !slices.ContainsFunc(c.Sent.Headers, func(h [2]text) bool { return h[0] == "Host" }) {
		add("Host", host)
	}
	for _, h := range c.Sent.Headers {
		add(h[0], h[1])
	}
	if r := c.Sent.Repeat; r != nil {
		for range r.count {
			add(r.name, r.value)
		}
	}
	if c.Kind != Origin {
		return []Ask{a}
	}
	preflight := a
	preflight.Method = http.MethodOptions
	preflight.Fields = append(slices.Clone(a.Fields), conformance.Field{Name: "Access-Control-Request-Method", Value: http.MethodPut})
	return []Ask{a, preflight}
}

// latin1 returns a string with one byte for each character.
func latin1(s text) text {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return text(b)
}

// path returns the path of the handler that does what the case needs.
func (c Case) path() string {
	if len(c.Sent.HandlerSets) > 0 || c.Sent.HandlerStatus != 0 {
		return "/" + strings.ToLower(c.ID)
	}
	return "/x"
}

// Bytes returns the request as it is sent.
func (a Ask) Bytes() []byte {
	if a.raw != "" {
		return []byte(a.raw)
	}
	var b strings.Builder
	b.WriteString(a.Method + " " + a.Path + " HTTP/1.1\r\n")
	for _, f := range a.Fields {
		b.WriteString(f.String() + "\r\n")
	}
	if a.Method == http.MethodPost || a.Method == http.MethodPut {
		b.WriteString("Content-Length: 0\r\n")
	}
	return []byte(b.String() + "\r\n")
}

// Request returns the values that an adapter reads from the request.
func (a Ask) Request() cors.Request {
	fields := a.Fields
	if a.raw != "" {
		fields = rawFields(a.raw)
	}
	lines := func(name string) string {
		var values []string
		for _, f := range fields {
			if strings.EqualFold(f.Name, name) {
				values = append(values, f.Value)
			}
		}
		return strings.Join(values, ", ") // RFC 9110, section 5.2
	}
	return cors.Request{
		Method: a.Method, Origin: lines("Origin"), Host: lines("Host"), Path: a.Path, FetchSite: lines("Sec-Fetch-Site"),
		RequestMethod: lines("Access-Control-Request-Method"), RequestHeaders: lines("Access-Control-Request-Headers"),
	}
}

// rawFields reads the fields of a request as servers do: a bare LF also ends a line (RFC
// 9112, section 2.2), and folded lines are one line (section 5.2).
func rawFields(raw string) []conformance.Field {
	raw = strings.NewReplacer("\r\n ", " ", "\r\n\t", " ", "\r\n", "\n").Replace(raw)
	head, _, _ := strings.Cut(raw, "\n\n")
	var fields []conformance.Field
	for line := range strings.SplitSeq(head, "\n") {
		if name, value, found := strings.Cut(line, ":"); found {
			fields = append(fields, conformance.Field{Name: name, Value: value})
		}
	}
	return fields
}

// onWire reports whether HTTP transmits every value unchanged. A line end would split a
// value into two lines, and space around a value is removed (RFC 9110, section 5.5).
func (a Ask) onWire() bool {
	return a.raw != "" || !slices.ContainsFunc(a.Fields, func(f conformance.Field) bool {
		return strings.Contains(f.Value, "\n") || spaced(f.Value)
	})
}

func spaced(value string) bool { return strings.Trim(value, " \t") != value }
