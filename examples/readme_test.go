package examples_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// blocks returns the blocks of the README that are marked with language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	var all []string
	for _, b := range parsePage("README.md", string(text)).blocks {
		if b.language == language {
			all = append(all, b.text)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// TestReadmeOutput holds what the README says is printed against what is.
func TestReadmeOutput(t *testing.T) {
	t.Parallel()
	texts := strings.Join(blocks(t, ""), "\n")

	_, err := cors.Compile(cors.Config{
		AllowOrigins:     []string{"https://app.example.com/", "https://*.vercel.app"},
		AllowCredentials: true,
		AllowHeaders:     []string{"content-type", "authorization", "x-total:"},
	})
	errs := cors.ConfigErrors(err)
	require.Len(t, errs, 3)
	unfolded := strings.ReplaceAll(texts, "\n      ", " ")
	for _, e := range errs {
		assert.Contains(t, unfolded, e.Error()+"\n")
	}

	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	x := policy.Explain(t.Context(), cors.Request{Method: "OPTIONS", Origin: "https://app.example.com", RequestMethod: "DELETE"})
	assert.Contains(t, texts, fmt.Sprint(x))
}
