package matrix

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policydiff"
)

// TestReviewPage compares the policies of docs/review.md, and expects what it prints.
func TestReviewPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/review.md")
	require.NoError(t, err)
	var policies []*cors.Policy
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1) {
		policy, err := cors.ParsePolicy(block[1])
		require.NoError(t, err)
		policies = append(policies, policy)
	}
	require.Len(t, policies, 2)
	var b strings.Builder
	var counts [3]int
	for _, c := range policydiff.Diff(policies[0], policies[1]) {
		counts[c.Direction]++
		fmt.Fprintln(&b, c)
	}
	fmt.Fprintf(&b, "%d wider, %d narrower, %d other\n", counts[policydiff.Wider], counts[policydiff.Narrower], counts[policydiff.Other])
	assert.Contains(t, string(page), "```\n"+b.String()+"```\n")
}
