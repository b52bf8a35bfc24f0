package cors_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// originMistake is an element of AllowOrigins that does not compile.
type originMistake struct {
	spec, code, hint string
	fixed            string   // the spelling that the hint offers; "" if it offers none or several
	means            string   // an origin that fixed must allow, if that is not fixed itself
	several          []string // the spellings that the hint offers instead
	advice           bool     // fixed is advice and not a Repair, because it has another scheme
}

// originMistakes are mistakes with and without credentials.
var originMistakes = []originMistake{
	{spec: "", code: "origin-empty", hint: "is a variable unset?"},

	{spec: "a.example", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "https://a.example"},
	{spec: "a.example:8443", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "https://a.example:8443"},
	{spec: "a.example/", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "https://a.example"},
	{spec: "//a.example", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "https://a.example"},
	{spec: "https:a.example", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "https://a.example"},
	{spec: "https//a.example", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "https://a.example"},
	{spec: "*.a.example", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "https://*.a.example", means: "https://x.a.example"},
	{spec: ".a.example", code: "origin-no-scheme", hint: "does not mean subdomains"},
	{spec: "localhost:3000", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "http://localhost:3000"},
	{spec: "127.0.0.1:5500", code: "origin-no-scheme", hint: "begins with its scheme", fixed: "http://127.0.0.1:5500"},
	{spec: "NULL", code: "origin-no-scheme"},
	{spec: "a@b.example", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "//a@b.example/", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "a:b@b.example", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "ws:a@b.example", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "myapp:a@b.example", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "http:80", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "https:8443/", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "http//0x50", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "javascript:alert@b.example", code: "origin-scheme", hint: `have the origin "null"`},
	{spec: "mailto:a@b.example", code: "origin-scheme", hint: `have the origin "null"`},
	{spec: "data:a@b.example", code: "origin-scheme", hint: `have the origin "null"`},
	{spec: "blob:a@b.example", code: "origin-scheme", hint: "the page that made it"},
	{spec: "app://a:0", code: "origin-port", hint: "a number from 1 to 65535"},
	{spec: "app://*.", code: "wildcard-everything", hint: "one *"},
	{spec: "**", code: "origin-no-scheme", hint: "begins with its scheme"},

	{spec: "https://a.example, https://b.example", code: "origin-list", hint: "one element names one origin", several: []string{"https://a.example", "https://b.example"}},
	{spec: "https://a.example;https://b.example", code: "origin-list", hint: "one element names one origin", several: []string{"https://a.example", "https://b.example"}},
	{spec: "https://a.example https://b.example", code: "origin-list", hint: "one element names one origin", several: []string{"https://a.example", "https://b.example"}},
	{spec: "https://a.example|https://b.example", code: "origin-list", hint: "one element names one origin", several: []string{"https://a.example", "https://b.example"}},
	{spec: "https://a.example\nhttps://b.example\n", code: "origin-list", hint: "one element names one origin", several: []string{"https://a.example", "https://b.example"}},

	// In these, a comma may be part of something else.
	{spec: "https://a,b.example.com", code: "origin-list", hint: "each as an element of its own"},
	{spec: "https://app,admin,x.example.com:8443", code: "origin-list", hint: "each as an element of its own"},
	{spec: "https://a.example/?to=https://b.example,https://c.example", code: "origin-list", hint: "each as an element of its own"},
	{spec: "https://a.example/#x;https://c.example", code: "origin-list", hint: "each as an element of its own"},
	{spec: "http://localhost,http://127.0.0.1", code: "origin-list", hint: "one element names one origin", several: []string{"http://localhost", "http://127.0.0.1"}},
	{spec: "http://intranet,http://wiki:8080", code: "origin-list", hint: "one element names one origin", several: []string{"http://intranet", "http://wiki:8080"}},

	// A variable that nothing has replaced.
	{spec: "$CORS_ORIGINS", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "${CORS_ORIGINS}", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "${CORS_ORIGINS:-https://a.example}", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "https://$HOST", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "https://${HOST}.example.com:8080", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "https://$(HOST)", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "{{ .Values.cors.origin }}", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "https://{{host}}", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "<%= ENV['ORIGIN'] %>", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "#{ENV['ORIGIN']}", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "%CORS_ORIGINS%", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "https://%HOST%", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "https://<host>", code: "origin-variable", hint: "is a variable not replaced?"},
	{spec: "<your-origin>", code: "origin-variable", hint: "is a variable not replaced?"},

	// Characters that nobody sees.
	{spec: "\ufeffhttps://a.example", code: "origin-space", hint: "no white space", fixed: "https://a.example"},
	{spec: "\u200bhttps://a.example\u200b", code: "origin-space", hint: "no white space", fixed: "https://a.example"},
	{spec: "https://a.example\u00a0", code: "origin-space", hint: "no white space", fixed: "https://a.example"},
	{spec: "\u2060*", code: "origin-space", hint: "no white space", fixed: "*", means: "https://x.example"},
	{spec: "https://a\u200b.example", code: "origin-space", hint: "invisible", fixed: "https://a.example"},

	// Spring's and Chromium's spellings, and JSON in a variable.
	{spec: "https://*.example.com:[*]", code: "wildcard-port", hint: `":*" means any port`, fixed: "https://*.example.com:*", means: "https://x.example.com:81"},
	{spec: "http://localhost:[3000]", code: "origin-port", hint: "a number from 1 to 65535", fixed: "http://localhost:3000"},
	{spec: "http://a.example:[]", code: "origin-port", hint: "a number from 1 to 65535"},
	{spec: "http://a.example:[", code: "origin-port", hint: "a number from 1 to 65535"},
	{spec: "https://[*.]example.com", code: "wildcard-place", hint: "without brackets"},
	{spec: `["*"]`, code: "origin-quotes", hint: "brackets", fixed: "*", means: "https://x.example"},
	{spec: `["https://a.example"`, code: "origin-quotes", hint: "brackets", fixed: "https://a.example"},
	{spec: `"http://[::1]:3000"]`, code: "origin-quotes", hint: "brackets", fixed: "http://[::1]:3000"},
	{spec: `["localhost:3000"]`, code: "origin-quotes", hint: "brackets", fixed: "http://localhost:3000"},
	{spec: "chrome-extension:*", code: "origin-no-scheme", hint: `its scheme and "://"`},

	// Marks that people put around origins, and lists in other notations.
	{spec: `"https://a.example"`, code: "origin-quotes", hint: "quotation marks", fixed: "https://a.example"},
	{spec: "'https://a.example'", code: "origin-quotes", hint: "quotation marks", fixed: "https://a.example"},
	{spec: "`https://a.example`", code: "origin-quotes", hint: "quotation marks", fixed: "https://a.example"},
	{spec: "\u201chttps://a.example\u201d", code: "origin-quotes", hint: "quotation marks", fixed: "https://a.example"},
	{spec: "<https://a.example>", code: "origin-quotes", hint: "brackets", fixed: "https://a.example"},
	{spec: `["https://a.example"]`, code: "origin-quotes", hint: "brackets", fixed: "https://a.example"},
	{spec: `["https://a.example","https://b.example"]`, code: "origin-quotes", hint: "brackets", several: []string{"https://a.example", "https://b.example"}},
	{spec: `"https://a.example/"`, code: "origin-quotes", hint: "quotation marks", fixed: "https://a.example"},
	{spec: `"*"`, code: "origin-quotes", hint: "quotation marks", fixed: "*", means: "https://x.example"},
	{spec: `"https://a.example", "https://b.example"`, code: "origin-list", hint: "one element names one origin", several: []string{"https://a.example", "https://b.example"}},
	{spec: "https://a.example,", code: "origin-quotes", hint: "final commas", fixed: "https://a.example"},
	{spec: "a.example, b.example", code: "origin-list", hint: "one element names one origin", several: []string{"https://a.example", "https://b.example"}},
	{spec: "https://a.example, https://b.?", code: "origin-list", hint: "one element names one origin"},
	{spec: "https://{app,admin}.example.com", code: "origin-list", hint: "are not expanded", several: []string{"https://app.example.com", "https://admin.example.com"}},
	{spec: "https://{a,b}.example:{81,82}", code: "origin-list", hint: "are not expanded", several: []string{"https://a.example:81", "https://a.example:82", "https://b.example:81", "https://b.example:82"}},
	{spec: "https://a.example:[8080,8081]", code: "origin-list", hint: "lists of ports", several: []string{"https://a.example:8080", "https://a.example:8081"}},
	{spec: "https://a.example:8080,8081", code: "origin-list", hint: "lists of ports", several: []string{"https://a.example:8080", "https://a.example:8081"}},
	{spec: "http://localhost:(3000|5173)", code: "origin-list", hint: "are not expanded", several: []string{"http://localhost:3000", "http://localhost:5173"}},
	{spec: "https://{a..z}.example.com", code: "origin-regexp", hint: "list each origin"},
	{spec: "https://{a,{b,c}}.example.com", code: "origin-list", hint: "one element names one origin"},
	{spec: `^https://(app|admin)\.example\.com$`, code: "origin-regexp", hint: "not regular expressions", several: []string{"https://app.example.com", "https://admin.example.com"}},
	{spec: `^https?://a\.example$`, code: "origin-regexp", hint: "list each origin"},
	{spec: `^https://a.*\.example$`, code: "origin-regexp", hint: "list each origin"},

	{spec: " https://a.example", code: "origin-space", hint: "no white space", fixed: "https://a.example"},
	{spec: "https://a.example\n", code: "origin-space", hint: "no white space", fixed: "https://a.example"},
	{spec: "https://a.example\r\nX: y", code: "origin-space", hint: "control characters"},
	{spec: "https://a.example\x00", code: "origin-space", hint: "control characters"},
	{spec: "https://a exam.example", code: "origin-space", hint: "no white space"},
	{spec: "null ", code: "origin-space", hint: "no white space"},

	{spec: `^https://.*\.a\.example$`, code: "origin-regexp", hint: "not regular expressions"},
	{spec: ".*", code: "origin-regexp", hint: "not regular expressions"},
	{spec: "https://(a|b).example.com", code: "origin-list", hint: "are not expanded", several: []string{"https://a.example.com", "https://b.example.com"}},
	{spec: `https://a\.example`, code: "origin-regexp", hint: "not regular expressions", fixed: "https://a.example"},
	{spec: "https://a+.example", code: "origin-regexp", hint: "not regular expressions"},

	{spec: "https://*", code: "wildcard-everything", hint: "the whole web"},
	{spec: "https://*:*", code: "wildcard-everything", hint: "the whole web"},
	{spec: "*://*", code: "wildcard-everything", hint: "the whole web", fixed: "*", means: "https://x.example"},
	{spec: "https://*.*", code: "wildcard-everything", hint: "the whole web"},
	{spec: "https://*.", code: "wildcard-everything", hint: "the whole web"},

	{spec: "https://*.:8443", code: "wildcard-everything", hint: "the whole web"},

	{spec: "*://a.example", code: "wildcard-scheme", hint: "list the schemes one by one", fixed: "https://a.example", advice: true},
	{spec: "http*://a.example", code: "wildcard-scheme", hint: "list the schemes one by one", fixed: "https://a.example", advice: true},

	{spec: "file://*", code: "origin-scheme", hint: "Dangerously.FileOrigin"},
	{spec: "file://server/share", code: "origin-scheme", hint: "loaded from files"},
	{spec: "blob:null/9115d58c", code: "origin-scheme", hint: "the page that made it"},
	{spec: "filesystem:https://a.example/temporary/x", code: "origin-scheme", hint: "the page that made it", fixed: "https://a.example"},
	{spec: "data://*", code: "origin-scheme", hint: "cannot distinguish them"},
	{spec: "wss://*", code: "wildcard-everything", hint: "the whole web"},
	{spec: "app://*:*", code: "wildcard-everything", hint: "one *", fixed: "app://*", means: "app://x"},
	{spec: "app://*.*", code: "wildcard-everything", hint: "one *", fixed: "app://*", means: "app://."},
	{spec: "chrome-extension://*/", code: "wildcard-everything", hint: "one *", fixed: "chrome-extension://*", means: "chrome-extension://abc"},
	{spec: "Chrome-Extension://ABC", code: "origin-case", hint: "lower case", fixed: "chrome-extension://ABC"},
	{spec: "chrome-extension://abc/popup.html", code: "origin-path", hint: "no path", fixed: "chrome-extension://abc"},
	{spec: "app://a!b", code: "origin-host", hint: "such an origin"},
	{spec: "app://" + strings.Repeat("a", 254), code: "origin-host", hint: "253 bytes"},
	{spec: "file:///srv/app.html", code: "origin-scheme", hint: `Written as "file://" it is not allowed either`},
	{spec: "data:text/html,x", code: "origin-scheme", hint: `have the origin "null"`},
	{spec: "blob:https://a.example/9115d58c", code: "origin-scheme", hint: "the page that made it", fixed: "https://a.example"},
	{spec: "about:blank", code: "origin-scheme", hint: `have the origin "null"`},
	{spec: "javascript:void(0)", code: "origin-scheme", hint: `have the origin "null"`},
	{spec: "wss://a.example", code: "origin-scheme", hint: "WebSocket", fixed: "https://a.example", advice: true},
	{spec: "ws://localhost:3000", code: "origin-scheme", hint: "WebSocket", fixed: "http://localhost:3000", advice: true},
	{spec: "ftp://a.example", code: "origin-scheme", hint: "no longer"},
	{spec: "ht_tps://a.example", code: "origin-scheme", hint: "a scheme is a letter followed by"},
	{spec: "1https://a.example", code: "origin-scheme", hint: "a scheme is a letter followed by"},
	{spec: "https?://a.example", code: "origin-scheme", hint: "a scheme is a letter followed by", fixed: "https://a.example", advice: true},
	{spec: strings.Repeat("s", 65) + "://a.example", code: "origin-scheme", hint: "64 bytes at most"},

	{spec: "https://user@a.example", code: "origin-userinfo", hint: "no user name or password"}, // or is an @ misspelt?
	{spec: "https://ex@mple.com", code: "origin-userinfo", hint: "no user name or password"},
	{spec: "https://*@example.com", code: "origin-userinfo", hint: "no user name or password"},
	{spec: "https://user:secret@a.example:8443/", code: "origin-userinfo", hint: "no user name or password", fixed: "https://a.example:8443"},
	// A part of each of these would be another site.
	{spec: "https://a.example@evil.example", code: "origin-userinfo", hint: "no user name or password"},
	{spec: "https://a.example:443@evil.example/", code: "origin-userinfo", hint: "no user name or password"},
	{spec: "https://a.example/@evil.example", code: "origin-path", hint: "an origin has no path", fixed: "https://a.example"},
	{spec: "https://?.example.com", code: "origin-query", hint: "? is not a wildcard"},
	{spec: "https://app?.example.com", code: "origin-query", hint: "? is not a wildcard"},
	{spec: "https://app.example.co?", code: "origin-query", hint: "? is not a wildcard"},
	{spec: "https://a.example#.evil.example", code: "origin-query", hint: "no query or fragment"},
	{spec: "https://a.example%3a80", code: "origin-idn", hint: "percent-encoded"},
	{spec: "https://a.example%40evil.example", code: "origin-idn", hint: "percent-encoded"},
	{spec: "https://%2a.example.com", code: "origin-idn", hint: "percent-encoded"},
	{spec: "https://\uff0a.example.com", code: "origin-idn", hint: "punycode"},
	{spec: "https://a.example?x=1", code: "origin-query", hint: "no query or fragment", fixed: "https://a.example"},
	{spec: "https://a.example/#/home", code: "origin-query", hint: "no query or fragment", fixed: "https://a.example"},
	{spec: "https://a.example/", code: "origin-path", hint: "an origin has no path", fixed: "https://a.example"},
	{spec: "https://a.example/app", code: "origin-path", hint: "an origin has no path", fixed: "https://a.example"},
	{spec: "https://a.example/*", code: "origin-path", hint: "an origin has no path", fixed: "https://a.example"},
	{spec: "https://A.example:443/", code: "origin-path", hint: "an origin has no path", fixed: "https://a.example"},
	{spec: "https://*.a.example/", code: "origin-path", hint: "an origin has no path", fixed: "https://*.a.example", means: "https://x.a.example"},

	{spec: "https://*.*.a.example", code: "wildcard-count", hint: "covers any number of labels"},
	{spec: "https://*.x.*.a.example", code: "wildcard-count", hint: "one * at most"},
	{spec: "https://**.a.example", code: "wildcard-count", hint: "one * at most"},
	{spec: "https://a.example:8*", code: "wildcard-port", hint: `":*" means any port`},
	{spec: "https://a.example:**", code: "wildcard-port", hint: `":*" means any port`},
	{spec: "https://a.example:80-90", code: "origin-port", hint: "a number from 1 to 65535"},
	{spec: "https://a.example:8443:*", code: "origin-port", hint: "port"},
	{spec: "https://a.example:443", code: "origin-port", hint: "default port", fixed: "https://a.example"},
	{spec: "http://localhost:80", code: "origin-port", hint: "default port", fixed: "http://localhost"},
	{spec: "https://*.a.example:443", code: "origin-port", hint: "default port", fixed: "https://*.a.example", means: "https://x.a.example"},
	{spec: "https://a.example:", code: "origin-port", hint: "missing", fixed: "https://a.example"},
	{spec: "https://a.example:0", code: "origin-port", hint: "a number from 1 to 65535"},
	{spec: "https://a.example:65536", code: "origin-port", hint: "a number from 1 to 65535"},
	{spec: "https://a.example:08443", code: "origin-port", hint: "leading zeros", fixed: "https://a.example:8443"},
	{spec: "https://a.example:0443", code: "origin-port", hint: "leading zeros", fixed: "https://a.example"},
	{spec: "https://a.example:+8443", code: "origin-port", hint: "sign", fixed: "https://a.example:8443"},
	{spec: "https://a.example:https", code: "origin-port", hint: "a number from 1 to 65535"},

	{spec: "HTTPS://a.example", code: "origin-case", hint: "lower case", fixed: "https://a.example"},
	{spec: "https://A.Example", code: "origin-case", hint: "lower case", fixed: "https://a.example"},
	{spec: "https://B\u00dcCHER.example", code: "origin-case", hint: "lower case", fixed: "https://xn--bcher-kva.example"},
	{spec: "https://b\u00fccher.example", code: "origin-idn", hint: "punycode", fixed: "https://xn--bcher-kva.example"},
	{spec: "https://*.b\u00fccher.example:8443", code: "origin-idn", hint: "punycode", fixed: "https://*.xn--bcher-kva.example:8443", means: "https://x.xn--bcher-kva.example:8443"},
	{spec: "https://fa\u00df.example", code: "origin-idn", hint: "punycode", fixed: "https://xn--fa-hia.example"}, // as browsers do, not "fass"
	{spec: "https://\uff41.example", code: "origin-idn", hint: "punycode", fixed: "https://a.example"},
	{spec: "https://a%2dexample.com", code: "origin-idn", hint: "percent-encoded", fixed: "https://a-example.com"},
	{spec: "https://xn--.example", code: "origin-idn", hint: `begins with "xn--"`},
	{spec: "https://a.example.xn--", code: "origin-idn", hint: `begins with "xn--"`},
	{spec: "a.example.xn--", code: "origin-no-scheme", hint: "begins with its scheme"},
	{spec: "https://a.example.\u00ad", code: "origin-idn", hint: "punycode"}, // a soft hyphen, which stands for nothing
	{spec: "https://a.example\uff61/", code: "origin-path", hint: "no path", fixed: "https://a.example."},
	{spec: "https://xn--zzzzzz.example", code: "origin-idn", hint: `begins with "xn--"`},
	{spec: "https://xn--*.example.com", code: "origin-idn", hint: `begins with "xn--"`},

	{spec: "192.168.0.0/16", code: "origin-ip", hint: "a range of addresses"},
	{spec: "http://10.0.0.0/8", code: "origin-ip", hint: "Origin.Addr"},
	{spec: "http://192.168.1.*:5173", code: "origin-ip", hint: "a range of addresses"},
	{spec: "http://192.168.*.*", code: "origin-ip", hint: "a range of addresses"},
	{spec: "http://10.*", code: "origin-ip", hint: "a range of addresses"},
	{spec: "http://192.168.*.1-20", code: "origin-ip", hint: "a range of addresses"},
	{spec: "http://[fd00::*]", code: "origin-ip", hint: "a range of addresses"},
	{spec: "fd00::/8", code: "origin-ip", hint: "a range of addresses"},
	{spec: "192.168.1.10:3000", code: "origin-no-scheme", hint: "begins with its scheme"}, // the scheme is in doubt
	{spec: "http://::1", code: "origin-ip", hint: "in brackets", fixed: "http://[::1]"},
	{spec: "http://::1:3000", code: "origin-ip", hint: "in brackets", fixed: "http://[::1]:3000"},
	{spec: "http://[::1", code: "origin-ip", hint: "in brackets", fixed: "http://[::1]"},
	{spec: "http://[0:0:0:0:0:0:0:1]:3000", code: "origin-ip", hint: "shortest form", fixed: "http://[::1]:3000"},
	{spec: "http://[::ffff:127.0.0.1]", code: "origin-ip", hint: "as browsers write it", fixed: "http://[::ffff:7f00:1]"},
	{spec: "http://[fe80::1%25eth0]", code: "origin-ip", hint: "no zone"}, // without it it is another address
	{spec: "http://[localhost]", code: "origin-ip", hint: "not an IPv6 address"},
	// Browsers read these as addresses that their author hardly means.
	{spec: "http://192.168.1", code: "origin-ip", hint: "four decimal numbers"},
	{spec: "http://10.1:8080", code: "origin-ip", hint: "four decimal numbers"},
	{spec: "http://192.168.001.010", code: "origin-ip", hint: "four decimal numbers"},
	{spec: "http://1", code: "origin-ip", hint: "four decimal numbers"},
	{spec: "http://192.168.%31", code: "origin-idn", hint: "percent-encoded"},
	{spec: "http://192.168.001.007", code: "origin-ip", hint: "four decimal numbers", fixed: "http://192.168.1.7"},
	{spec: "http://127.1", code: "origin-ip", hint: "four decimal numbers", fixed: "http://127.0.0.1"},
	{spec: "http://0x7f000001:3000", code: "origin-ip", hint: "four decimal numbers", fixed: "http://127.0.0.1:3000"},
	{spec: "http://2130706433", code: "origin-ip", hint: "four decimal numbers", fixed: "http://127.0.0.1"},
	{spec: "http://127.0.0.01", code: "origin-ip", hint: "four decimal numbers", fixed: "http://127.0.0.1"},
	{spec: "http://127.0.0.1.", code: "origin-ip", hint: "four decimal numbers", fixed: "http://127.0.0.1"},
	{spec: "http://127.0.0.256", code: "origin-ip", hint: "from 0 to 255"},
	{spec: "http://1.2.3.4.5", code: "origin-ip", hint: "four decimal numbers"},
	{spec: "https://a.example.1", code: "origin-ip", hint: "ends in a number"},
	{spec: "https://*.127.0.0.1", code: "origin-ip", hint: "no subdomains"},
	{spec: "https://192.168.*.1", code: "origin-ip", hint: "cannot be wildcards"},

	{spec: "https://*a.example", code: "wildcard-place", hint: `write "https://*.a.example"`, fixed: "https://*.a.example", means: "https://x.a.example"},
	{spec: "http://*localhost.example:3000", code: "wildcard-place", hint: "domains that anyone can register", fixed: "http://*.localhost.example:3000", means: "http://x.localhost.example:3000"},
	{spec: "https://a-*.example.", code: "wildcard-place", hint: "top-level domain"},
	{spec: "https://a-*.example", code: "wildcard-place", hint: "top-level domain"},
	{spec: "https://app.*.example.com", code: "wildcard-place", hint: "only in a host's first label"},
	// Two faults: the hint is about the one for which there is no repair.
	{spec: "https://App.*.example.com/", code: "wildcard-place", hint: "only in a host's first label"},
	{spec: "https://*.*.Example.com:443", code: "wildcard-count", hint: "covers any number of labels"},
	{spec: "http://[FE80::1%25eth0]:80/", code: "origin-ip", hint: "no zone"},
	{spec: "https://A.example:70000/", code: "origin-port", hint: "a number from 1 to 65535"},
	{spec: "https://user:secret@example.*", code: "wildcard-place", hint: "anyone can register"},
	{spec: "https://%2A.example.com", code: "origin-idn", hint: "percent-encoded"},
	{spec: `"https://example.*"`, code: "wildcard-place", hint: "anyone can register"},
	{spec: "https://a.example*", code: "wildcard-place", hint: "only in a host's first label"},
	{spec: "https://example.*", code: "wildcard-place", hint: "anyone can register"},
	{spec: "http://localhost*", code: "wildcard-place", hint: "never stands for the end of a name"},

	{spec: "https://", code: "origin-host", hint: "the host is missing"},
	{spec: "https://:8443", code: "origin-host", hint: "the host is missing"},
	{spec: "https://.a.example", code: "origin-host", hint: "begin with a dot"},
	{spec: "https://a..example", code: "origin-host", hint: "no empty labels"},
	{spec: "https://a.example..", code: "origin-host", hint: "no empty labels"},
	{spec: "https://a!b.example", code: "origin-host", hint: "labels of a-z, 0-9, - and _"},
	{spec: "https://a<b.example", code: "origin-host", hint: "labels of a-z, 0-9, - and _"},
	{spec: "https:///a.example", code: "origin-host", hint: "the host is missing"},
	{spec: "https://*foo", code: "wildcard-place", hint: "a wildcard needs a domain after it"},
	{spec: "https://*com", code: "wildcard-place", hint: "a wildcard needs a domain after it"},
	{spec: "http://*localhost:3000", code: "wildcard-place", hint: "a wildcard needs a domain after it", fixed: "http://*.localhost:3000", means: "http://x.localhost:3000"},
	{spec: "https://" + strings.Repeat("a", 64) + ".example", code: "origin-host", hint: "63 bytes"},
	{spec: "https://" + strings.Repeat("a.", 126) + "aa", code: "origin-host", hint: "253 bytes"},
	{spec: "https://*." + strings.Repeat("a.", 126) + "a", code: "origin-host", hint: "253 bytes"}, // 253 without the wildcard, so it could never match
}

