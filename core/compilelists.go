package cors

import (
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
	"github.com/crossgate/cors/core/internal/diagnose"
)

func (b *compiler) varyBy() {
	const field = "VaryBy"
	ofScripts := make(map[string]bool)
	for _, name := range b.in.AllowHeaders {
		ofScripts[ascii.ToLower(name)] = true
	}
	for i, name := range b.in.VaryBy {
		switch {
		case name == "*":
			b.fail(at(field, i), name, "vary-by-any", "Vary: * keeps a response out of every cache; name the request headers that AllowOriginFunc reads")
		case !ascii.IsToken(name):
			b.failToken(at(field, i), name, "header-token", aHeaderIs)
		default:
			b.warnInert(at(field, i), name)
			if lower := ascii.ToLower(name); b.in.AllowOriginFunc != nil && (slices.Contains(credentialHeaders, lower) || ofScripts[lower]) {
				b.warn(at(field, i), name, "vary-by-preflight", "preflights do not have this header, so AllowOriginFunc cannot decide them by it; let it decide by the request's origin, host or path")
			}
			b.policy.config.VaryBy = append(b.policy.config.VaryBy, textproto.CanonicalMIMEHeaderKey(name))
		}
	}
	b.policy.config.VaryBy = sorted(b.policy.config.VaryBy)
	if len(b.in.VaryBy) > 0 && b.policy.config.AllowOriginFunc == nil {
		b.warn(field, "", "vary-by-without-func", "without AllowOriginFunc no decision depends on these headers, and caches keep needless copies; remove them")
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
			b.failToken(at(field, i), method, "method-token", "a method is a token, without spaces or commas")
			continue
		case forbiddenMethod(method):
			b.warn(at(field, i), method, "method-forbidden", "browsers let no script use CONNECT, TRACE or TRACK; this has no effect")
			continue
		case b.warnInert(at(field, i), method):
		case misspeltMethod(upper) != "":
			b.warnMisspelt(at(field, i), method, misspeltMethod(upper))
		case upper == "ANY" || upper == "ALL":
			b.warn(at(field, i), method, "method-any", `this names a single method, which scripts hardly ever use; if you mean every method, write "*"`)
		case slices.Contains(normalizedMethods, upper):
			if method != upper {
				b.warn(at(field, i), method, "method-case", "browsers send this method in upper case, so the policy uses upper case; write "+strconv.Quote(upper), upper)
			}
			// Firefox asks again for each HEAD that is not listed by name.
			if slices.Contains(safelistedMethods, upper) && (upper != "HEAD" || len(b.in.AllowHeaders) == 0) {
				b.warn(at(field, i), method, "method-safelisted", "GET, HEAD and POST are always allowed; this has no effect")
				continue
			}
			if upper == "OPTIONS" {
				b.warn(at(field, i), method, "method-options", "preflights are always allowed; list OPTIONS only if scripts call fetch with the method OPTIONS")
			}
			method = upper
		case method != upper:
			b.warn(at(field, i), method, "method-case", "methods are case-sensitive and browsers send this one as the script writes it, which is mostly in upper case; write "+strconv.Quote(upper), upper)
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
			b.failToken(at(field, i), header, "header-token", aHeaderIs)
			continue
		case b.warnInert(at(field, i), header):
		case forbiddenRequestHeader(name):
			b.warn(at(field, i), header, "header-forbidden", "browsers let no script set this header, and set it themselves without asking; this has no effect")
			continue
		case corsResponseHeader(name):
			// It stays: a script that sends it by mistake would be blocked without it.
			b.warn(at(field, i), header, "header-response", "this is a response header, which the policy itself sends; remove it unless scripts send it by mistake")
		case slices.Contains(methodOverrides, name):
			b.warn(at(field, i), header, "header-method-override", "where the server uses this header, any page that may POST can use every method; remove it, or check the method after it is overridden")
		case slices.Contains(safelistedRequestHeaders, name):
			b.warn(at(field, i), header, "header-safelisted", "ordinary values of this header are always allowed; remove it unless scripts set values over 128 bytes")
		case misspeltHeader(name) != "":
			b.warnMisspelt(at(field, i), header, misspeltHeader(name))
		}
		names = append(names, name)
	}
	names = sorted(names)
	b.policy.config.AllowHeaders = names
	s := &b.policy.headers
	authorization := slices.Contains(names, "authorization") || b.in.AllowCredentials
	if s.names = without(names, "*"); s.any {
		s.names = append(s.names, customaryHeaders...)
		if authorization {
			s.names = append(s.names, "authorization")
		}
		s.names = sorted(s.names)
	}
	b.checkLength(field, s.names)
	if s.any && !authorization {
		b.warn(field, "*", "any-header-authorization", `in the standard, * does not cover Authorization, though browsers still accept it; add "authorization" if scripts send it`)
	}
	if !s.any && !slices.Contains(names, "content-type") && b.sendsBodies() {
		b.warn(field, "", "content-type-missing", `browsers block scripts that send JSON, because JSON needs the request header Content-Type; add "content-type" if scripts send JSON`)
	}
}

