package policies_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// Ten thousand documents are loaded under load, invalid ones between them. Each answer
// comes from one whole policy that was loaded.
func TestSwapsUnderLoad(t *testing.T) {
	t.Parallel()
	const swaps = 10_000
	version := func(n int) []byte {
		return fmt.Appendf(nil, `{"p": {"allowOrigins": ["https://app.example"], "allowMethods": ["M%d"], "allowHeaders": ["h%d"], "maxAge": %d}}`, n, n, n)
	}
	configs, err := policies.Parse(version(1))
	if err != nil {
		t.Fatal(err)
	}
	set, err := policies.New(configs)
	if err != nil {
		t.Fatal(err)
	}
	live := set.Get("p")
	want := func(n int) []string {
		v := strconv.Itoa(n)
		return []string{"h" + v, "M" + v, "https://app.example", v, "Origin"}
	}
	var stopped atomic.Bool
	var decisions atomic.Int64
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() {
			for !stopped.Load() {
				d := live.Decide(context.Background(), cors.Request{Method: "OPTIONS", Origin: "https://app.example", RequestMethod: "PUT"})
				var got []string
				for _, value := range d.Headers() {
					got = append(got, value)
				}
				n := 0
				if len(got) == 5 {
					n, _ = strconv.Atoi(got[3])
				}
				if n < 1 || n > swaps || !slices.Equal(got, want(n)) {
					t.Errorf("an answer is of no one policy: %q", got)
					return
				}
				decisions.Add(1)
			}
		})
	}
	for n := 1; n <= swaps; n++ {
		if err := set.LoadJSON(version(n)); err != nil {
			t.Error(err)
			break
		}
		if n%100 == 0 && set.LoadJSON([]byte(`{"p": {"allowOrigins": ["https://app.example"], "maxAge": -9}}`)) == nil {
			t.Error("an invalid document is loaded")
			break
		}
	}
	stopped.Store(true)
	clients.Wait()
	if decisions.Load() == 0 {
		t.Error("nobody asked")
	}
	t.Logf("%d decisions during %d swaps", decisions.Load(), swaps)
}
