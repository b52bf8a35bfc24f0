package cors_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// warningCases are legal but questionable, each for one reason.
var warningCases = []struct {
	config                   cors.Config
	field, value, code, hint string
}{
	{cors.Config{AllowOrigins: []string{"http://a.example"}}, "AllowOrigins[0]", "http://a.example", "insecure-origin", "over https"},
	{cors.Config{AllowOrigins: []string{"http://*.a.example:*"}}, "AllowOrigins[0]", "http://*.a.example:*", "insecure-origin", "controls the network"},
	{cors.Config{AllowOrigins: []string{"https://*.com"}}, "AllowOrigins[0]", "https://*.com", "public-suffix", "com, a public suffix"},
	{cors.Config{AllowOrigins: []string{"https://*.github.io"}}, "AllowOrigins[0]", "https://*.github.io", "public-suffix", "github.io, a public suffix"},
	{cors.Config{AllowOrigins: []string{"https://*.amazonaws.com"}}, "AllowOrigins[0]", "https://*.amazonaws.com", "public-suffix", "which contains public suffixes"},
	{cors.Config{AllowOrigins: []string{"https://*.internal"}}, "AllowOrigins[0]", "https://*.internal", "public-suffix", "which is a top-level domain"},
	{cors.Config{AllowOrigins: []string{app, "null"}, Dangerously: cors.Dangers{NullOrigin: true}}, "AllowOrigins[1]", "null", "null-origin", "sandboxed frame"},
	{cors.Config{AllowOrigins: []string{app, "null"}, Dangerously: cors.Dangers{NullOrigin: true}, Enforce: cors.EnforceUnsafe}, "AllowOrigins[1]", "null", "null-enforced", "remove \"null\""},
	{cors.Config{AllowOrigins: []string{app, app}}, "AllowOrigins[1]", app, "origin-covered", "an earlier element"},
	{cors.Config{AllowOrigins: []string{app, "https://*.example.com"}}, "AllowOrigins[0]", app, "origin-covered", `"https://*.example.com" covers it`},
	{cors.Config{AllowOrigins: []string{"https://*.example.com", app}}, "AllowOrigins[1]", app, "origin-covered", `"https://*.example.com" covers it`},
	{cors.Config{AllowOrigins: []string{"https://a.b.example.com", "https://*.example.com:*"}}, "AllowOrigins[0]", "https://a.b.example.com", "origin-covered", `"https://*.example.com:*" covers it`},
	{cors.Config{AllowOrigins: []string{"https://*.b.example.com", "https://*.example.com"}}, "AllowOrigins[0]", "https://*.b.example.com", "origin-covered", `"https://*.example.com" covers it`},
	{cors.Config{AllowOrigins: []string{"https://*.example.com", "https://*.example.com:*"}}, "AllowOrigins[0]", "https://*.example.com", "origin-covered", `"https://*.example.com:*" covers it`},
	{cors.Config{AllowOrigins: []string{"https://app-1.example.com:81", "https://app-*.example.com:81"}}, "AllowOrigins[0]", "https://app-1.example.com:81", "origin-covered", `"https://app-*.example.com:81" covers it`},
	{cors.Config{AllowOrigins: []string{"https://app-*.example.com", "https://*.example.com"}}, "AllowOrigins[0]", "https://app-*.example.com", "origin-covered", `"https://*.example.com" covers it`},
	{cors.Config{AllowOrigins: []string{"https://app-a-*.example.com", "https://app-*.example.com"}}, "AllowOrigins[0]", "https://app-a-*.example.com", "origin-covered", `"https://app-*.example.com" covers it`},
	{cors.Config{AllowOrigins: []string{"http://localhost:3000", "http://localhost:*"}}, "AllowOrigins[0]", "http://localhost:3000", "origin-covered", `"http://localhost:*" covers it`},
	{cors.Config{AllowOrigins: []string{"https://x.a.example:*", "https://*.a.example:*"}}, "AllowOrigins[0]", "https://x.a.example:*", "origin-covered", `"https://*.a.example:*" covers it`},
	{cors.Config{AllowOrigins: []string{app, "*"}}, "AllowOrigins[0]", app, "origin-covered", `"*" covers it`},
	{cors.Config{AllowOrigins: []string{"*", "null"}, Dangerously: cors.Dangers{NullOrigin: true}}, "AllowOrigins[1]", "null", "null-origin", "sandboxed frame"},
	{cors.Config{AllowOrigins: []string{"*", "null"}}, "AllowOrigins[1]", "null", "origin-covered", `"*" covers it`},
	{cors.Config{AllowOrigins: []string{"null", "*"}}, "AllowOrigins[0]", "null", "origin-covered", `"*" covers it`},
	{cors.Config{AllowOrigins: []string{"*", "file://"}}, "AllowOrigins[1]", "file://", "origin-covered", `"*" covers it`},
	{cors.Config{AllowOrigins: []string{"capacitor://localhost"}}, "AllowOrigins[0]", "capacitor://localhost", "scheme-unusual", "check the spelling"},
	{cors.Config{AllowOrigins: []string{"htps://a.example"}}, "AllowOrigins[0]", "htps://a.example", "scheme-unusual", "if a web page is meant, the scheme is https"},
	{cors.Config{AllowOrigins: []string{"https://a.example."}}, "AllowOrigins[0]", "https://a.example.", "host-trailing-dot", `write "https://a.example"`},
	{cors.Config{AllowOrigins: []string{"https://*.surge.sh"}}, "AllowOrigins[0]", "https://*.surge.sh", "shared-hosting", "name your own"},
	{cors.Config{AllowOrigins: []string{"https://app-*.nip.io:81"}}, "AllowOrigins[0]", "https://app-*.nip.io:81", "shared-hosting", "name your own"},
	{cors.Config{AllowOrigins: []string{"https://codepen.io"}}, "AllowOrigins[0]", "https://codepen.io", "shared-origin", "anyone can publish a script"},
	{cors.Config{AllowOrigins: []string{"http://localhost:3000"}, AllowCredentials: true}, "AllowOrigins[0]", "http://localhost:3000", "loopback-credentials", "remove it in production"},
	{cors.Config{AllowOrigins: []string{"http://[::1]:*"}, AllowCredentials: true}, "AllowOrigins[0]", "http://[::1]:*", "loopback-credentials", "remove it in production"},
	{cors.Config{AllowOrigins: []string{"http://*.localhost"}, AllowCredentials: true}, "AllowOrigins[0]", "http://*.localhost", "loopback-credentials", "remove it in production"},
	{cors.Config{AllowOrigins: []string{"https://*.example.com"}, AllowCredentials: true}, "AllowOrigins[0]", "https://*.example.com", "wildcard-credentials", "list the origins"},
	{cors.Config{AllowOrigins: []string{"https://app-*.example.com"}, AllowCredentials: true}, "AllowOrigins[0]", "https://app-*.example.com", "wildcard-credentials", "list the origins"},
	{cors.Config{AllowOrigins: []string{"https://a.example:*"}, AllowCredentials: true}, "AllowOrigins[0]", "https://a.example:*", "any-port-credentials", "name the port"},
	{cors.Config{AllowOrigins: []string{"*"}, Enforce: cors.EnforceUnsafe}, "AllowOrigins[0]", "*", "any-enforced-unsafe", "403"},
	{cors.Config{VaryBy: []string{"x-tenant"}}, "VaryBy", "", "vary-by-without-func", "remove them"},
	{cors.Config{VaryBy: []string{"authorization"}}, "VaryBy", "", "vary-by-without-func", "remove them"},
	{cors.Config{AllowMethods: []string{"PUT", "*"}, AllowHeaders: []string{"content-type"}, AllowCredentials: true}, "AllowMethods[1]", "*", "any-method-credentials", "reflected"},
	{cors.Config{AllowMethods: []string{"put"}, AllowHeaders: []string{"content-type"}}, "AllowMethods[0]", "put", "method-case", `write "PUT"`},
	{cors.Config{AllowMethods: []string{"patch"}, AllowHeaders: []string{"content-type"}}, "AllowMethods[0]", "patch", "method-case", `write "PATCH"`},
	{cors.Config{AllowMethods: []string{"PUT", "POST"}, AllowHeaders: []string{"content-type"}}, "AllowMethods[1]", "POST", "method-safelisted", "always allowed"},
	{cors.Config{AllowMethods: []string{"OPTIONS"}}, "AllowMethods[0]", "OPTIONS", "method-options", "preflights are always allowed"},
	{cors.Config{AllowMethods: []string{"'PUT'"}}, "AllowMethods[0]", "'PUT'", "token-inert", `write "PUT"`},
	{cors.Config{AllowMethods: []string{"ALL"}}, "AllowMethods[0]", "ALL", "method-any", `write "*"`},
	{cors.Config{AllowMethods: []string{"any"}}, "AllowMethods[0]", "any", "method-any", `write "*"`},
	{cors.Config{AllowMethods: []string{"DELET"}}, "AllowMethods[0]", "DELET", "name-misspelt", `do you mean "DELETE"?`},
	{cors.Config{AllowMethods: []string{"option"}}, "AllowMethods[0]", "option", "name-misspelt", `do you mean "OPTIONS"?`},
	{cors.Config{AllowMethods: []string{"PTACH"}}, "AllowMethods[0]", "PTACH", "name-misspelt", `do you mean "PATCH"?`},
	{cors.Config{AllowHeaders: []string{"Autorization"}}, "AllowHeaders[0]", "Autorization", "name-misspelt", `do you mean "authorization"?`},
	{cors.Config{AllowHeaders: []string{"contenttype"}}, "AllowHeaders[0]", "contenttype", "name-misspelt", `do you mean "content-type"?`},
	{cors.Config{AllowHeaders: []string{"x-reqested-with"}}, "AllowHeaders[0]", "x-reqested-with", "name-misspelt", `do you mean "x-requested-with"?`},
	{cors.Config{ExposeHeaders: []string{"x-total-cuont"}}, "ExposeHeaders[0]", "x-total-cuont", "name-misspelt", `do you mean "x-total-count"?`},
	{cors.Config{AllowHeaders: []string{"ALL"}}, "AllowHeaders[0]", "ALL", "token-inert", `if you mean every header, write "*"`},
	{cors.Config{ExposeHeaders: []string{"any"}}, "ExposeHeaders[0]", "any", "token-inert", `if you mean every header, write "*"`},
	{cors.Config{VaryBy: []string{"X-Api-Key"}, AllowOriginFunc: askNobody}, "VaryBy[0]", "X-Api-Key", "vary-by-preflight", "preflights do not have"},
	{cors.Config{VaryBy: []string{"x-fine", "cookie"}, AllowOriginFunc: askNobody}, "VaryBy[1]", "cookie", "vary-by-preflight", "preflights do not have"},
	{cors.Config{VaryBy: []string{"X-Tenant"}, AllowHeaders: []string{"x-tenant"}, AllowOriginFunc: askNobody}, "VaryBy[0]", "X-Tenant", "vary-by-preflight", "preflights do not have"},
	{cors.Config{VaryBy: []string{"Authorization"}, AllowOriginFunc: askNobody}, "VaryBy[0]", "Authorization", "vary-by-preflight", "preflights do not have"},
	{cors.Config{AllowHeaders: []string{"*"}, AllowCredentials: true}, "AllowHeaders[0]", "*", "any-header-credentials", "reflected"},
	{cors.Config{AllowHeaders: []string{"X-HTTP-Method-Override"}}, "AllowHeaders[0]", "X-HTTP-Method-Override", "header-method-override", "every method"},
	{cors.Config{AllowHeaders: []string{"x-method-override"}}, "AllowHeaders[0]", "x-method-override", "header-method-override", "every method"},
	{cors.Config{AllowHeaders: []string{"Accept-Language"}}, "AllowHeaders[0]", "Accept-Language", "header-safelisted", "always allowed"},
	{cors.Config{AllowHeaders: []string{"x-a", "*"}}, "AllowHeaders", "*", "any-header-authorization", `add "authorization"`},
	{cors.Config{ExposeHeaders: []string{"ETag", "Content-Type"}}, "ExposeHeaders[1]", "Content-Type", "expose-safelisted", "no effect"},
	{cors.Config{ExposeHeaders: []string{"Access-Control-Allow-Origin"}}, "ExposeHeaders[0]", "Access-Control-Allow-Origin", "expose-unlikely", "not a response header"},
	{cors.Config{ExposeHeaders: []string{"Cookie"}}, "ExposeHeaders[0]", "Cookie", "expose-unlikely", "not a response header"},
	{cors.Config{AllowOrigins: []string{"*"}, AllowOriginFunc: askNobody}, "AllowOriginFunc", "", "func-never-asked", "remove one of the two"},
	{cors.Config{AllowOrigins: []string{"https://192.168.1.x"}}, "AllowOrigins[0]", "https://192.168.1.x", "address-range", "the name of one host"},
	{cors.Config{AllowOrigins: []string{"http://0.0.0.0:3000"}}, "AllowOrigins[0]", "http://0.0.0.0:3000", "host-unspecified", "servers listen on this address"},
	{cors.Config{AllowOrigins: []string{"chrome-extension://*"}}, "AllowOrigins[0]", "chrome-extension://*", "scheme-wide", "list the origins"},
	{cors.Config{AllowOrigins: []string{"app://."}}, "AllowOrigins[0]", "app://.", "scheme-unusual", "who can install one"},
	{cors.Config{AllowMethods: []string{"PUT"}}, "AllowHeaders", "", "content-type-missing", `add "content-type"`},
	{cors.Config{AllowMethods: []string{"*"}, AllowHeaders: []string{"authorization"}}, "AllowHeaders", "", "content-type-missing", "JSON"},
	{cors.Config{AllowMethods: []string{"CONNECT"}}, "AllowMethods[0]", "CONNECT", "method-forbidden", "no effect"},
	{cors.Config{AllowMethods: []string{"Track"}}, "AllowMethods[0]", "Track", "method-forbidden", "no effect"},
	{cors.Config{AllowHeaders: []string{"Origin"}}, "AllowHeaders[0]", "Origin", "header-forbidden", "no effect"},
	{cors.Config{AllowHeaders: []string{"Sec-Fetch-Site"}}, "AllowHeaders[0]", "Sec-Fetch-Site", "header-forbidden", "no effect"},
	{cors.Config{AllowHeaders: []string{"Access-Control-Request-Method"}}, "AllowHeaders[0]", "Access-Control-Request-Method", "header-forbidden", "no effect"},
	{cors.Config{AllowHeaders: []string{"Access-Control-Allow-Origin"}}, "AllowHeaders[0]", "Access-Control-Allow-Origin", "header-response", "a response header"},
	{cors.Config{ExposeHeaders: []string{"Set-Cookie"}}, "ExposeHeaders[0]", "Set-Cookie", "expose-forbidden", "never show"},
	{cors.Config{MaxAge: 24*time.Hour + time.Second}, "MaxAge", "24h0m1s", "max-age-long", "24 h are sent"},
	{cors.Config{MaxAge: 365 * 24 * time.Hour}, "MaxAge", "8760h0m0s", "max-age-long", "24 h are sent"},
	{cors.Config{MaxAge: 2*time.Hour + time.Second}, "MaxAge", "2h0m1s", "max-age-capped", "2 h at most"},
	{cors.Config{MaxAge: 24 * time.Hour}, "MaxAge", "24h0m0s", "max-age-capped", "2 h at most"},
}

