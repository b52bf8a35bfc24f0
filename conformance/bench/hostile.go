package bench

import (
	"fmt"
	"strings"
)

const (
	hostileValue = 1_000_000 // bytes; such a request fits net/http's limit of 1 MiB for all headers
	hostileLines = 4_000
)

// hostile returns scenarios whose requests are made to cost the server time. The policy
// refuses or ignores the hostile values, so its answer is the ordinary one.
func hostile() []Scenario {
	config, origin := listed(10)
	headers := func(name, value string) Scenario {
		return Scenario{"hostile-headers-" + name, "10", config, preflight(origin, value), approved(origin)}
	}
	lines := preflight(origin, "content-type")
	for range hostileLines - 1 {
		lines.fields = append(lines.fields, field{requestHeaders, "content-type"})
	}
	origins, unrelated := get(stranger), get(origin)
	for i := range hostileLines - 1 {
		origins.fields = append(origins.fields, field{"Origin", fmt.Sprintf("https://app-%d.example.org", i)})
		unrelated.fields = append(unrelated.fields, field{fmt.Sprintf("X-Filler-%d", i), "1"})
	}
	return []Scenario{
		headers("commas", strings.Repeat(",", hostileValue)),
		// Servers trim white space at the ends of a value.
		headers("spaces", "content-type"+strings.Repeat(" ", hostileValue)+"content-type"),
		headers("unsorted", strings.Repeat("x-request-id,content-type,authorization,", hostileValue/40)),
		headers("long-name", strings.Repeat("a", hostileValue)),
		{"hostile-headers-lines", "10", config, lines, approved(origin)},
		// Many labels of one letter, under a policy with wildcards: there are many places to
		// search.
		{"hostile-origin-64k", "10", wildcards(), get("https://" + strings.Repeat("a.", 32<<10) + "example.org"), refused()},
		{"hostile-origin-lines", "10", config, origins, refused()},
		{"hostile-unrelated-lines", "10", config, unrelated, allowed(origin)},
	}
}
