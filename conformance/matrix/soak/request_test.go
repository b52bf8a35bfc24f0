package soak

import (
	"strconv"
	"strings"
)

// request is a request that is sent, with the data to judge its answer.
type request struct {
	kind    *kind
	target  *target
	reign   *reign // the policies that decide
	prefix  string // the prefix of its place
	id      string // its mark
	origin  string
	asks    string
	headers string
}

// newRequest makes a request of the kind for a place of the target. number must be
// unique.
func newRequest(k *kind, t *target, p *place, number uint64) request {
	id := mark + strconv.FormatUint(number, 10)
	return request{
		kind: k, target: t, reign: p.reign, prefix: p.prefix, id: id,
		origin: fill(k.origin, id), asks: fill(k.asks, id), headers: fill(k.headers, id),
	}
}

func fill(template, id string) string {
	if strings.IndexByte(template, '$') < 0 {
		return template
	}
	return strings.ReplaceAll(template, "$", id)
}

// append appends the request as it is sent. The last request of a connection asks the
// server to close it.
func (r *request) append(b []byte, last bool) []byte {
	k := r.kind
	b = append(b, k.method...)
	b = append(b, ' ')
	b = append(b, r.prefix...)
	b = append(b, fill(k.path, r.id)...)
	b = append(b, " HTTP/1.1\r\nHost: api.example\r\n"...)
	b = appendField(b, "Origin", r.origin)
	b = appendField(b, "Access-Control-Request-Method", r.asks)
	if k.fields == "" {
		b = appendField(b, "Access-Control-Request-Headers", r.headers)
	} else {
		b = append(b, fill(k.fields, r.id)...)
	}
	content := fill(k.content, r.id)
	if content != "" {
		b = appendField(b, "Content-Length", strconv.Itoa(len(content)))
	}
	if last {
		b = appendField(b, "Connection", "close")
	}
	b = append(b, "\r\n"...)
	return append(b, content...)
}

func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}
