package recipes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

func TestDevelopment(t *testing.T) {
	t.Parallel()
	production := cors.Config{AllowOrigins: append(make([]string, 0, 9), app), AllowMethods: []string{"PUT"}, AllowCredentials: true}
	policy := compiled(t, recipes.Development(production))
	addr := behind(t, policy)
	for origin, allowed := range map[string]bool{
		app:                           true,
		"http://localhost:5173":       true,
		"http://localhost":            true,
		"http://127.0.0.1:8080":       true,
		"http://[::1]:3000":           true,
		"https://localhost:5173":      false,
		"http://localhost.evil.test":  false,
		"http://192.168.1.20:5173":    false,
		"http://evil.test:5173":       false,
		"http://127.0.0.1.nip.io:801": false,
	} {
		assert.Equal(t, allowed, visit(t, addr, origin, put).Allowed, origin)
	}
	// A setting that must not go to production has a warning, and production's policy does
	// not change.
	warned := 0
	for _, w := range policy.Warnings() {
		if w.Code == "loopback-credentials" {
			warned++
		}
	}
	assert.Equal(t, 3, warned)
	assert.Equal(t, []string{app}, production.AllowOrigins)
	assert.NotContains(t, production.AllowOrigins[:4], "http://localhost:*")
}

func TestLocalNetwork(t *testing.T) {
	t.Parallel()
	addr := behind(t, compiled(t, recipes.LocalNetwork(recipes.Development(cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT"}}))))
	for origin, allowed := range map[string]bool{
		app:                             true,
		"http://localhost:5173":         true,
		"http://192.168.1.20:5173":      true,
		"http://10.0.0.7":               true,
		"http://172.31.9.9:3000":        true,
		"http://[fd12:3456::7]:5173":    true,
		"http://172.32.0.1":             false,
		"http://8.8.8.8":                false,
		"http://[2001:db8::1]":          false,
		"https://192.168.1.20":          false,
		"http://192.168.1.20.evil.test": false,
		"http://192-168-1-20.nip.io":    false,
	} {
		assert.Equal(t, allowed, visit(t, addr, origin, put).Allowed, origin)
	}
}
