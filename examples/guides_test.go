package examples_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cors "github.com/crossgate/cors/core"
)

// TestGuidesAllowJSON: a reader who copies a policy can send JSON with the methods that it
// allows. Without content-type the first PUT of JSON fails.
func TestGuidesAllowJSON(t *testing.T) {
	t.Parallel()
	found := 0
	for _, p := range readPages(t, os.DirFS(root)) {
		for _, b := range p.blocks {
			switch {
			case b.language != "go",
				strings.HasPrefix(p.file, "conformance/peers/"), // equals another library's configuration
				p.file == "docs/blocked.md":                     // each block adds the one header that was asked for
				continue
			}
			for _, literal := range configLiterals(t, b.text) {
				found++
				policy, err := cors.Compile(literal)
				if err != nil {
					continue // the block is about the error, or has more than literals
				}
				for _, w := range policy.Warnings() {
					assert.NotEqual(t, "content-type-missing", w.Code, "%s:%d: %v", p.file, b.line, w)
				}
			}
		}
	}
	assert.Greater(t, found, 20)
}

// configLiterals returns the literals of cors.Config in a block. It reads only fields that
// are lists of strings.
func configLiterals(t *testing.T, block string) []cors.Config {
	t.Helper()
	var file *ast.File
	var err error
	for _, whole := range []string{block, "package p\n" + block, "package p\nfunc _() {\n" + block + "\n}"} {
		if file, err = parser.ParseFile(token.NewFileSet(), "", whole, 0); err == nil {
			break
		}
	}
	require.NoError(t, err, block)
	var all []cors.Config
	ast.Inspect(file, func(n ast.Node) bool {
		literal, is := n.(*ast.CompositeLit)
		if !is {
			return true
		}
		if of, is := literal.Type.(*ast.SelectorExpr); !is || of.Sel.Name != "Config" {
			return true
		}
		var c cors.Config
		lists := map[string]*[]string{"AllowOrigins": &c.AllowOrigins, "AllowMethods": &c.AllowMethods, "AllowHeaders": &c.AllowHeaders}
		ours := false
		for _, element := range literal.Elts {
			pair, is := element.(*ast.KeyValueExpr)
			if !is {
				continue
			}
			key, is := pair.Key.(*ast.Ident)
			if !is || lists[key.Name] == nil {
				continue
			}
			ours = true
			if values, is := pair.Value.(*ast.CompositeLit); is {
				*lists[key.Name] = literalStrings(values)
			}
		}
		if ours {
			if c.AllowOrigins == nil {
				c.AllowOrigins = []string{"https://app.example.com"} // a function's, or a variable's
			}
			all = append(all, c)
		}
		return true
	})
	return all
}

func literalStrings(list *ast.CompositeLit) (all []string) {
	for _, element := range list.Elts {
		if literal, is := element.(*ast.BasicLit); is && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				all = append(all, text)
			}
		}
	}
	return all
}