// sendsBodies reports whether AllowMethods names a method whose requests usually have a
// body. POST needs no permission, so an author who names it expects scripts to use it.
func (b *compiler) sendsBodies() bool {
	return slices.ContainsFunc(b.in.AllowMethods, func(method string) bool {
		switch ascii.ToLower(method) {
		case "*", "patch", "post", "put":
			return true
		}
		return false
	})
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
			b.failToken(at(field, i), header, "header-token", aHeaderIs)
			continue
		case b.warnInert(at(field, i), header):
		case slices.Contains(forbiddenResponseHeaders, name):
			b.warn(at(field, i), header, "expose-forbidden", "browsers never show this header to scripts; this has no effect")
			continue
		case slices.Contains(safelistedResponseHeaders, name):
			b.warn(at(field, i), header, "expose-safelisted", "scripts can always read this header; this has no effect")
			continue
		case slices.Contains(requestHeaders, name) || strings.HasPrefix(name, "access-control-"):
			b.warn(at(field, i), header, "expose-unlikely", "this is not a response header that scripts read; remove it")
		case misspeltHeader(name) != "":
			b.warnMisspelt(at(field, i), header, misspeltHeader(name))
		}
		names = append(names, name)
	}
	names = sorted(names)
	b.checkLength(field, names)
	b.policy.config.ExposeHeaders = names
}

// checkLength refuses a list that would make a header line over maxList.
func (b *compiler) checkLength(field string, names []string) {
	if n := len(strings.Join(names, ", ")); n > maxList {
		b.fail(field, "", "list-long", fmt.Sprintf("as a header line this list has %d bytes, and browsers refuse long ones; use at most %d", n, maxList))
	}
}

const aHeaderIs = "a header name is a token, without spaces, commas or colons"

// warnMisspelt warns of a name that has one letter wrong.
func (b *compiler) warnMisspelt(field, name, near string) {
	b.warn(field, name, "name-misspelt", "scripts hardly ever use this name; check the spelling: do you mean "+strconv.Quote(near)+"?")
}

// warnInert warns of a name with characters that HTTP allows in a token but that no script
// uses, and of a word that does not mean what it says. It reports whether it has warned.
func (b *compiler) warnInert(field, name string) bool {
	hint := diagnose.InertToken(name)
	if lower := ascii.ToLower(name); (lower == "all" || lower == "any") && !strings.HasPrefix(field, "AllowMethods") {
		hint = "this names a single header, which scripts hardly ever use"
		if b.starFits(field) {
			hint += `; if you mean every header, write "*"`
		}
	}
	if hint == "" {
		return false
	}
	repair := b.repairToken(field, name)
	if slices.ContainsFunc(repair, func(fixed string) bool { return diagnose.InertToken(fixed) != "" }) {
		repair = nil
	}
	b.warn(field, name, "token-inert", hint+diagnose.Write(repair), repair...)
	return true
}

// failToken reports a method or header name that is not a token.
func (b *compiler) failToken(field, value, code, hint string) {
	repair := b.repairToken(field, value)
	switch {
	case diagnose.IsVariable(value):
		hint += "; is a variable not replaced?"
	case len(repair) == 0 && !b.starFits(field) && slices.Contains(diagnose.Tokens(value), "*"):
		hint += `; list the names without "*", which is not allowed here`
	}
	b.fail(field, value, code, hint+diagnose.Write(repair), repair...)
}

// starFits reports whether "*" may be an element of the list that field is in.
func (b *compiler) starFits(field string) bool {
	list, _, _ := strings.Cut(field, "[")
	return list != "VaryBy" && (list != "ExposeHeaders" || !b.in.AllowCredentials)
}

// repairToken returns the names that value may stand for, or nil.
func (b *compiler) repairToken(field, value string) []string {
	repair := diagnose.Tokens(value)
	switch {
	case slices.Equal(repair, []string{value}):
		return nil
	case slices.Contains(repair, "*") && !b.starFits(field):
		return nil // the repair would be an error too
	case len(repair) > 1 && !strings.HasPrefix(field, "AllowMethods") && !strings.ContainsAny(value, ",;|\n") &&
		slices.ContainsFunc(repair, func(name string) bool { return name != "*" && !isHeader(ascii.ToLower(name)) }):
		return nil // "Content Type" is probably one name
	}
	return repair
}

// sorted sorts list in place and drops duplicates.
func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(e string) bool { return e == s })
}
