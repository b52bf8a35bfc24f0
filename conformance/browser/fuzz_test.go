package browser_test

import (
	"mime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// FuzzExtractList checks that the parser accepts its own output, and that one joined line
// gives the same elements as two lines.
func FuzzExtractList(f *testing.F) {
	for _, line := range []string{"", "PUT", "PUT, @@", ",,\t*", "A B", `"PUT"`, "x\x00"} {
		f.Add(line, "x-a")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		elements, valid := browser.ExtractList([]string{a, b})
		again, ok := browser.ExtractList([]string{strings.Join(elements, ",")})
		if !ok || !slices.Equal(again, elements) {
			t.Errorf("%q: %q, and then %q", []string{a, b}, elements, again)
		}
		joined, ok := browser.ExtractList([]string{a + "," + b})
		if ok != valid || !slices.Equal(joined, elements) {
			t.Errorf("%q, %q: two lines give %q, %t; one line %q, %t", a, b, elements, valid, joined, ok)
		}
		for _, e := range elements {
			if e == "" || strings.ContainsAny(e, " \t,;\"()/@") {
				t.Errorf("%q: element %q", a, e)
			}
		}
		single := strings.Trim(a, " \t")
		_, ok = browser.ExtractList([]string{single + ",", b})
		if ok != valid {
			t.Errorf("%q: white space or an empty element made a difference", a)
		}
	})
}

// FuzzContentType compares the rule for Content-Type with package mime, for values that
// mime can parse too.
func FuzzContentType(f *testing.F) {
	for _, value := range []string{"text/plain", "Text/PLAIN ;a=b", "text/plain;;", "multipart/form-data; boundary=x", "a/b", "/", ""} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		safelisted := browser.SafelistedRequestHeader("Content-Type", value)
		if safelisted && !browser.SafelistedRequestHeader("Accept", value) {
			t.Errorf("%q: more is allowed in Content-Type than in Accept", value)
		}
		essence, _, err := mime.ParseMediaType(value)
		if err != nil || !browser.SafelistedRequestHeader("Accept", value) {
			return
		}
		simple := slices.Contains([]string{"text/plain", "multipart/form-data", "application/x-www-form-urlencoded"}, essence)
		// mime trims more than HTTP white space.
		if kind, _, _ := strings.Cut(value, ";"); safelisted != simple && strings.Trim(kind, "\t ") == strings.TrimSpace(kind) {
			t.Errorf("%q: safelisted %t, and its essence is %q", value, safelisted, essence)
		}
	})
}

// FuzzRange compares the rule for Range with numbers that fit into 64 bits.
func FuzzRange(f *testing.F) {
	f.Add(uint64(0), uint64(0), "bytes=0-")
	f.Add(uint64(9), uint64(10), "bytes=-5")
	f.Add(uint64(1<<63), uint64(1<<63-1), "bytes=5-4,1-2")
	f.Fuzz(func(t *testing.T, first, last uint64, value string) {
		a, b := strconv.FormatUint(first, 10), strconv.FormatUint(last, 10)
		for _, zeros := range []string{"", "00"} {
			if got := browser.SafelistedRequestHeader("Range", "bytes="+zeros+a+"-"+b); got != (first <= last) {
				t.Errorf("bytes=%s%s-%s: %t", zeros, a, b, got)
			}
		}
		if browser.SafelistedRequestHeader("Range", value) && (!strings.HasPrefix(value, "bytes=") || strings.Trim(value[6:], "0123456789-") != "" || strings.Count(value, "-") != 1 || value[6] == '-') {
			t.Errorf("%q is safelisted", value)
		}
	})
}

// FuzzCheckCORS checks that only the origin itself and the wildcard pass, whatever else
// the response holds.
func FuzzCheckCORS(f *testing.F) {
	for _, value := range []string{app, "*", "null", "", app + ",", "http://[", "http://%zz", "a:b"} {
		f.Add(value, "true")
	}
	f.Fuzz(func(t *testing.T, value, credentials string) {
		header := []browser.Field{{Name: "Access-Control-Allow-Origin", Value: value}, {Name: "Access-Control-Allow-Credentials", Value: credentials}}
		if got := browser.CheckCORS(app, browser.SameOrigin, header) == nil; got != (value == app || value == "*") {
			t.Errorf("%q: allowed %t", value, got)
		}
		if got := browser.CheckCORS(app, browser.Include, header) == nil; got != (value == app && credentials == "true") {
			t.Errorf("%q, %q: allowed %t", value, credentials, got)
		}
	})
}
