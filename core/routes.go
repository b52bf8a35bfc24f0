package cors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
)

// Routes is a Decider that holds one Decider for each part of a site. It is made
// by NewRoutes and immutable.
//
// It is for sites whose parts are told apart by path alone, and knows nothing of
// the framework's router. Where the two could read a path differently, it sends
// no CORS headers: see Decide.
type Routes struct {
	root route
}

// route is a node of the tree of path segments.
type route struct {
	next map[string]*route
	// folded has the keys of next by their lower case: some routers ignore case.
	folded  map[string]string
	page    *Decider // of a key without a final slash
	subtree *Decider // of a key with one
}

// NewRoutes returns Routes that decide by the request's path. A key is a path
// that begins with a slash. "/api/" stands for /api and every path below it,
// "/api" for /api and /api/ alone. The longest key that matches, in whole segments, decides;
// a nil Decider, or none that matches, means no CORS headers.
//
// Keys are made of segments of letters, digits and the characters -._~!$&'()*+,;=:@
// (RFC 3986, section 3.3), without percent-encoding; whatever else is written is
// an error.
func NewRoutes(deciders map[string]Decider) (*Routes, error) {
	r := new(Routes)
	var errs []error
	fail := func(key, hint string) {
		errs = append(errs, &ConfigError{Field: "Routes[" + strconv.Quote(key) + "]", Value: key, Code: "route-path", Hint: hint})
	}
	for _, key := range slices.Sorted(maps.Keys(deciders)) {
		if hint := keyProblem(key); hint != "" {
			fail(key, hint)
			continue
		}
		d := deciders[key]
		if u, ok := d.(interface{ unset() bool }); ok && u.unset() {
			fail(key, fmt.Sprintf("the Decider is a nil %T; write nil for no CORS headers", d))
			continue
		}
		if other := r.root.insert(strings.TrimPrefix(key, "/"), &d); other != "" {
			fail(key, "some routers ignore case, so a path cannot have both "+strconv.Quote(other)+" and this spelling of it; write one")
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return r, nil
}

func keyProblem(key string) string {
	if !strings.HasPrefix(key, "/") {
		return "a path begins with a slash; write " + strconv.Quote("/"+key)
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(key[1:], "/"), "/") {
		switch {
		case segment == "" && key != "/" || segment == "." || segment == "..":
			return "a path has no empty segments, and none that is . or .."
		case segment == "*" || strings.HasPrefix(segment, ":") || strings.ContainsAny(segment, "{}"):
			return `a path has no parameters or wildcards; "/api/" stands for all below it`
		}
		for i := range len(segment) {
			if !isPathByte(segment[i]) {
				return fmt.Sprintf("a path has no %q; segments are made of letters, digits and -._~!$&'()*+,;=:@", segment[i])
			}
		}
	}
	return ""
}

// isPathByte reports whether c may stand in a path segment as it is (RFC 3986, "pchar").
func isPathByte(c byte) bool {
	return 'a' <= ascii.Lower(c) && ascii.Lower(c) <= 'z' || ascii.IsDigit(c) || strings.IndexByte("-._~!$&'()*+,;=:@", c) >= 0
}

// insert puts d below n, where rest of its key says. If a segment of it differs
// from another key's by its case alone, it returns that one.
func (n *route) insert(rest string, d *Decider) (other string) {
	if rest == "" {
		n.subtree = d
		return ""
	}
	segment, rest, more := strings.Cut(rest, "/")
	if other, found := n.folded[ascii.ToLower(segment)]; found && other != segment {
		return other
	}
	child := n.next[segment]
	if child == nil {
		child = new(route)
		if n.next == nil {
			n.next, n.folded = make(map[string]*route), make(map[string]string)
		}
		n.next[segment] = child
		n.folded[ascii.ToLower(segment)] = segment
	}
	if !more {
		child.page = d
		return ""
	}
	return child.insert(rest, d)
}

func (r *Routes) unset() bool { return r == nil }

// Decide decides by the Decider whose key matches r.Path best.
//
// A path that routers read in more than one way matches no key: one with an empty
// segment, with . or .., with a segment that equals a key's but for its case, or
// with a percent-encoded slash, control character or character that keys may hold.
func (r *Routes) Decide(ctx context.Context, req Request) Decision {
	if d := r.match(req.Path); d != nil && *d != nil {
		return (*d).Decide(ctx, req)
	}
	return Decision{verdict: newVerdict(req.trim(), NoPolicy, 0)}
}

func (r *Routes) match(path string) *Decider {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil
	}
	best := r.root.subtree
	for node := &r.root; rest != ""; {
		segment, after, more := strings.Cut(rest, "/")
		if segment == "" || segment == "." || segment == ".." || ambiguousEncoding(segment) {
			return nil
		}
		rest = after
		if node == nil {
			continue // no key goes deeper; the rest must still be sound
		}
		child := node.next[segment]
		if child == nil && node.hasFolded(segment) {
			return nil
		}
		if node = child; node == nil {
			continue
		}
		if node.subtree != nil {
			best = node.subtree
		}
		if node.page != nil && rest == "" && (!more || node.subtree == nil) {
			best = node.page
		}
	}
	return best
}

// hasFolded reports whether some key's segment equals segment but for its case.
func (n *route) hasFolded(segment string) bool {
	var buf [64]byte
	if len(n.folded) == 0 {
		return false
	}
	lower := buf[:0]
	for i := range len(segment) {
		lower = append(lower, ascii.Lower(segment[i]))
	}
	_, found := n.folded[string(lower)]
	return found
}

// ambiguousEncoding reports whether segment holds a percent-encoding that some
// routers decode, with another outcome, and others don't.
func ambiguousEncoding(segment string) bool {
	for {
		i := strings.IndexByte(segment, '%')
		if i < 0 {
			return false
		}
		if len(segment) < i+3 {
			return true
		}
		n, err := strconv.ParseUint(segment[i+1:i+3], 16, 8)
		if c := byte(n); err != nil || c < ' ' || c == 0x7f || c == '/' || c == '\\' || c == '%' || isPathByte(c) {
			return true
		}
		segment = segment[i+3:]
	}
}
