package matrix

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// hostname finds a host in any text, as lenient URL parsers do. It drops scheme,
// userinfo, port, path and case.
func hostname(s string) string {
	if at := strings.Index(s, "//"); at >= 0 {
		s = s[at+2:]
	}
	if at := strings.IndexAny(s, "/?#"); at >= 0 {
		s = s[:at]
	}
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		s = s[at+1:]
	}
	if inside, found := strings.CutPrefix(s, "["); found {
		s, _, _ = strings.Cut(inside, "]")
	} else {
		s, _, _ = strings.Cut(s, ":")
	}
	return strings.ToLower(s)
}

// browserHostname finds the host as browsers do, which read a backslash as a slash.
func browserHostname(s string) string { return hostname(strings.ReplaceAll(s, `\`, "/")) }

func hostnameSuffix(parse func(string) string, dot string) matcher {
	return each(func(p, o string) bool { return p == o || wild(p) && strings.HasSuffix(parse(o), dot+base(p)) })
}

// registrable returns a host's last two labels as its registrable domain.
func registrable(host string) string {
	labels := strings.Split(strings.Trim(host, "."), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.") || strings.HasSuffix(host, ".localhost")
}

// hostMutants compare hosts, or only parts of hosts.
func hostMutants() map[string]matcher {
	return map[string]matcher{
		"hostname-only(ignores scheme/port/userinfo)": each(func(p, o string) bool { return hostname(o) == base(p) }),
		"hostname-only(browser-parse)":                each(func(p, o string) bool { return browserHostname(o) == base(p) }),
		"hostname-suffix":                             hostnameSuffix(hostname, "."),
		"hostname-suffix(browser-parse)":              hostnameSuffix(browserHostname, "."),
		"hostname-suffix-nodot":                       hostnameSuffix(hostname, ""),
		"hostname-suffix-trim-dot": hostnameSuffix(func(o string) string {
			return strings.TrimSuffix(hostname(o), ".")
		}, "."),
		"same-site-as-exact": each(func(p, o string) bool { return p == o || strings.HasSuffix(hostname(o), "."+base(p)) }),
		"registrable-domain": each(func(p, o string) bool { return registrable(hostname(o)) == registrable(base(p)) }),
		"loopback-alias":     each(func(p, o string) bool { return p == o || loopback(base(p)) && loopback(hostname(o)) }),
		"net.SplitHostPort-only": each(func(p, o string) bool {
			rest, anyPort := strings.CutSuffix(p, ":*")
			scheme, o2, _ := strings.Cut(o, "://")
			host, _, err := net.SplitHostPort(o2)
			return p == o || anyPort && err == nil && scheme+"://"+host == rest
		}),
	}
}

var portAtEnd = regexp.MustCompile(`:([0-9]*|\*)$`)

func withoutPort(s string) string {
	if strings.Count(s, ":") < 2 { // only the colon of the scheme
		return s
	}
	return portAtEnd.ReplaceAllString(s, "")
}

// portMutants make mistakes with ports.
func portMutants() map[string]matcher {
	defaultPort := regexp.MustCompile(`:0*(80|443)$`)
	return map[string]matcher{
		"any-port":               each(func(p, o string) bool { return withoutPort(p) == withoutPort(o) }),
		"default-port-normalize": each(func(p, o string) bool { return p == defaultPort.ReplaceAllString(o, "") }),
		"port-parse-lenient":     each(func(p, o string) bool { return p == strings.TrimSuffix(o, ":") }),
		"port-glob-as-prefix": each(func(p, o string) bool {
			rest, anyPort := strings.CutSuffix(p, ":*")
			return p == o || anyPort && strings.HasPrefix(o, rest)
		}),
		"port-glob-colon-prefix": each(func(p, o string) bool {
			rest, anyPort := strings.CutSuffix(p, "*")
			return p == o || anyPort && strings.HasPrefix(o, rest)
		}),
	}
}

// after makes a matcher that repairs the origin before it compares it.
func after(repair func(string) string) matcher {
	return each(func(p, o string) bool { return glob(strings.ToLower(p), repair(o)) })
}

func without(drop func(rune) bool) func(string) string {
	return func(s string) string {
		return strings.Map(func(r rune) rune {
			if drop(r) {
				return -1
			}
			return r
		}, s)
	}
}

// normalMutants repair the value that they get. They accept values that no browser sends,
// and then send them back.
func normalMutants() map[string]matcher {
	unescape := func(s string) string {
		if u, err := url.PathUnescape(s); err == nil {
			return u
		}
		return s
	}
	blank := func(r rune) bool { return r == 0 || unicode.IsSpace(r) }
	return map[string]matcher{
		"case-insensitive": after(strings.ToLower),
		"trim-dot":         after(func(o string) string { return strings.TrimRight(o, ".") }),
		"strip-whitespace": after(without(unicode.IsSpace)),
		"strip-non-ascii":  after(without(func(r rune) bool { return r > unicode.MaxASCII })),
		"nfkc-normalize":   after(func(o string) string { return strings.ToLower(norm.NFKC.String(strings.ReplaceAll(o, "。", "."))) }),
		"unicode-casefold": after(func(o string) string { return strings.ToLower(norm.NFKC.String(strings.ToLower(o))) }),
		"idna-normalize":   after(toASCII),
		"trim-slash": each(func(p, o string) bool {
			// It does not compare what it trims off the pattern's scheme.
			return strings.TrimRight(o, "/") == p || wild(p) && strings.HasSuffix(strings.TrimRight(o, "/"), "."+base(p))
		}),
		"truncate-at-nul-or-space": after(func(o string) string {
			if at := strings.IndexFunc(o, blank); at >= 0 {
				return o[:at]
			}
			return o
		}),
		"percent-decode": each(func(p, o string) bool {
			rest, found := strings.CutPrefix(unescape(o), p)
			return found && (rest == "" || !regexp.MustCompile(`^[a-zA-Z0-9.-]`).MatchString(rest))
		}),
		"percent-decode-suffix": each(func(p, o string) bool { return glob(p, unescape(o)) }),
		"split-list": func(patterns []string, o string) bool {
			for _, element := range strings.FieldsFunc(o, func(r rune) bool { return blank(r) || strings.ContainsRune(",;|", r) }) {
				if each(glob)(patterns, element) {
					return true
				}
			}
			return false
		},
		"ip-normalize":            each(func(p, o string) bool { return withAddress(p) == withAddress(o) }),
		"display-form-confusable": each(func(p, o string) bool { return skeleton(p) == skeleton(o) }),
	}
}

func toASCII(o string) string {
	scheme, host, _ := strings.Cut(o, "://")
	ascii, err := idna.New(idna.MapForLookup(), idna.StrictDomainName(false)).ToASCII(host)
	if err != nil {
		return o
	}
	return strings.ToLower(scheme) + "://" + ascii
}

// skeleton returns what people see: the display form, without marks, with look-alikes
// replaced (UTS #39, section 4).
func skeleton(o string) string {
	scheme, host, _ := strings.Cut(o, "://")
	if shown, err := idna.Punycode.ToUnicode(host); err == nil {
		host = shown
	}
	alike := strings.NewReplacer("а", "a", "е", "e", "о", "o", "р", "p", "с", "c", "х", "x", "у", "y", "і", "i", "ӏ", "l")
	bare := without(func(r rune) bool { return unicode.Is(unicode.Mn, r) })(norm.NFKD.String(alike.Replace(host)))
	return scheme + "://" + bare
}

// withAddress writes an origin's IP address in the only form that netip writes. It reads
// all forms of inet_aton: short, octal and hexadecimal forms, single numbers, and zones.
func withAddress(o string) string {
	scheme, rest, _ := strings.Cut(o, "://")
	host, port := rest, ""
	if at := strings.LastIndexByte(rest, ':'); at > strings.LastIndexByte(rest, ']') {
		host, port = rest[:at], rest[at:]
	}
	host = strings.Trim(host, "[]")
	if before, _, zoned := strings.Cut(host, "%"); zoned {
		host = before
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return scheme + "://" + a.Unmap().String() + port
	}
	parts := strings.Split(host, ".")
	var value uint64
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 0, 32)
		if err != nil || len(parts) > 4 {
			return o
		}
		if i == len(parts)-1 {
			value = value<<(8*(5-len(parts))) | n
		} else {
			value = value<<8 | n
		}
	}
	v := uint32(value)
	return scheme + "://" + netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}).String() + port
}

// policyMutants confuse the parts of several patterns.
func policyMutants() map[string]matcher {
	port := func(s string) string { return portAtEnd.FindString(strings.TrimPrefix(s, "https:")) }
	scheme := func(s string) string { before, _, _ := strings.Cut(s, "://"); return before }
	return map[string]matcher{
		// A tree that does not check where a pattern's host begins.
		"suffix-tree-without-boundary": each(func(p, o string) bool { return strings.HasSuffix(hostname(o), base(p)) }),
		"scheme x host x port cross-product": func(patterns []string, o string) bool {
			var schemes, hosts, ports bool
			for _, p := range patterns {
				schemes = schemes || scheme(p) == scheme(o)
				hosts = hosts || base(p) == hostname(o)
				ports = ports || port(p) == port(o) || strings.HasSuffix(p, ":*")
			}
			return schemes && hosts && ports
		},
		"wildcard-leaks-to-sibling": func(patterns []string, o string) bool {
			anyWild := false
			for _, p := range patterns {
				anyWild = anyWild || wild(p)
			}
			return each(func(p, o string) bool { return p == o || anyWild && strings.HasSuffix(hostname(o), "."+base(p)) })(patterns, o)
		},
		// The host of one wildcard, with the scheme and port of any other.
		"wildcard-scheme-mixup": func(patterns []string, o string) bool {
			host := each(func(p, o string) bool { return p == o || wild(p) && strings.HasSuffix(hostname(o), "."+base(p)) })(patterns, o)
			return host && each(func(p, o string) bool { return scheme(p) == scheme(o) })(patterns, o) &&
				each(func(p, o string) bool { return port(p) == port(o) })(patterns, o)
		},
	}
}
