package browser

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// opaque is the serialisation of every opaque origin (HTML, section Origin). An opaque
// origin is same origin only with itself: two origins that are both written "null"
// differ.
const opaque = "null"

// OriginOf returns the serialised origin of an http or https URL: scheme, host, and the
// port unless it is the scheme's default. It returns an error if rawURL is not absolute.
func OriginOf(rawURL string) (string, error) {
	u, err := parseTarget(rawURL)
	if err != nil {
		return "", err
	}
	return originOf(u), nil
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// sameOrigin compares two serialised origins (HTML, section Origin, "same origin").
func sameOrigin(a, b string) bool { return a == b && a != opaque }

// validPageOrigin reports whether s is an origin as a browser serialises it.
func validPageOrigin(s string) bool {
	if s == opaque {
		return true
	}
	scheme, host, ok := strings.Cut(s, "://")
	switch {
	case !ok:
		return false
	case scheme == "http" || scheme == "https":
		origin, err := OriginOf(s)
		return err == nil && origin == s
	}
	return ownScheme(scheme) && hostOfOwnScheme(host)
}

// ownScheme reports whether pages with URLs of a scheme have an origin that browsers and
// application frameworks serialise. Examples are tauri, capacitor, app, file and
// extensions.
func ownScheme(scheme string) bool {
	switch scheme {
	case "about", "blob", "data", "filesystem", "ftp", "javascript", "ws", "wss":
		return false // their pages have the origin null, or the origin of another page
	}
	const letters = "abcdefghijklmnopqrstuvwxyz"
	return scheme != "" && strings.IndexByte(letters, scheme[0]) >= 0 && strings.Trim(scheme, letters+"0123456789+-.") == ""
}

// hostOfOwnScheme reports whether host can follow such a scheme. It may be empty, and it
// may have a port.
func hostOfOwnScheme(host string) bool {
	host, port, hasPort := strings.Cut(host, ":")
	if n, err := strconv.ParseUint(port, 10, 16); hasPort && (err != nil || strconv.FormatUint(n, 10) != port || host == "") {
		return false
	}
	for i := range len(host) {
		if !alphanumeric(host[i]) && strings.IndexByte(".-_~", host[i]) < 0 {
			return false
		}
	}
	return len(host) <= 253
}

// parseTarget parses an absolute http or https URL. It writes the scheme, host and port
// in the form of the URL standard's serialiser.
func parseTarget(rawURL string) (*url.URL, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		var wrong *url.Error
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		return nil, fmt.Errorf("%q is not a URL: %w", rawURL, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not an absolute http or https URL, such as https://api.example.com/items", rawURL)
	}
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return nil, fmt.Errorf("%q: %w", rawURL, err)
	}
	port, err := canonicalPort(u.Scheme, u.Port())
	if err != nil {
		return nil, fmt.Errorf("%q: %w", rawURL, err)
	}
	u.Host = host + port
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery = encodeQuery(u.RawQuery)
	return u, nil
}

// encodeQuery encodes the bytes of a query that a request line must not hold (URL
// standard, the special-query percent-encode set).
func encodeQuery(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"#<>'`, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(query[i])
	}
	return b.String()
}

func canonicalHost(host string) (string, error) {
	if strings.Contains(host, ":") {
		addr, err := netip.ParseAddr(host)
		if err != nil || addr.Zone() != "" {
			return "", errors.New("the host is not an IPv6 address")
		}
		if b := addr.As16(); addr.Is4In6() { // the URL standard writes these in hexadecimal too
			return fmt.Sprintf("[::ffff:%x:%x]", uint(b[12])<<8|uint(b[13]), uint(b[14])<<8|uint(b[15])), nil
		}
		return "[" + addr.String() + "]", nil
	}
	// The forbidden domain code points of the URL standard, and all non-ASCII characters.
	forbidden := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`#/<>?@[\]^|%`, r) }
	if host == "" || strings.ContainsFunc(host, forbidden) {
		return "", errors.New("the host is empty or not in ASCII form")
	}
	return asciiLower(host), nil
}

// canonicalPort returns the port with its colon, or "" for the scheme's default.
func canonicalPort(scheme, port string) (string, error) {
	if port == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", errors.New("the port is over 65535")
	}
	if n == 80 && scheme == "http" || n == 443 && scheme == "https" {
		return "", nil
	}
	return ":" + strconv.FormatUint(n, 10), nil
}

// includesCredentials reports whether a URL has a username or a password that is not
// empty (URL standard, section URL representation, "include credentials").
func includesCredentials(u *url.URL) bool {
	password, _ := u.User.Password()
	return u.User.Username() != "" || password != ""
}

// redirectTaint reports whether a redirect made the request's origin opaque, so that it
// is sent as null (Fetch, section Requests, "redirect-taint": anything but
// "same-origin"). This happens when a server of another origin than the page's redirects
// to a third origin.
func redirectTaint(pageOrigin string, urls []*url.URL) bool {
	for i := 1; i < len(urls); i++ {
		from, to := originOf(urls[i-1]), originOf(urls[i])
		if !sameOrigin(from, to) && !sameOrigin(from, pageOrigin) {
			return true
		}
	}
	return false
}

// parsesAsURL reports, nearly as Chromium does, whether s can be parsed as a URL. Only
// the name of an error depends on it.
func parsesAsURL(s string) bool {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return -1 // the URL standard's parser drops it
		case r >= 0x80 && unicode.IsLetter(r):
			return 'x' // the parser converts it to punycode
		}
		return r
	}, s)
	scheme, rest, _ := strings.Cut(s, ":")
	switch asciiLower(scheme) {
	case "http", "https", "ws", "wss", "ftp":
		u, err := url.Parse("http://" + strings.TrimLeft(rest, `/\`)) // any number of slashes is valid
		if err != nil {
			return false
		}
		_, hostErr := canonicalHost(u.Hostname())
		_, portErr := canonicalPort("http", u.Port())
		return hostErr == nil && portErr == nil
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme != ""
}
