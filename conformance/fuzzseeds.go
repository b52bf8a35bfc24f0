package conformance

import (
	"bytes"
	"strings"
)

// maxSeed is the size, in bytes, of the largest request of a case that becomes a seed.
const maxSeed = 2 << 10

// fuzzSeeds returns the requests of the suite's cases, and requests that tell the
// policies apart.
func fuzzSeeds() []fuzzInput {
	var all []fuzzInput
	seen := make(map[string]bool)
	add := func(method, target string, lines ...string) {
		text := strings.Join(lines, "\n")
		if key := method + target + text; !seen[key] {
			seen[key] = true
			all = append(all, fuzzInput{policy: byte(len(all) % policyCount), method: method, target: target, lines: text})
		}
	}
	for c := range Cases() {
		for _, s := range c.steps {
			head, _ := cutHead(s.request)
			lines := strings.Split(strings.TrimSpace(string(head)), "\r\n")
			method, target, _ := strings.Cut(lines[0], " ")
			target, http11 := strings.CutSuffix(target, " HTTP/1.1")
			if http11 && len(head) <= maxSeed && !bytes.Contains(head, []byte("Upgrade")) {
				add(method, target, lines[1:]...)
			}
		}
	}
	for i := range byte(policyCount) {
		for n := i % 2; n < byte(len(fuzzStock)); n += 2 { // only half of them, because each costs three requests
			target := []string{"/hello", "/none", "/stream", "/redirect", "/denied", "/panic", "/a%2Fb?b=c"}[int(n)%7]
			all = append(all,
				fuzzInput{policy: i, method: "GET", target: target, stock: []byte{n, 0, 0}},
				fuzzInput{policy: i, method: "GET", target: target, stock: []byte{0, 0, 0, 3, 0, 0}[int(i)/4*3:]},
				fuzzInput{policy: i, method: "PUT", target: "/hello", stock: []byte{0, 0, 0, n, 0, 0}},
				fuzzInput{policy: i, method: "OPTIONS", target: "/hello", stock: []byte{n, 0, 0, 13, 0, 0, 18, 128 + n, 40}},
				fuzzInput{policy: i, method: "OPTIONS", target: "/hello", stock: []byte{0, 0, 0, 13, 0, 0, 17, 0, 0, n, 0, 0}},
				fuzzInput{policy: i, method: "OPTIONS", target: "/a%2Fb", stock: []byte{3, 0, 0, 14, 0, 0, n, 0, 0}},
			)
		}
	}
	return all
}
