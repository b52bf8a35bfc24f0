package browser_test

import (
	"math"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

func TestMaxAge(t *testing.T) {
	t.Parallel()
	const forever = math.MaxInt64 / time.Second * time.Second
	for _, test := range []struct {
		lines                               []string
		standard, chromium, firefox, webkit time.Duration // in seconds
	}{
		{nil, 5, 5, 5, 5},
		{[]string{""}, 5, 5, 5, 5},
		{[]string{"0"}, 0, 0, 0, 0},
		{[]string{"600"}, 600, 600, 600, 600},
		{[]string{"601"}, 601, 601, 601, 600},
		{[]string{"7201"}, 7201, 7200, 7201, 600},
		{[]string{"86401"}, 86401, 7200, 86400, 600},
		{[]string{"-1"}, 5, 0, 0, 0},
		{[]string{"+600"}, 5, 600, 0, 600},
		{[]string{"600.5"}, 5, 5, 0, 5},
		{[]string{"1e3"}, 5, 5, 0, 5},
		{[]string{"0x100"}, 5, 5, 0, 5},
		{[]string{"600s"}, 5, 5, 0, 5},
		{[]string{`"600"`}, 5, 5, 0, 5},
		{[]string{"600, 600"}, 5, 5, 0, 5},
		{[]string{"600", "600"}, 5, 5, 0, 5},
		{[]string{"99999999999"}, forever / time.Second, 7200, 86400, 600},
		{[]string{"9223372036854775808"}, forever / time.Second, 5, 86400, 5},
	} {
		header := []browser.Field{{Name: "x", Value: "9"}}
		for _, line := range test.lines {
			header = append(header, browser.Field{Name: "access-control-MAX-age", Value: line})
		}
		for _, x := range []struct {
			name   string
			engine browser.Engine
			want   time.Duration
		}{
			{"standard", browser.Engine{}, test.standard},
			{"Chromium", browser.Chromium(), test.chromium},
			{"Firefox", browser.Firefox(), test.firefox},
			{"WebKit", browser.WebKit(), test.webkit},
		} {
			if got := browser.MaxAge(header, x.engine); got != x.want*time.Second {
				t.Errorf("%q in %s: %v, want %v", test.lines, x.name, got, x.want*time.Second)
			}
		}
	}
}
