package main

import (
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// maxPatterns is the number of a policy's patterns that are tested. Each one costs a dozen
// requests, and a mistake usually affects all patterns.
const maxPatterns = 25

// label is a host label that no real host uses.
const label = "corsdoctor"

// origins returns the origins to test: some that the patterns match, and some that a
// careless comparison would accept. It does not decide which of them the policy allows.
func origins(patterns []string) []string {
	list := []string{stranger, "null"}
	for _, pattern := range patterns[:min(len(patterns), maxPatterns)] {
		if own := members(pattern); len(own) > 0 {
			list = append(append(list, own...), nearMisses(own[0])...)
			list = append(list, neighbours(pattern)...)
		}
	}
	seen := make(map[string]bool)
	return slices.DeleteFunc(list, func(origin string) bool {
		again := seen[origin]
		seen[origin] = true
		return again
	})
}

// members returns origins that the pattern matches, if it names any.
func members(pattern string) []string {
	base, anyPort := strings.CutSuffix(pattern, ":*")
	if !strings.Contains(base, "://") {
		return nil // "*" and "null"
	}
	list := []string{strings.Replace(base, "*", label, 1)}
	if strings.Contains(base, "://*.") {
		list = append(list, strings.Replace(base, "*", "a."+label, 1))
	}
	if anyPort {
		for _, origin := range slices.Clone(list) {
			list = append(list, origin+":8443")
		}
	}
	return list
}

// nearMisses returns origins that a careless comparison would accept: one that compares
// only the beginning, only the end, no scheme, or no port.
func nearMisses(origin string) []string {
	scheme, rest, _ := strings.Cut(origin, "://")
	host, port := rest, ""
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, ']') {
		host, port = rest[:i], rest[i:]
	}
	other := "http"
	if scheme == "http" {
		other = "https"
	}
	list := []string{other + "://" + rest}
	if port == "" {
		list = append(list, origin+":4443")
	} else {
		list = append(list, scheme+"://"+host)
	}
	if strings.HasPrefix(host, "[") || strings.Trim(host, "0123456789.") == "" {
		return list // an address has no labels
	}
	list = append(list,
		scheme+"://"+host+"."+label+".invalid"+port,
		scheme+"://"+label+"-"+host+port,
		scheme+"://"+label+"."+host+port)
	if dot := strings.IndexByte(host, '.'); dot >= 0 { // a comparison that treats the dot as any character
		list = append(list, scheme+"://"+host[:dot]+"-"+host[dot+1:]+port)
	}
	return list
}

// neighbours returns origins that are close to those that a wildcard matches: the domain
// itself, the domain with a prefix but no dot, and nothing or two labels in place of the *.
func neighbours(pattern string) []string {
	base := strings.TrimSuffix(pattern, ":*")
	if !strings.Contains(base, "*") {
		return nil
	}
	if strings.Contains(base, "://*.") {
		return []string{strings.Replace(base, "*.", "", 1), strings.Replace(base, "*.", label, 1)}
	}
	// With nothing in place of the *, app-* becomes a label that ends with a hyphen.
	return []string{strings.Replace(base, "*", "", 1), strings.Replace(base, "*", "a."+label, 1)}
}

// methods returns the methods to test: those of the policy, the commonest ones, and one
// that no policy lists.
func methods(c cors.Config) []string {
	list := []string{"PUT", "PATCH", "DELETE", "CORSDOCTOR"}
	for _, m := range c.AllowMethods {
		if m != "*" && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// headerSets returns the sets of request headers to test: each of the policy's, all of them
// together, the commonest ones, and one that no policy lists.
func headerSets(c cors.Config) [][]string {
	sets := [][]string{{"authorization"}, {"content-type"}, {"x-" + label}}
	var own []string
	for _, h := range c.AllowHeaders {
		if h == "*" {
			continue
		}
		own = append(own, h)
		if h != "authorization" && h != "content-type" {
			sets = append(sets, []string{h})
		}
	}
	if len(own) > 1 {
		slices.Sort(own)
		sets = append(sets, own)
	}
	return sets
}