// credentialMistakes are mistakes only with credentials.
var credentialMistakes = []originMistake{
	{spec: "*", code: "any-credentials", hint: "list the origins"},
	{spec: "http://a.example", code: "insecure-credentials", hint: "set Dangerously.InsecureOrigins", fixed: "https://a.example", advice: true},
	{spec: "http://a.example:8080", code: "insecure-credentials", hint: "controls the network", fixed: "https://a.example:8080", advice: true},
	{spec: "http://a.example:443", code: "insecure-credentials", hint: "controls the network", fixed: "https://a.example", advice: true},
	{spec: "http://192.168.1.10", code: "insecure-credentials", hint: "serve the page over https"},
	{spec: "http://*.a.example", code: "insecure-credentials", hint: "controls the network", fixed: "https://*.a.example", advice: true, means: "https://x.a.example"},
	{spec: "http://0.0.0.0:*", code: "insecure-credentials", hint: "servers listen on this address"},
	{spec: "http://[::]:3000", code: "insecure-credentials", hint: "list the origin that the browser shows"},
	{spec: "chrome-extension://*", code: "scheme-credentials", hint: "set Dangerously.SchemesWithCredentials"},
	{spec: "http://localhost.a.example", code: "insecure-credentials", hint: "controls the network", fixed: "https://localhost.a.example", advice: true},
	{spec: "https://*.com", code: "public-suffix-credentials", hint: "directly below com, a public suffix"},
	{spec: "https://*.co.uk", code: "public-suffix-credentials", hint: "directly below co.uk, a public suffix"},
	{spec: "https://*.github.io", code: "public-suffix-credentials", hint: "set Dangerously.PublicSuffixes"},
	{spec: "https://*.github.io.", code: "public-suffix-credentials", hint: "name your own domain"},
	{spec: "https://*.github.io:*", code: "public-suffix-credentials", hint: "name your own domain"},
	{spec: "https://app-*.vercel.app", code: "public-suffix-credentials", hint: "directly below vercel.app"},
	{spec: "https://*.amazonaws.com", code: "public-suffix-credentials", hint: "below amazonaws.com, which contains public suffixes"},
	{spec: "https://*.internal", code: "public-suffix-credentials", hint: "which is a top-level domain"},
}

