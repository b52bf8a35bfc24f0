package cors_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	cors "github.com/crossgate/cors/core"
)

// repaired returns c with the Repair of e in place of the element that e is about.
func repaired(c cors.Config, e *cors.ConfigError) (cors.Config, bool) {
	list, rest, isElement := strings.Cut(e.Field, "[")
	if !isElement {
		if list != "MaxAge" || len(e.Repair) != 1 {
			return c, false
		}
		age, err := time.ParseDuration(e.Repair[0])
		c.MaxAge = age
		return c, err == nil
	}
	i, err := strconv.Atoi(strings.TrimSuffix(rest, "]"))
	lists := map[string]*[]string{
		"AllowOrigins": &c.AllowOrigins, "VaryBy": &c.VaryBy, "AllowMethods": &c.AllowMethods, "AllowHeaders": &c.AllowHeaders, "ExposeHeaders": &c.ExposeHeaders,
	}
	if err != nil || lists[list] == nil || i >= len(*lists[list]) {
		return c, false
	}
	*lists[list] = slices.Concat((*lists[list])[:i], e.Repair, (*lists[list])[i+1:])
	return c, true
}

var schemeWritten = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*)(?:://|:/|//|:)`)

var alternatives = regexp.MustCompile(`[({]([^(){}]*)[)}]`)

// spelledOut returns s, and some of the texts that it stands for if it has alternatives:
// for (app|tauri)://a these are app://a and tauri://a.
func spelledOut(s string) []string {
	all := []string{s}
	for i := 0; i < len(all) && len(all) < 256; i++ {
		group := alternatives.FindStringSubmatchIndex(all[i])
		if group == nil {
			continue
		}
		for _, one := range regexp.MustCompile(`[|,]`).Split(all[i][group[2]:group[3]], -1) {
			all = append(all, all[i][:group[0]]+strings.TrimSpace(one)+all[i][group[1]:])
		}
	}
	return all
}

// checkRepairs checks that the Repair of each error of c changes only the spelling, and
// that c with it has one error less.
func checkRepairs(t *testing.T, c cors.Config, err error) (n int) {
	t.Helper()
	all := cors.ConfigErrors(err)
	for _, e := range all {
		if len(e.Repair) == 0 {
			continue
		}
		n++
		better, ok := repaired(c, e)
		if !ok {
			t.Fatalf("%s: %q cannot be put there", e.Field, e.Repair)
		}
		if _, err := cors.Compile(better); len(cors.ConfigErrors(err)) != len(all)-1 {
			t.Errorf("%s %q with %q:\n%v\nbecomes\n%v", e.Field, e.Value, e.Repair, all, err)
		}
		for _, fixed := range e.Repair {
			if strings.Count(fixed, "*") > strings.Count(e.Value, "*") {
				t.Errorf("%s %q: the repair %q has a * that was not written", e.Field, e.Value, fixed)
			}
			if strings.HasPrefix(e.Field, "AllowOrigins") && fixed != "*" && fixed != "null" {
				checkSameSite(t, e.Value, fixed)
			}
		}
	}
	return n
}

// checkSameSite checks that fixed, a repair of an origin, has the scheme, the port and the
// registrable name of the written text, if these can be read without a repair.
func checkSameSite(t *testing.T, written, fixed string) {
	t.Helper()
	written = strings.ReplaceAll(written, `\`, "") // from a regular expression
	scheme, rest, _ := strings.Cut(fixed, "://")
	isThere := slices.ContainsFunc(spelledOut(written), func(one string) bool {
		schemes := schemeWritten.FindAllStringSubmatch(one, -1)
		return slices.ContainsFunc(schemes, func(m []string) bool { return strings.EqualFold(m[1], scheme) })
	})
	bare := slices.ContainsFunc(strings.FieldsFunc(written, func(r rune) bool { return strings.ContainsRune(",;| \t\r\n", r) }), func(part string) bool { return !strings.Contains(part, "://") })
	if !isThere && (!bare || !slices.Contains([]string{"http", "https"}, scheme)) {
		t.Errorf("%q: the repair %q has another scheme", written, fixed)
	}
	host := rest
	if i := strings.LastIndex(rest, ":"); i > strings.LastIndex(rest, "]") {
		host = rest[:i]
		port := rest[i+1:]
		if !slices.ContainsFunc(spelledOut(written), func(one string) bool { return strings.Contains(one, port) }) {
			t.Errorf("%q: the repair %q has another port", written, fixed)
		}
	}
	if u, err := url.Parse(written); err == nil && u.Port() != "" && !strings.ContainsAny(written, ",;|{([ ") && strings.Contains(written, "://") && !strings.HasPrefix(written, "blob:") {
		n, _ := strconv.Atoi(u.Port())
		standard := map[string]int{"http": 80, "https": 443}[scheme]
		if !strings.HasSuffix(rest, ":"+strconv.Itoa(n)) && n != standard {
			t.Errorf("%q: the repair %q lacks the port", written, fixed)
		}
	}
	if scheme != "http" && scheme != "https" {
		return // its host is not a name
	}
	name, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimPrefix(strings.TrimSuffix(host, "."), "*."))
	plain := strings.ToLower(written)
	if err != nil || strings.ContainsAny(plain, "%({|[") || strings.ContainsFunc(written, func(r rune) bool { return r >= 0x80 }) || strings.Trim(host, "0123456789.") == "" {
		return // not a name, or only a repair can read it
	}
	boundary := regexp.MustCompile(`(^|[^a-z0-9_-])` + regexp.QuoteMeta(name) + `($|[^a-z0-9._-]|\.($|[^a-z0-9_-]))`)
	if !boundary.MatchString(plain) && !strings.HasPrefix(plain, "*"+name) && !strings.Contains(plain, "//*"+name) {
		t.Errorf("%q: the repair %q is another site's", written, fixed)
	}
}

// TestRepairs checks the Repair of each mistake in the tables of these tests, alone and
// together with others. It compares all repairs with testdata/repairs.txt, where people
// read them.
func TestRepairs(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	repairs := 0
	add := func(c cors.Config) {
		if c.AllowOrigins == nil && c.AllowOriginFunc == nil {
			c.AllowOrigins = []string{app}
		}
		_, err := cors.Compile(c)
		for _, e := range cors.ConfigErrors(err) {
			if len(e.Repair) > 0 {
				list, _, _ := strings.Cut(e.Field, "[")
				fmt.Fprintf(&b, "%s %s %.100q -> %q\n", list, e.Code, e.Value, e.Repair)
			}
		}
		repairs += checkRepairs(t, c, err)
		c.AllowOrigins = append([]string{"https://a.example/"}, c.AllowOrigins...)
		c.AllowMethods = append([]string{"A B"}, c.AllowMethods...)
		_, err = cors.Compile(c)
		checkRepairs(t, c, err)
	}
	for _, m := range originMistakes {
		add(cors.Config{AllowOrigins: []string{m.spec}})
	}
	for _, m := range slices.Concat(originMistakes, credentialMistakes) {
		c := cors.Config{AllowOrigins: []string{m.spec}, AllowCredentials: true}
		_, err := cors.Compile(c)
		checkRepairs(t, c, err)
	}
	for _, m := range configMistakes {
		add(m.config)
	}
	if repairs < 80 {
		t.Errorf("only %d repairs", repairs)
	}
	const golden = "testdata/repairs.txt"
	if updating() {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil || string(kept) != b.String() {
		t.Errorf("the repairs are (%v)\n%s\nif that is meant, run: go test -run TestRepairs -update", err, b.String())
	}
}

// FuzzRepair checks the Repair of any text as an origin, a method or a header.
func FuzzRepair(f *testing.F) {
	for i, m := range slices.Concat(originMistakes, credentialMistakes) {
		f.Add(m.spec, "PUT, PATCH", uint(i))
	}
	for _, m := range configMistakes {
		f.Add("https://a.example/", m.value, uint(0))
	}
	for _, s := range []string{
		"https://a.example:{80,443}", "https://{a,}.example", "https://{a|b}.co.uk", "(https://a.example|https://b.example)", "https://a.example:80,https://b.example", "https://a.example\\@b.example",
		"https://a.example://b.example", "blob:blob:https://a.example", "http:https://a.example", "https://https://a.example", "https://a.example/https://b.example", "[[https://a.example]]",
		"'\"https://a.example\"'", "https://a.example.:443", "https://*a.co.uk", "https://*.co.uk/", "https://*github.io", "a.example:*", "*.a.example:443", "http*://*", "null,*", "*,null", "* ", "'null'",
		"https://xn--a.example/", "https://\u00df.example/", "https://a\u3002example/", "https://a.example\u2024com/", "app://{a,b}", "app://A/", "file:///{a,b}", "https://[::1],[::2]", "https://::1,::2",
		"(a|b)://", "a(|)://", "(a |b)://", "0.\u0130", "X.0A.xn--", "a://t:3(|3)", "(app|tauri)://localhost", "{https,app}://a.example",
	} {
		f.Add(s, s, uint(0))
		f.Add(s, s, uint(0x1ff))
	}
	f.Fuzz(func(t *testing.T, origin, token string, flags uint) {
		flag := func(i int) bool { return flags>>i&1 != 0 }
		c := cors.Config{
			AllowOrigins: []string{app, origin}, AllowCredentials: flag(0), Enforce: cors.Enforcement(flags >> 1 & 3 % 3),
			AllowMethods: []string{token}, AllowHeaders: []string{token}, ExposeHeaders: []string{token},
			Dangerously: cors.Dangers{
				InsecureOrigins: flag(3), PublicSuffixes: flag(4), NullOrigin: flag(5), FileOrigin: flag(6), SchemesWithCredentials: flag(7), AnyOriginWithCredentials: flag(8),
			},
		}
		if flag(9) {
			c.AllowOriginFunc, c.VaryBy = askNobody, []string{token}
		}
		p, err := cors.Compile(c)
		checkRepairs(t, c, err)
		if err != nil {
			return
		}
		for _, w := range p.Warnings() {
			for _, fixed := range w.Repair {
				if strings.Count(fixed, "*") > strings.Count(w.Value, "*") || !strings.Contains(w.Hint, strconv.Quote(fixed)) {
					t.Errorf("%v: the repair is %q", w, fixed)
				}
			}
		}
	})
}
