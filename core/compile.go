package cors

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/contain"
	"github.com/crossgate/cors/core/internal/diagnose"
)

// Compile checks c and turns it into a Policy. If anything is wrong, it returns
// no policy and every problem at once, joined by errors.Join, each a *ConfigError.
//
// Compile copies what it needs of c. It does no I/O.
func Compile(c Config) (*Policy, error) {
	b := compiler{in: c}
	out := &b.policy.config
	*out = Config{
		AllowOriginFunc:  c.AllowOriginFunc,
		AllowCredentials: c.AllowCredentials,
		MaxAge:           c.MaxAge,
		PreflightStatus:  c.PreflightStatus,
		PassPreflight:    c.PassPreflight,
		Enforce:          c.Enforce,
		Dangerously:      c.Dangerously,
	}
	b.origins()
	b.varyBy()
	b.methods()
	b.allowHeaders()
	b.exposeHeaders()
	b.scalars()
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	b.policy.failures = new(contain.Reporter)
	b.policy.writeRows()
	b.policy.warnings = b.warnings.list()
	return &b.policy, nil
}

// MustCompile is like Compile but panics if c has a problem. It is for
// configurations written in the program.
func MustCompile(c Config) *Policy {
	p, err := Compile(c)
	if err != nil {
		panic(err)
	}
	return p
}

// compiler holds what Compile has found so far.
type compiler struct {
	in       Config
	policy   Policy
	errs     []error
	warnings findings
}

func (b *compiler) fail(field, value, code, hint string) {
	b.errs = append(b.errs, &ConfigError{Field: field, Value: value, Code: code, Hint: hint})
}

func (b *compiler) warn(field, value, code, hint string) {
	b.warnings.add(Warning{Field: field, Value: value, Code: code, Hint: hint})
}