// offered finds the spelling that a hint offers.
var offered = regexp.MustCompile(`[;,] write "([^"]*)"`)

func (m originMistake) check(t *testing.T, credentials bool) {
	t.Helper()
	p, err := cors.Compile(cors.Config{AllowOrigins: []string{m.spec}, AllowCredentials: credentials})
	all := cors.ConfigErrors(err)
	if p != nil || len(all) != 1 {
		t.Fatalf("got policy %v and errors %v; want one error", p, err)
	}
	e := all[0]
	if e.Field != "AllowOrigins[0]" || e.Value != m.spec || e.Code != m.code || !strings.Contains(e.Hint, m.hint) {
		t.Errorf("got field %q, value %q, code %q, hint %q;\nwant code %q and a hint with %q", e.Field, e.Value, e.Code, e.Hint, m.code, m.hint)
	}
	offer := ""
	if found := offered.FindStringSubmatch(e.Hint); found != nil {
		offer = found[1]
	}
	repair := m.several
	if m.fixed != "" && !m.advice {
		repair = []string{m.fixed}
	}
	if offer != m.fixed || !slices.Equal(e.Repair, repair) {
		t.Fatalf("the hint offers %q, want %q; the repair is %q, want %q: %s", offer, m.fixed, e.Repair, repair, e.Hint)
	}
	for _, one := range m.several {
		if !strings.Contains(e.Hint, strconv.Quote(one)) {
			t.Errorf("the hint does not offer %s: %s", one, e.Hint)
		}
	}
	if offer == "" && len(m.several) == 0 {
		return
	}
	right := m.several
	if offer != "" {
		right = []string{offer}
	}
	fixed, err := cors.Compile(cors.Config{AllowOrigins: right, AllowCredentials: credentials})
	if err != nil {
		t.Fatalf("what is offered does not compile: %v", err)
	}
	if m.means == "" {
		m.means = offer
	}
	if m.means != "" && !fixed.AllowsOrigin(m.means) {
		t.Errorf("%s does not allow %s", right, m.means)
	}
}

