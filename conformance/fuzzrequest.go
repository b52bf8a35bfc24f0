package conformance

import (
	"regexp"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// fuzzInput is what the fuzzer varies. Its strings may hold any bytes.
type fuzzInput struct {
	policy byte   // which of fuzzPolicies, modulo their number; the rest chooses a request line
	method string // of the request line; if shorter than two bytes, the chosen line's method
	target string // of the request line; if shorter than two bytes, the chosen line's target
	lines  string // the header section, without Host: lines separated by "\n"
	stock  []byte // selects more lines from fuzzStock
}

// fuzzStock are lines that matter to a policy. Random bytes would seldom produce them.
var fuzzStock = []string{
	"Origin: https://app.example.com", "Origin: https://x.app.example.com", "Origin: https://a-1.example.org:8443", "Origin: https://tenant.example",
	"Origin: http://localhost:3000", "Origin: http://[::1]:81", "Origin: null", "Origin: https://evil.test", "origin:\thttps://app.example.com \t",
	"Origin:", "ORIGIN: https://app.example.com, https://evil.test", "Origin: https://a,b.example.org", "Origin: https://app.example.com.",
	"Access-Control-Request-Method: PUT", "Access-Control-Request-Method: PURGE", "Access-Control-Request-Method: TRACE", "access-control-request-method: GET",
	"Access-Control-Request-Headers: x-a", "Access-Control-Request-Headers: x-a,x-b", "Access-Control-Request-Headers: authorization, x-c", "ACCESS-CONTROL-REQUEST-HEADERS:,x-a\t,",
	"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-site", "Host: app.example.com", "Host: tenant.example",
	OuterVary + ": Accept-Language", "Access-Control-Request-Private-Network: true", "X-A: b", " https://app.example.com",
	"Origin: https://\u212a.app.example.com", "Origin: https://k.app.example.com", "X-HTTP-Method-Override: PUT", "X-Forwarded-Host: tenant.example",
}

// withinLine are bytes that are inserted into a line of fuzzStock.
var withinLine = []string{"", "\r", "\x00", "\x7f", "\x80", " ", "\t", ",", ".", "/", ":", "@", "-", "*", "a", "A", "1", "%0a", "\u212a", "é"}

// The request lines to choose from. Random ones seldom reach a policy, and a fuzzer that
// minimizes an input turns every letter of a method into "0".
var (
	fuzzMethods = []string{"OPTIONS", "GET", "PUT", "OPTIONS", "POST", "HEAD"}
	fuzzTargets = []string{"/hello", "/a%2Fb?c=d", "/stream", "/none", "/denied", "/panic"}
)

// requestLine returns the request's method and target.
func (in fuzzInput) requestLine() (method, target string) {
	oneLine := strings.NewReplacer("\n", "", "\r", "")
	method, target = oneLine.Replace(in.method), oneLine.Replace(in.target)
	choice := int(in.policy) / policyCount
	if len(method) < 2 {
		method = fuzzMethods[choice%len(fuzzMethods)]
	}
	if len(target) < 2 {
		target = fuzzTargets[choice/len(fuzzMethods)%len(fuzzTargets)]
	}
	return method, target
}

// headLines returns the lines of the request's header section.
func (in fuzzInput) headLines() []string {
	all := strings.Split(in.lines, "\n")
	for stock := in.stock; len(stock) >= 3 && len(all) < 200; stock = stock[3:] {
		line := fuzzStock[int(stock[0])%len(fuzzStock)]
		if more := withinLine[int(stock[1])%len(withinLine)]; stock[1] >= 128 {
			at := int(stock[2]) % (len(line) + 1)
			line = line[:at] + more + line[at:]
		}
		all = append(all, line)
	}
	var lines []string
	for _, line := range all {
		line = strings.Trim(line, "\r")
		if len(line) > 1 && !framing(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// framing reports whether a line could change where the request ends, or whether the
// connection stays open. The adapter decides neither.
func framing(line string) bool {
	name, value, _ := strings.Cut(line, ":")
	if strings.Contains(line, "\r") {
		name = line
	}
	name = strings.ToLower(name)
	if strings.Contains(name, strings.ToLower(OuterVary)) && strings.Trim(value, " ,-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return true // nor does it repair a Vary that others set
	}
	return slices.ContainsFunc([]string{"length", "encoding", "connection", "expect", "upgrade", "trailer"}, func(word string) bool { return strings.Contains(name, word) })
}

// fuzzRequest is a request as bytes, and what the adapter must read in it.
type fuzzRequest struct {
	raw   []byte
	clean bool // follows the grammar of RFC 9110 and 9112, so that all servers read it in the same way
	reads cors.Request
}

// request returns the request that in describes.
func (in fuzzInput) request() fuzzRequest {
	method, target := in.requestLine()
	lines := in.headLines()
	host := func(line string) bool { name, _, _ := strings.Cut(line, ":"); return strings.EqualFold(name, "Host") }
	if !slices.ContainsFunc(lines, host) {
		lines = append([]string{"Host: api.example"}, lines...)
	}
	r := fuzzRequest{}
	r.reads, r.clean = readClean(method, target, lines)
	if slices.Contains([]string{"POST", "PUT", "PATCH", "DELETE"}, method) {
		lines = append(lines, "Content-Length: 0")
	}
	r.raw = []byte(method + " " + target + " HTTP/1.1\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n")
	return r
}

var (
	cleanToken  = regexp.MustCompile("\\A[!#$%&'*+.^_`|~0-9A-Za-z-]+\\z")                         // RFC 9110, section 5.6.2
	cleanValue  = regexp.MustCompile(`\A[\t -~\x{80}-\x{ff}]*\z`)                                 // RFC 9110, section 5.5, with each byte as a character
	cleanTarget = regexp.MustCompile(`\A/(?:[A-Za-z0-9/._~-]|%[0-9A-F]{2})*(?:\?[a-z0-9=&]*)?\z`) // a part of RFC 9112, section 3.2.1
	cleanHost   = regexp.MustCompile(`\A[a-z0-9.-]+(?::[0-9]{1,5})?\z`)
)

// cleanSize bounds, in bytes, the head of a clean request. It is well within what a
// Start admits.
const cleanSize = 16 << 10

// readClean reads a request the way the standards have it: a field's lines joined
// with ", ", white space around them cut (RFC 9110, sections 5.2 and 5.5).
func readClean(method, target string, lines []string) (r cors.Request, clean bool) {
	path, _, _ := strings.Cut(target, "?")
	r.Method, r.Path = method, path
	clean = cleanToken.MatchString(method) && cleanTarget.MatchString(target)
	values := make(map[string][]string)
	size := 0
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		clean = clean && strings.Contains(line, ":") && cleanToken.MatchString(name) && cleanValue.MatchString(latin1(value))
		size += len(line)
		name = strings.ToLower(name)
		values[name] = append(values[name], strings.Trim(value, " \t"))
	}
	joined := func(name string) string { return strings.Join(values[name], ", ") }
	r.Origin = joined("origin")
	r.RequestMethod = joined("access-control-request-method")
	r.RequestHeaders = joined("access-control-request-headers")
	r.FetchSite = joined("sec-fetch-site")
	r.Host = joined("host")
	clean = clean && size <= cleanSize && len(lines) <= 200 && cleanHost.MatchString(r.Host)
	return r, clean
}

// latin1 returns a string whose characters are the bytes of s.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}