func at(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

func (b *compiler) varyBy() {
	for i, name := range b.in.VaryBy {
		switch {
		case name == "*":
			b.fail(at("VaryBy", i), name, "vary-by-any", "Vary: * keeps a response out of every cache; name the request headers that AllowOriginFunc reads")
		case !ascii.IsToken(name):
			b.fail(at("VaryBy", i), name, "header-token", notAHeader(name))
		default:
			b.policy.config.VaryBy = append(b.policy.config.VaryBy, textproto.CanonicalMIMEHeaderKey(name))
		}
	}
	b.policy.config.VaryBy = sorted(b.policy.config.VaryBy)
	if len(b.in.VaryBy) > 0 && b.in.AllowOriginFunc == nil {
		b.warn("VaryBy", "", "vary-by-without-func", "without AllowOriginFunc no decision depends on these headers, and caches keep needless copies; remove them")
	}
}

func (b *compiler) methods() {
	const field = "AllowMethods"
	var names []string
	for i, method := range b.in.AllowMethods {
		upper := strings.ToUpper(method)
		switch {
		case method == "*":
			b.policy.methods.any = true
			if b.in.AllowCredentials {
				b.warn(at(field, i), method, "any-method-credentials", "with credentials browsers take * literally, so any method that a preflight names is reflected; list the methods")
			}
		case !ascii.IsToken(method):
			hint := "a method is a token, without spaces or commas"
			if parts := diagnose.Split(method); len(parts) > 1 {
				hint += "; write each as an element of its own: " + strings.Join(diagnose.Quoted(parts), ", ")
			}
			b.fail(at(field, i), method, "method-token", hint)
			continue
		case forbiddenMethod(method):
			b.fail(at(field, i), method, "method-forbidden", "browsers let no script use CONNECT, TRACE or TRACK; remove it")
			continue
		case slices.Contains(normalizedMethods, upper):
			if method != upper {
				b.warn(at(field, i), method, "method-case", "browsers send this method in upper case, and so it was read; write "+strconv.Quote(upper))
			}
			// Firefox asks again for each HEAD that is not listed by name.
			if slices.Contains(safelistedMethods, upper) && (upper != "HEAD" || len(b.in.AllowHeaders) == 0) {
				b.warn(at(field, i), method, "method-safelisted", "GET, HEAD and POST are always allowed; this has no effect")
				continue
			}
			if upper == "OPTIONS" {
				b.warn(at(field, i), method, "method-options", "a preflight needs no permission; this one is for scripts that themselves call fetch with the method OPTIONS")
			}
			method = upper
		case method != upper:
			b.warn(at(field, i), method, "method-case", "methods are case-sensitive and browsers send this one as the script writes it, which is mostly in upper case; write "+strconv.Quote(upper))
		}
		names = append(names, method)
	}
	names = sorted(names)
	b.policy.config.AllowMethods = names
	s := &b.policy.methods
	if s.names = without(names, "*"); s.any {
		s.names = sorted(append(s.names, customaryMethods...))
	}
	b.checkLength(field, s.names)
}

func (b *compiler) allowHeaders() {
	const field = "AllowHeaders"
	var names []string
	for i, header := range b.in.AllowHeaders {
		name := ascii.ToLower(header)
		switch {
		case name == "*":
			b.policy.headers.any = true
			if b.in.AllowCredentials {
				b.warn(at(field, i), header, "any-header-credentials", "with credentials browsers take * literally, so any headers that a preflight names are reflected; list the headers")
			}
		case !ascii.IsToken(name):
			b.fail(at(field, i), header, "header-token", notAHeader(header))
			continue
		case forbiddenRequestHeader(name):
			b.fail(at(field, i), header, "header-forbidden", "browsers let no script set this header, and send it when they see fit; remove it")
			continue
		case corsResponseHeader(name):
			b.fail(at(field, i), header, "header-response", "this is a response header, which the policy itself sends; remove it")
			continue
		case slices.Contains(methodOverrides, name):
			b.warn(at(field, i), header, "header-method-override", "where the server heeds this header, any page that may POST can use every method; remove it, or check the method after it is overridden")
		case slices.Contains(safelistedRequestHeaders, name):
			b.warn(at(field, i), header, "header-safelisted", "ordinary values of this header are always allowed; remove it unless scripts set values over 128 bytes")
		}
		names = append(names, name)
	}
	names = sorted(names)
	b.policy.config.AllowHeaders = names
	s := &b.policy.headers
	s.authorization = slices.Contains(names, "authorization") || b.in.AllowCredentials
	if s.names = without(names, "*"); s.any {
		s.names = append(s.names, customaryHeaders...)
		if s.authorization {
			s.names = append(s.names, "authorization")
		}
		s.names = sorted(s.names)
	}
	b.checkLength(field, s.names)
	if s.any && !s.authorization {
		b.warn(field, "*", "any-header-authorization", `the standard says that * does not cover Authorization, though browsers still let it; add "authorization" if scripts send it`)
	}
}

func (b *compiler) exposeHeaders() {
	const field = "ExposeHeaders"
	var names []string
	for i, header := range b.in.ExposeHeaders {
		name := ascii.ToLower(header)
		switch {
		case name == "*":
			if b.in.AllowCredentials {
				b.fail(at(field, i), header, "expose-any-credentials", "with credentials browsers take * literally and expose nothing; list the headers")
				continue
			}
		case !ascii.IsToken(name):
			b.fail(at(field, i), header, "header-token", notAHeader(header))
			continue
		case slices.Contains(forbiddenResponseHeaders, name):
			b.fail(at(field, i), header, "expose-forbidden", "browsers never show cookies to scripts this way; remove it")
			continue
		case slices.Contains(safelistedResponseHeaders, name):
			b.warn(at(field, i), header, "expose-safelisted", "scripts can always read this header; this has no effect")
			continue
		case slices.Contains(requestHeaders, name) || strings.HasPrefix(name, "access-control-"):
			b.warn(at(field, i), header, "expose-unlikely", "this is not a response header that scripts read; remove it")
		}
		names = append(names, name)
	}
	names = sorted(names)
	b.checkLength(field, names)
	b.policy.config.ExposeHeaders = names
}

func (b *compiler) scalars() {
	c := &b.in
	const day = 24 * time.Hour
	switch age := c.MaxAge.String(); {
	case c.MaxAge < 0 && c.MaxAge != NoCache:
		b.fail("MaxAge", age, "max-age-negative", "write 0 to leave it to the browser (5 s), or NoCache (-1 s) to keep preflights from being cached")
	case c.MaxAge > day:
		b.fail("MaxAge", age, "max-age-long", "no browser keeps a preflight's answer for over 24 h; write 24h or less")
	case c.MaxAge > 0 && c.MaxAge < time.Second && c.MaxAge*time.Second <= day:
		b.fail("MaxAge", age, "max-age-fraction", "a number without a unit counts nanoseconds; write "+(c.MaxAge*time.Second).String())
	case c.MaxAge%time.Second != 0:
		b.fail("MaxAge", age, "max-age-fraction", "the header counts whole seconds; write "+c.MaxAge.Round(time.Second).String())
	case c.MaxAge > 2*time.Hour:
		b.warn("MaxAge", age, "max-age-capped", "Chromium keeps a preflight's answer for 2 h at most, WebKit for 10 min")
	}
	if c.PreflightStatus != 0 && (c.PreflightStatus < 200 || c.PreflightStatus > 299) {
		b.fail("PreflightStatus", strconv.Itoa(c.PreflightStatus), "preflight-status", "browsers want a preflight answered with a status from 200 to 299; write 0 for 204")
	}
	if c.Enforce > EnforceAll {
		b.fail("Enforce", strconv.Itoa(int(c.Enforce)), "enforce-value", "write EnforceNone, EnforceUnsafe or EnforceAll")
	}
}

// checkLength refuses a list that would make a header line over maxList.
func (b *compiler) checkLength(field string, names []string) {
	if n := len(strings.Join(names, ", ")); n > maxList {
		b.fail(field, "", "list-long", fmt.Sprintf("as a header line this list has %d bytes, and browsers refuse long ones; use at most %d", n, maxList))
	}
}

func notAHeader(name string) string {
	const hint = "a header name is a token, without spaces, commas or colons"
	if parts := diagnose.Split(name); len(parts) > 1 {
		return hint + "; write each as an element of its own: " + strings.Join(diagnose.Quoted(parts), ", ")
	}
	if fixed := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(name), ":")); fixed != name && ascii.IsToken(fixed) {
		return hint + "; write " + strconv.Quote(fixed)
	}
	return hint
}

// sorted sorts list in place and drops what occurs twice.
func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(e string) bool { return e == s })
}
