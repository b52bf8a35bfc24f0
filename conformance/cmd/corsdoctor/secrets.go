package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/diagnosis"
)

// userinfo matches a URL's user name and password, or a token in their place.
var userinfo = regexp.MustCompile(`//[^/?#\s"'<>]*@`)

// withoutUserinfo replaces the user names and passwords of URLs by "…".
func withoutUserinfo(text string) string { return userinfo.ReplaceAllString(text, "//…@") }

// A server may send back parts of a secret header. A part is hidden from minSecret bytes
// on, because shorter parts, such as "Bearer" and "a=1", are common words. A whole value is
// hidden from minValue bytes on if it contains a digit, as a PIN does, and stands as a
// separate word. Otherwise "X-Page: b" or "X-Scheme: https" would hide half of the report.
const (
	minSecret = 7
	minValue  = 4
)

// echoes returns a function that hides the request's secrets and their parts. A server can
// send them back in a header or a redirect, and users paste the report into tickets.
func (s *settings) echoes() func(string) string {
	values := []string{s.client.Cookie, s.request.Body}
	for _, f := range s.request.Header {
		if redacted(f.Name, f.Value) != f.Value {
			values = append(values, f.Value)
		}
	}
	var secrets, words []string
	for _, value := range values {
		parts := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" \t\r\n;,=&", r) })
		for _, secret := range append(parts, value) {
			switch secret = strings.TrimSpace(secret); {
			case len(secret) >= minSecret:
				secrets = append(secrets, secret)
			case len(secret) >= minValue && secret == strings.TrimSpace(value) && strings.ContainsAny(secret, "0123456789"):
				words = append(words, wordOf(secret))
			}
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // the whole value before its parts
	var pairs []string
	for _, secret := range secrets {
		pairs = append(pairs, secret, "…")
	}
	long := strings.NewReplacer(pairs...)
	if len(words) == 0 {
		return long.Replace
	}
	short := regexp.MustCompile(strings.Join(words, "|"))
	return func(text string) string { return short.ReplaceAllString(long.Replace(text), "…") }
}

// wordOf returns an expression for a text that is not part of a longer word.
func wordOf(text string) string {
	edge := func(c byte) string {
		if regexp.MustCompile(`^\w$`).Match([]byte{c}) {
			return `\b`
		}
		return ""
	}
	return edge(text[0]) + regexp.QuoteMeta(text) + edge(text[len(text)-1])
}

// hideEchoes hides the secrets in everything that the server could influence.
func (r *result) hideEchoes() {
	hide := r.echoes()
	v := &r.verdict
	v.Message, v.Console = hide(v.Message), hide(v.Console)
	for i := range v.Exchanges {
		e := &v.Exchanges[i]
		if i > 0 { // the first URL is the user's own
			e.Request = hide(e.Request)
		}
		for j := range e.Header {
			e.Header[j].Value = hide(e.Header[j].Value)
		}
	}
	var causes func([]diagnosis.Cause)
	causes = func(list []diagnosis.Cause) {
		for i := range list {
			c := &list[i]
			c.What, c.URL = hide(c.What), hide(c.URL)
			for j := range c.Evidence {
				c.Evidence[j] = hide(c.Evidence[j])
			}
			causes(c.Because)
		}
	}
	causes(r.causes)
}
