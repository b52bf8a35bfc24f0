package cors_test

import (
	"flag"
	"io"
	"reflect"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// TestSplitList checks values of flags and variables.
func TestSplitList(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]string{
		"":                        nil,
		" \t\r\n":                 nil,
		",":                       nil,
		" , ,, ":                  nil,
		"*":                       {"*"},
		"https://a.example":       {"https://a.example"},
		"a,b":                     {"a", "b"},
		"a, b":                    {"a", "b"},
		" a ,\n b\u00a0c,, ":      {"a", "b", "c"},
		"a b\tc\nd\r\ne":          {"a", "b", "c", "d", "e"},
		"a;b|c":                   {"a;b|c"}, // Compile says what is wrong
		`"a","b"`:                 {`"a"`, `"b"`},
		"http://[::1]:*,null":     {"http://[::1]:*", "null"},
		"\u00e4,\xff\xfe,\ufeffb": {"\u00e4", "\xff\xfe", "\ufeffb"},
	} {
		if got := cors.SplitList(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
		again := cors.SplitList(strings.Join(want, ","))
		if !reflect.DeepEqual(again, want) {
			t.Errorf("%q, joined and split again, is %q", want, again)
		}
	}
}

// TestEnforcementText checks that UnmarshalText and flag.TextVar read the text form.
func TestEnforcementText(t *testing.T) {
	t.Parallel()
	for _, e := range []cors.Enforcement{cors.EnforceNone, cors.EnforceUnsafe, cors.EnforceAll} {
		text, err := e.MarshalText()
		var read cors.Enforcement
		if err != nil || read.UnmarshalText(text) != nil || read != e {
			t.Errorf("%v is written as %q and read as %v", e, text, read)
		}
	}
	for _, s := range []string{"", "ALL", "All", " all", "true", "0", "1", "Enforcement(3)", strings.Repeat("a", 1<<16)} {
		e := cors.EnforceUnsafe
		all := cors.ConfigErrors(e.UnmarshalText([]byte(s)))
		if len(all) != 1 || all[0].Field != "enforce" || all[0].Value != s || all[0].Code != "enforce-value" || all[0].Hint != `write "none", "unsafe" or "all"` || e != cors.EnforceUnsafe {
			t.Errorf("%.40q: got %v, and %v", s, all, e)
		}
	}
	var e cors.Enforcement
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.TextVar(&e, "enforce", cors.EnforceUnsafe, "")
	if e != cors.EnforceUnsafe {
		t.Errorf("the default is %v", e)
	}
	if err := flags.Parse([]string{"-enforce=all"}); err != nil || e != cors.EnforceAll {
		t.Errorf("the flag gives %v and error %v", e, err)
	}
	if err := flags.Parse([]string{"-enforce=some"}); err == nil || !strings.Contains(err.Error(), `write "none", "unsafe" or "all"`) {
		t.Errorf("a wrong flag gives error %v", err)
	}
}