// inertTokens are tokens that no script uses, with what they may stand for.
var inertTokens = []struct {
	token  string
	repair []string
}{
	{"'PUT'", []string{"PUT"}},
	{"`PUT`", []string{"PUT"}},
	{"'PUT", []string{"PUT"}},
	{"'*'", []string{"*"}},
	{"X-A|X-B", []string{"X-A", "X-B"}},
	{"'X-A'|`X-B`", []string{"X-A", "X-B"}},
	{"X-*", nil},
	{"X-A|X-*", nil},
	{"P*T", nil},
	{"**", nil},
	{"'", nil},
	{"|", nil},
	{"$METHODS", nil},
	{"'$METHODS'", nil},
	{"%HEADERS%", nil},
	{"^x-.*$", nil},
}

// TestNamesThatAreRight checks that real names are not taken for misspelt ones.
func TestNamesThatAreRight(t *testing.T) {
	t.Parallel()
	headers := []string{
		"content-type", "X-CSRFToken", "x-csrf-token", "x-xsrf-token", "X-XSRFToken", "X-ApiKey", "apikey", "X-RequestID", "X-Request-ID", "if-match", "if-none-match", "x-grpc-web",
		"grpc-timeout", "tus-resumable", "upload-offset", "upload-length", "mcp-session-id", "last-event-id", "depth", "destination", "if-range", "ranges", "x-user-id", "x-request-i",
	}
	c := cors.Config{
		AllowOrigins: []string{app}, AllowHeaders: headers, ExposeHeaders: []string{"etag", "link", "links", "location", "x-ratelimit-limit", "content-range", "accept-ranges", "www-authenticate"},
		AllowMethods: []string{"PUT", "PATCH", "DELETE", "QUERY", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "PURGE", "LINK", "UNLINK", "BIND"},
	}
	for _, w := range compile(t, c).Warnings() {
		if w.Code == "name-misspelt" != (w.Value == "x-request-i") {
			t.Errorf("%v", w)
		}
	}
}

