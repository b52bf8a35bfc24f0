package cors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/diagnose"
	"github.com/crossgate/cors/core/internal/pathtree"
)

// Routes is a Decider that chooses another Decider by the request's path. NewRoutes makes
// it, and it is immutable.
//
// It looks at the path only and does not know the framework's router. If a router could
// read a path differently, it sends no CORS headers: see Decide.
type Routes struct {
	tree     pathtree.Tree[Decider]
	deciders []Decider // of all keys
	whole    bool      // no path lacks a Decider
}

// NewRoutes returns a Routes with a Decider for each key, a path that begins with a slash.
// The key "/api/" matches /api and every path below it; "/api" matches only /api and /api/.
// The longest matching key decides; segments match as a whole. If no key matches, or the
// Decider is nil, the response has no CORS headers.
//
// The segments of a key consist of letters, digits and the characters -._~!$&'()*+,;=:@
// (RFC 3986, section 3.3), without percent-encoding. Anything else is an error.
func NewRoutes(deciders map[string]Decider) (*Routes, error) {
	r := new(Routes)
	var errs []error
	fail := func(key, hint string, repair ...string) {
		errs = append(errs, &ConfigError{
			Field: "Routes[" + strconv.Quote(key) + "]", Value: key, Code: "route-path", Hint: hint + diagnose.Write(repair), Repair: repair,
		})
	}
	for _, key := range slices.Sorted(maps.Keys(deciders)) {
		if hint := keyProblem(key); hint != "" {
			if fixed, ok := repairKey(key); ok {
				fail(key, hint, fixed)
			} else {
				fail(key, hint)
			}
			continue
		}
		d := deciders[key]
		if u, ok := d.(interface{ unset() bool }); ok && u.unset() {
			fail(key, fmt.Sprintf("the Decider is a nil %T; write nil for no CORS headers", d))
			continue
		}
		if _, other := r.tree.Insert(key, d); other != "" {
			fail(key, "this differs from "+strconv.Quote(other)+" only in case, and some routers ignore case; remove one")
		}
		if d != nil {
			r.deciders = append(r.deciders, d)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	r.whole = deciders["/"] != nil && len(r.deciders) == len(deciders)
	return r, nil
}

func keyProblem(key string) string {
	if !strings.HasPrefix(key, "/") {
		return "a path begins with a slash"
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(key[1:], "/"), "/") {
		switch {
		case segment == "" && key != "/" || segment == "." || segment == "..":
			return "a path has no empty segments, and none that is . or .."
		case segment != "" && strings.Trim(segment, "*") == "" || strings.HasPrefix(segment, ":") || strings.ContainsAny(segment, "{}"):
			return `a path has no parameters or wildcards; one that ends in a slash stands for all below it, as "/api/" does`
		}
		for i := range len(segment) {
			if !pathtree.IsPathByte(segment[i]) {
				return fmt.Sprintf("a path has no %q; segments are made of letters, digits and -._~!$&'()*+,;=:@", segment[i])
			}
		}
	}
	return ""
}

// repairKey returns the key that was probably meant by one that keyProblem refuses: the
// path of a URL, or a router's pattern without the wildcard at its end.
func repairKey(key string) (fixed string, ok bool) {
	if _, rest, found := strings.Cut(key, "://"); found {
		_, path, _ := strings.Cut(rest, "/")
		key = "/" + path
	}
	if !strings.HasPrefix(key, "/") {
		key = "/" + key
	}
	end := strings.LastIndexByte(key, '/') + 1
	if last := key[end:]; last == "*" || last == "**" || strings.HasPrefix(last, "{") && strings.HasSuffix(last, "...}") {
		key = key[:end]
	}
	return key, keyProblem(key) == ""
}

func (r *Routes) unset() bool { return r == nil }

func (r *Routes) allowsAnyOrigin() bool {
	return r.whole && !slices.ContainsFunc(r.deciders, func(d Decider) bool { return !allowsAnyOrigin(d) })
}

// Decide decides by the Decider with the longest key that matches r.Path.
//
// A path that routers read in more than one way matches no key. Such a path has an empty
// segment, a segment . or .., a segment that differs from a key's only in case, a
// backslash, or a percent-encoded slash, control character or character that keys may
// contain.
func (r *Routes) Decide(ctx context.Context, req Request) Decision {
	if d, sound := r.tree.Match(req.Path); sound && d != nil && *d != nil {
		return (*d).Decide(ctx, req)
	}
	return Decision{verdict: newVerdict(req.trim(), NoPolicy, 0)}
}

// MayRefuse reports whether the Decider of any path refuses req. It implements [Refuser].
func (r *Routes) MayRefuse(ctx context.Context, req Request) bool {
	for _, d := range r.deciders {
		if MayRefuse(ctx, d, req) {
			return true
		}
	}
	return false
}
