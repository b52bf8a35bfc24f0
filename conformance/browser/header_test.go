package browser_test

import (
	"strings"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

func TestForbiddenRequestHeaders(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Accept-Charset": true, "Accept-Encoding": true, "Access-Control-Request-Headers": true,
		"Access-Control-Request-Method": true, "Connection": true, "Content-Length": true, "Cookie": true, "Cookie2": true,
		"Date": true, "DNT": true, "Expect": true, "Host": true, "Keep-Alive": true, "Origin": true, "REFERER": true,
		"Set-Cookie": true, "te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true, "Via": true,
		"Proxy-": true, "proxy-foo": true, "Sec-Fetch-Site": true, "sec-": true,
		"Secret": false, "Proxy": false, "Accept": false, "Authorization": false, "User-Agent": false, "X-Foo": false,
		"Access-Control-Request-Private-Network": false,
	} {
		if got := browser.ForbiddenRequestHeader(name, "x"); got != want {
			t.Errorf("%s: forbidden %t", name, got)
		}
	}
	for _, name := range []string{"X-HTTP-Method", "x-http-method-override", "X-Method-Override"} {
		for value, want := range map[string]bool{
			"TRACE": true, "trace": true, "GET, \tTrack ": true, "CONNECT,": true,
			"": false, "PUT": false, "TRACER": false, `"TRACE"`: false, `"a,TRACE"`: false, `"a\",TRACE", TRACE`: true, `"a\",TRACE`: false,
		} {
			if got := browser.ForbiddenRequestHeader(name, value); got != want {
				t.Errorf("%s: %s: forbidden %t", name, value, got)
			}
		}
	}
}

func TestExtractList(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		lines []string
		want  string
		valid bool
	}{
		{nil, "", true},
		{[]string{""}, "", true},
		{[]string{"PUT"}, "PUT", true},
		{[]string{"PUT,DELETE", "\t*\t,"}, "PUT DELETE *", true},
		{[]string{",,,", "", " , PUT ,\t"}, "PUT", true},
		{[]string{strings.Repeat(",", 1000) + "PUT"}, "PUT", true},
		{[]string{"!#$%&'*+-.^_`|~09azAZ"}, "!#$%&'*+-.^_`|~09azAZ", true},
		{[]string{"PUT, @@"}, "", false},
		{[]string{"PUT", "A B"}, "", false},
		{[]string{`"PUT"`}, "", false},
		{[]string{"GET PUT"}, "", false},
		{[]string{"x-foo;"}, "", false},
		{[]string{"x-\xe9"}, "", false},
		{[]string{"PUT\v"}, "", false},
	} {
		got, valid := browser.ExtractList(test.lines)
		if strings.Join(got, " ") != test.want || valid != test.valid {
			t.Errorf("%q: got %q, %t", test.lines, got, valid)
		}
	}
	if absent, _ := browser.ExtractList(nil); absent != nil {
		t.Error("the list is not nil, although there are no lines")
	}
	if empty, _ := browser.ExtractList([]string{""}); empty == nil {
		t.Error("the list of an empty line is nil")
	}
}