// TestInertTokens checks that a token that can never match has a warning in every list of
// names, and a repair if its meaning is clear.
func TestInertTokens(t *testing.T) {
	t.Parallel()
	for _, tt := range inertTokens {
		for field, c := range map[string]cors.Config{
			"AllowMethods":  {AllowMethods: []string{tt.token}},
			"AllowHeaders":  {AllowHeaders: []string{tt.token}},
			"ExposeHeaders": {ExposeHeaders: []string{tt.token}},
			"VaryBy":        {VaryBy: []string{tt.token}, AllowOriginFunc: askNobody},
		} {
			c.AllowOrigins = []string{app}
			got := compile(t, c).Warnings()
			if len(got) != 1 || got[0].Field != field+"[0]" || got[0].Value != tt.token || got[0].Code != "token-inert" {
				t.Errorf("%s %q: got %q", field, tt.token, got)
				continue
			}
			want := tt.repair
			if field == "VaryBy" && slices.Contains(want, "*") {
				want = nil // the repair would be an error
			}
			if !slices.Equal(got[0].Repair, want) {
				t.Errorf("%s %q: repair %q, want %q", field, tt.token, got[0].Repair, want)
			}
		}
	}
}

// dangerous are the patterns that each Danger lets through. The warning has the error's
// code.
var dangerous = []struct {
	config  cors.Config
	lift    func(*cors.Dangers)
	code    string
	letThru []string
}{
	{
		cors.Config{AllowOrigins: []string{"http://a.example", app, "http://b.example:81"}, AllowCredentials: true},
		func(d *cors.Dangers) { d.InsecureOrigins = true }, "insecure-credentials", []string{"http://a.example", "http://b.example:81"},
	},
	{
		cors.Config{AllowOrigins: []string{"https://*.github.io", "https://*.com", app}, AllowCredentials: true},
		func(d *cors.Dangers) { d.PublicSuffixes = true }, "public-suffix-credentials", []string{"https://*.github.io", "https://*.com"},
	},
	{cors.Config{AllowOrigins: []string{app, "null"}}, func(d *cors.Dangers) { d.NullOrigin = true }, "null-origin", []string{"null"}},
	{cors.Config{AllowOrigins: []string{app, "file://"}}, func(d *cors.Dangers) { d.FileOrigin = true }, "file-origin", []string{"file://"}},
	{
		cors.Config{AllowOrigins: []string{"chrome-extension://*", "moz-extension://*"}, AllowCredentials: true},
		func(d *cors.Dangers) { d.SchemesWithCredentials = true }, "scheme-credentials", []string{"chrome-extension://*", "moz-extension://*"},
	},
	{cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true}, func(d *cors.Dangers) { d.AnyOriginWithCredentials = true }, "any-credentials", []string{"*"}},
}

