package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/pasted"
)

// errPrivate stops a pasted request to the user's own machine or network.
var errPrivate = errors.New("this address is of this machine or its network; a pasted text is sent there with --send only")

// readPasted reads the request from standard input. It returns the text to show the user
// before anything is sent.
func (s *settings) readPasted(in io.Reader) (told string, err error) {
	data, err := io.ReadAll(io.LimitReader(in, pasted.MaxLength+1))
	if err != nil {
		return "", err
	}
	text, err := pasted.Parse(string(data))
	if err != nil {
		return "", err
	}
	s.messages = text.Messages
	var b strings.Builder
	switch {
	case text.Request != nil && (s.request.URL != "" || s.request.Method != http.MethodGet || len(s.request.Header) > 0):
		return "", errors.New("the text is a whole request: leave out the URL, --method and --header")
	case text.Request != nil:
		s.takeRequest(&b, text.Request)
	default:
		s.takeMessage(&b, text.Messages[0])
	}
	if !s.send {
		s.client.Permit = func(addr netip.Addr) error {
			if private(addr) {
				s.keptBack = true
				return errPrivate
			}
			return nil
		}
	}
	return b.String(), nil
}

// translated maps prefixes of IPv6 addresses that contain an IPv4 address to the position
// of that address: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), and IPv4-compatible
// addresses (RFC 4291, section 2.5.5.1).
var translated = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"):   12,
	netip.MustParsePrefix("64:ff9b:1::/48"): 12,
	netip.MustParsePrefix("2002::/16"):      2,
	netip.MustParsePrefix("::/96"):          12,
}

// special are further ranges that are not on the public internet (RFC 6890).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("fec0::/10"), // site-local (RFC 3513)
}

// private reports whether an address may belong to this machine or its network. It covers
// more than the ranges that browsers treat as local, because a wrong yes only costs the
// user one flag.
func private(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if browser.AddressSpaceOf(addr) != browser.Public || addr.IsMulticast() {
		return true
	}
	for _, prefix := range special {
		if prefix.Contains(addr) {
			return true
		}
	}
	for prefix, at := range translated {
		if prefix.Contains(addr) {
			bytes := addr.As16()
			return private(netip.AddrFrom4([4]byte(bytes[at:])))
		}
	}
	return false
}

// takeRequest uses a copied request. Without --send it uses only the parts that may be
// sent.
func (s *settings) takeRequest(b *strings.Builder, r *pasted.Request) {
	b.WriteString(wrapped("pasted: ", string(r.Form)+", "+r.Method+" "+r.URL))
	for _, f := range r.Header {
		b.WriteString(folded("  " + f.Name + ": " + redacted(f.Name, f.Value)))
	}
	if r.Cookie != "" {
		b.WriteString("  Cookie: …\n")
	}
	if r.Body != "" {
		fmt.Fprintf(b, "  (a body of %d bytes)\n", len(r.Body))
	}
	if s.client.Origin == "" {
		s.client.Origin = r.Origin
	}
	send, risks := r, r.Risks()
	if len(risks) > 0 && !s.send {
		b.WriteString(wrapped("not sent: ", strings.Join(risks, ", ")+"; --send sends all of it"))
		if browser.NeedsPreflight(browser.NormalizeMethod(r.Method), r.Header) {
			s.request = r.Fetch() // a preflight contains no header values, and changes nothing
			s.request.PreflightOnly = true
			return
		}
		send = r.Careful()
	}
	s.request, s.client.Cookie = send.Fetch(), send.Cookie
}

// takeMessage uses the request that a console's message describes. If that request needs a
// preflight, only the preflight is sent.
func (s *settings) takeMessage(b *strings.Builder, m pasted.Message) {
	if s.request.URL == "" {
		s.request.URL = m.URL
		if m.Redirected != "" {
			s.request.URL = m.Redirected
		}
	}
	if s.client.Origin == "" {
		s.client.Origin = m.Origin
	}
	b.WriteString(wrapped("pasted: ", "a message of "+m.Engine+"'s console"+about(s.request.URL)))
	for _, code := range m.Codes {
		switch code {
		case browser.MethodDisallowedByPreflightResponse:
			if m.Value != "" && s.request.Method == "GET" {
				s.request.Method, s.request.PreflightOnly = m.Value, true
			}
		case browser.HeaderDisallowedByPreflightResponse:
			if m.Value != "" {
				s.request.Header = append(s.request.Header, browser.Field{Name: m.Value, Value: "application/corsdoctor"})
				s.request.PreflightOnly = true
			}
		case browser.WildcardOriginNotAllowed, browser.PreflightWildcardOriginNotAllowed,
			browser.InvalidAllowCredentials, browser.PreflightInvalidAllowCredentials:
			s.request.Credentials = browser.Include
		}
		if strings.HasPrefix(string(code), "Preflight") && len(m.Codes) == 1 {
			s.request.ForcePreflight, s.request.PreflightOnly = true, true
		}
	}
}

func about(target string) string {
	if target == "" {
		return ""
	}
	return " about " + target
}

// redacted returns a header's value, or "…" if it may be a secret. It shows only values
// that a form could send.
func redacted(name, value string) string {
	if browser.SafelistedRequestHeader(name, value) || strings.EqualFold(name, "Content-Type") {
		return value
	}
	return "…"
}
