package diagnosis

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/crossgate/cors/conformance/browser"
)

// lines returns the values of all header lines with a name.
func lines(x browser.Exchange, name string) []string {
	var values []string
	for _, f := range x.Header {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// listOf returns the elements of a header that contains a list.
func listOf(x browser.Exchange, name string) []string {
	var list []string
	for element := range strings.SplitSeq(strings.Join(lines(x, name), ","), ",") {
		if element = strings.TrimSpace(element); element != "" {
			list = append(list, element)
		}
	}
	return list
}

var token = regexp.MustCompile("^[-!#$%&'*+.^_`|~0-9A-Za-z]+$")

// wellFormed reports whether all elements of a list are valid names.
func wellFormed(list []string) bool {
	return !slices.ContainsFunc(list, func(element string) bool { return !token.MatchString(element) })
}

// shown returns the evidence of a header: its lines, or that it is missing.
func shown(x browser.Exchange, name string) string {
	values := lines(x, name)
	switch {
	case len(values) > 0:
		return name + ": " + strings.Join(values, ", and "+name+": ")
	case strings.HasPrefix(name, "Access-Control-"):
		return "There is no " + name + "."
	}
	return ""
}

// misnamed returns a header line whose name resembles that of a CORS header but is another
// one, such as Access-Control-Allow-Origins or Access-Control-Request-Headers. Browsers
// ignore it.
func misnamed(x browser.Exchange, name string) string {
	stem := strings.TrimSuffix(strings.ToLower(name[strings.LastIndexByte(name, '-')+1:]), "s")
	for _, f := range x.Header {
		letters := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(f.Name))
		start, like := strings.CutSuffix(strings.TrimSuffix(letters, "s"), stem)
		if like && almost.MatchString(start) && !strings.EqualFold(f.Name, name) {
			return f.Name + ": " + f.Value
		}
	}
	return ""
}

// almost matches the beginning of such a name, without its hyphens.
var almost = regexp.MustCompile(`^x?(ac+es+controll?|cors)?(allow(ed)?|request)?$`)

// notKnown returns the line of misnamed as evidence.
func notKnown(x browser.Exchange, name string) string {
	if line := misnamed(x, name); line != "" {
		return "The server sends " + line + ". The header's name is " + name + "."
	}
	return ""
}

// maxEvidence limits the length of a piece of evidence in bytes, because a server can send
// very long lines.
const maxEvidence = 500

func shortened(seen string) string {
	if len(seen) <= maxEvidence {
		return seen
	}
	return strings.ToValidUTF8(seen[:maxEvidence], "") + "…"
}

func statusLine(x browser.Exchange) string {
	method, _, _ := strings.Cut(x.Request, " ")
	if x.Preflight {
		method = "The preflight (OPTIONS)"
	}
	if redirects(x) {
		return fmt.Sprintf("%s gets status %d, with Location: %s", method, x.Status, strings.Join(lines(x, "Location"), ", "))
	}
	return fmt.Sprintf("%s gets status %d.", method, x.Status)
}

// answerOf converts an exchange to an answer.
func answerOf(x browser.Exchange) answer {
	a := answer{x.Status, make(http.Header)}
	for _, f := range x.Header {
		a.header.Add(f.Name, f.Value)
	}
	return a
}

// proxyStatus reports whether a proxy uses the status if the server behind it does not
// answer.
func proxyStatus(x browser.Exchange) bool {
	switch x.Status {
	case 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530:
		return true
	}
	return false
}

// challenged returns the header with which Cloudflare's or AWS WAF's firewall says that it
// refused the request itself.
func challenged(x browser.Exchange) string {
	for _, name := range []string{"Cf-Mitigated", "X-Amzn-Waf-Action"} {
		if values := lines(x, name); len(values) > 0 {
			return name + ": " + strings.Join(values, ", ")
		}
	}
	return ""
}

// isOrigin matches an origin as browsers write it.
var isOrigin = regexp.MustCompile(`^([a-z][a-z0-9+.-]*://([a-z0-9._~-]*|\[[0-9a-f:.]+\])(:[0-9]+)?|null)$`)

// proxyEvidence returns the headers that show a proxy or CDN.
func proxyEvidence(x browser.Exchange) []string {
	var evidence []string
	for _, name := range []string{"Server", "Via", "Age", "X-Cache", "CF-Ray", "CF-Cache-Status", "X-Served-By", "X-Amz-Cf-Id", "X-Varnish"} {
		if values := lines(x, name); len(values) > 0 {
			evidence = append(evidence, name+": "+strings.Join(values, ", "))
		}
	}
	return evidence
}

// nginxHint is how nginx loses the lines of add_header: by the status, or by an add_header
// further inside.
func nginxHint(x browser.Exchange) string {
	server := strings.Join(lines(x, "Server"), "")
	if !strings.HasPrefix(server, "nginx") && !strings.HasPrefix(server, "openresty") {
		return ""
	}
	switch x.Status {
	case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308:
		return "In nginx, a location or an if with an add_header of its own has none of those outside it."
	}
	return fmt.Sprintf("nginx sends add_header with status %d only where it ends in always.", x.Status)
}

// cacheEvidence returns a header that shows that a cache answered.
func cacheEvidence(a answer) string {
	for _, name := range []string{"Age", "X-Cache", "CF-Cache-Status", "X-Varnish"} {
		for _, value := range a.header.Values(name) {
			if name == "Age" || name == "X-Varnish" && strings.Contains(value, " ") || strings.Contains(strings.ToUpper(value), "HIT") {
				return name + ": " + value
			}
		}
	}
	return ""
}

// unset matches what programs write if a variable has no value, and the names of variables.
var unset = regexp.MustCompile(`(?i)^(undefined|null|none|nil|true|false|\[object object\]|)$|^\$|\$\{|\{\{|^%.*%$`)

// lookalike returns the evidence of characters that no origin contains, and that may look
// like others.
func lookalike(value string) string {
	if strings.IndexFunc(value, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return ""
	}
	return "In ASCII, the value is " + strconv.QuoteToASCII(value) + "."
}

// meansOrigin reports whether a value is a misspelt form of the origin: with a slash or a
// path, in capitals, with the default port, in quotes, or without its scheme.
func meansOrigin(value, origin string) bool {
	value = strings.Trim(value, "\"' \t")
	if strings.EqualFold(value, origin) {
		return true
	}
	_, host, _ := strings.Cut(origin, "://")
	if host != "" && strings.EqualFold(value, host) {
		return true
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return false
	}
	got, err := browser.OriginOf(u.Scheme + "://" + u.Host)
	return err == nil && got == origin
}