// TestDangersWarn checks that a Danger turns its error into a warning with the same text
// for each pattern, and that no other Danger does.
func TestDangersWarn(t *testing.T) {
	t.Parallel()
	for i, tt := range dangerous {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			for j, other := range dangerous {
				c := tt.config
				other.lift(&c.Dangerously)
				p, err := cors.Compile(c)
				if i != j {
					if err == nil {
						t.Errorf("the Danger of %s lifts it", other.code)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				_, err = cors.Compile(tt.config)
				failures := cors.ConfigErrors(err)
				var got []string
				for _, w := range p.Warnings() {
					if w.Code != tt.code {
						continue
					}
					if e := failures[len(got)]; e.Code != w.Code || e.Field != w.Field || !strings.HasPrefix(w.Hint, strings.SplitN(e.Hint, ";", 2)[0]) {
						t.Errorf("the error is %v, and the warning %v", e, w)
					}
					got = append(got, w.Value)
				}
				if !slices.Equal(got, tt.letThru) {
					t.Errorf("warned of %q, want %q", got, tt.letThru)
				}
			}
		})
	}
	if n := reflect.TypeFor[cors.Dangers]().NumField(); n != len(dangerous) {
		t.Errorf("there are %d Dangers, and %d are tried", n, len(dangerous))
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for _, w := range warningCases {
		t.Run(fmt.Sprintf("%s %s", w.value, w.code), func(t *testing.T) {
			t.Parallel()
			if w.config.AllowOrigins == nil {
				w.config.AllowOrigins = []string{app}
			}
			got := compile(t, w.config).Warnings()
			if len(got) != 1 {
				t.Fatalf("got %d warnings, want one: %q", len(got), got)
			}
			if g := got[0]; g.Field != w.field || g.Value != w.value || g.Code != w.code || !strings.Contains(g.Hint, w.hint) {
				t.Errorf("got field %q, value %q, code %q, hint %q;\nwant %q, %q, %q and a hint with %q", g.Field, g.Value, g.Code, g.Hint, w.field, w.value, w.code, w.hint)
			}
			if got, want := got[0].String(), w.field+" "; !strings.HasPrefix(got, want) && !strings.HasPrefix(got, w.field+": ") {
				t.Errorf("it reads %q", got)
			}
		})
	}
}

// TestNothingToWarnOf checks that good policies have no warning. People do not read
// warnings that always come.
func TestNothingToWarnOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]cors.Config{
		"AllowAll": cors.AllowAll(),
		"an ordinary application": {
			AllowOrigins: []string{app, "https://admin.example.com:8443"}, AllowCredentials: true,
			AllowMethods: []string{"PUT", "PATCH", "DELETE"}, AllowHeaders: []string{"content-type", "authorization", "range"},
			ExposeHeaders: []string{"etag", "x-total", "location"}, MaxAge: 2 * time.Hour,
		},
		"subdomains":     {AllowOrigins: []string{"https://*.example.com", "https://example.com"}},
		"development":    {AllowOrigins: []string{"http://localhost:*", "http://127.0.0.1:5173", "http://[::1]:3000", "http://app.localhost"}},
		"no cache":       {AllowOrigins: []string{app}, MaxAge: cors.NoCache},
		"a function":     {AllowOriginFunc: askNobody, AllowCredentials: true, VaryBy: []string{"x-tenant"}},
		"own methods":    {AllowOrigins: []string{app}, AllowMethods: []string{"PURGE", "M-SEARCH"}},
		"exposing Date":  {AllowOrigins: []string{app}, ExposeHeaders: []string{"Date"}}, // not safelisted, and useful to scripts
		"all exposed":    {AllowOrigins: []string{app}, ExposeHeaders: []string{"*"}},
		"an app's scope": {AllowOrigins: []string{"https://my-bucket.s3.amazonaws.com", "https://me.github.io"}, AllowCredentials: true},
	} {
		if got := compile(t, c).Warnings(); len(got) != 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestManyWarnings checks that warnings come in the order of fields, and that the number
// for each code is limited.
func TestManyWarnings(t *testing.T) {
	t.Parallel()
	c := cors.Config{AllowMethods: []string{"GET", "put"}, AllowHeaders: []string{"*"}, ExposeHeaders: []string{"expires"}, MaxAge: 3 * time.Hour}
	for i := range 150 {
		c.AllowOrigins = append(c.AllowOrigins, fmt.Sprintf("http://a%d.example", i))
	}
	c.AllowOrigins = append(c.AllowOrigins, "https://z.example.")
	p := compile(t, c)
	var got []string
	for _, w := range p.Warnings() {
		got = append(got, w.Field+" "+w.Code)
	}
	var want []string
	for i := range 100 {
		want = append(want, fmt.Sprintf("AllowOrigins[%d] insecure-origin", i))
	}
	want = append(want,
		"AllowOrigins insecure-origin", "AllowOrigins[150] host-trailing-dot", "AllowMethods[0] method-safelisted", "AllowMethods[1] method-case",
		"AllowHeaders any-header-authorization", "ExposeHeaders[0] expose-safelisted", "MaxAge max-age-capped",
	)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if hint := p.Warnings()[100].Hint; hint != "50 more elements like the last" {
		t.Errorf("the hint is %q", hint)
	}
	p.Warnings()[0].Code = "mine"
	if p.Warnings()[0].Code != "insecure-origin" {
		t.Error("a caller can change a policy's warnings")
	}
}

// An application's own scheme with the host localhost is not a server on the user's
// machine.
func TestWarningsOfApplicationSchemes(t *testing.T) {
	t.Parallel()
	for _, origin := range []string{"capacitor://localhost", "ionic://localhost"} {
		p, err := cors.Compile(cors.Config{AllowOrigins: []string{origin}, AllowCredentials: true})
		if err != nil {
			t.Fatal(err)
		}
		if w := p.Warnings(); len(w) != 1 || w[0].Code != "scheme-unusual" {
			t.Errorf("%s: %v", origin, w)
		}
	}
}