func TestOriginErrors(t *testing.T) {
	t.Parallel()
	for _, m := range originMistakes {
		t.Run(m.spec, func(t *testing.T) {
			t.Parallel()
			m.check(t, false)
		})
	}
	for _, m := range credentialMistakes {
		t.Run(m.spec+" with credentials", func(t *testing.T) {
			t.Parallel()
			m.check(t, true)
			if _, err := cors.Compile(cors.Config{AllowOrigins: []string{m.spec}}); err != nil {
				t.Errorf("without credentials: %v", err)
			}
		})
	}
}

// TestCollectedMistakes compares a collection of real mistakes with the tables above. Some
// of them are legal.
func TestCollectedMistakes(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/config_mistakes.json")
	if err != nil {
		t.Fatal(err)
	}
	var collected []struct{ Mistake, Spec string }
	if err := json.Unmarshal(data, &collected); err != nil {
		t.Fatal(err)
	}
	legal := map[string]string{ // with an origin that each allows
		"http://[::1]:3000":  "http://[::1]:3000",
		"http://localhost:*": "http://localhost:5173",
		"chrome-extension://abcdefghijklmnopabcdefghijklmnop": "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
	}
	if len(collected) < 20 {
		t.Errorf("only %d were collected", len(collected))
	}
	for _, m := range collected {
		isIt := func(o originMistake) bool { return o.spec == m.Spec }
		origin, ok := legal[m.Spec]
		switch {
		case ok:
			for _, credentials := range []bool{false, true} {
				p, err := cors.Compile(cors.Config{AllowOrigins: []string{m.Spec}, AllowCredentials: credentials})
				if err != nil || !p.AllowsOrigin(origin) {
					t.Errorf("%s: %q is legal: %v", m.Mistake, m.Spec, err)
				}
			}
		case m.Spec == "null", m.Spec == "file://": // see configMistakes
		case !slices.ContainsFunc(originMistakes, isIt) && !slices.ContainsFunc(credentialMistakes, isIt):
			t.Errorf("%s: %q is in no table", m.Mistake, m.Spec)
		}
	}
}
