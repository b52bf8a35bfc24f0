// Package pathtree looks up values by a request's path, segment by segment. It finds a
// value only if all routers read the path in the same way.
package pathtree

import (
	"strconv"
	"strings"

	"github.com/crossgate/cors/core/internal/ascii"
)

// Tree holds values by path. A key with a final slash matches the path and all paths below
// it; a key without one matches only the path. The zero Tree is empty. Fill it before
// several goroutines use it.
type Tree[T any] struct {
	// Wild reports whether a key's segment is a parameter, which matches any segment of a
	// path. If Wild is nil, there are no parameters.
	Wild func(segment string) bool

	root node[T]
}

// node is a node of the tree of path segments.
type node[T any] struct {
	next map[string]*node[T]
	// folded has the keys of next by their lower case, because some routers ignore case.
	folded map[string]folded
	wild   *node[T] // for any segment

	page    *T // of a key without a final slash
	subtree *T // of a key with one
}

// folded describes the keys that differ only in case.
type folded struct {
	first   string // that was inserted first
	several bool
}

// Insert sets the value of key, which begins with a slash. It returns the value that the key
// had before, or nil; keys that differ only in the names of parameters are the same. other
// is the segment of an earlier key that differs from one of key's only in case, or "".
func (t *Tree[T]) Insert(key string, value T) (replaced *T, other string) {
	n, rest := &t.root, strings.TrimPrefix(key, "/")
	for {
		if rest == "" {
			replaced, n.subtree = n.subtree, &value
			return replaced, other
		}
		segment, after, more := strings.Cut(rest, "/")
		var differs string
		if n, differs = t.child(n, segment); differs != "" {
			other = differs
		}
		if !more {
			replaced, n.page = n.page, &value
			return replaced, other
		}
		rest = after
	}
}

// child returns the node below n for the segment. It makes one if n has no such node.
func (t *Tree[T]) child(n *node[T], segment string) (child *node[T], other string) {
	if t.Wild != nil && t.Wild(segment) {
		if n.wild == nil {
			n.wild = new(node[T])
		}
		return n.wild, ""
	}
	if child = n.next[segment]; child != nil {
		return child, ""
	}
	if n.next == nil {
		n.next, n.folded = make(map[string]*node[T]), make(map[string]folded)
	}
	child, lower := new(node[T]), ascii.ToLower(segment)
	n.next[segment] = child
	known, found := n.folded[lower]
	if !found {
		known.first = segment
		n.folded[lower] = known
		return child, ""
	}
	known.several = true
	n.folded[lower] = known
	return child, known.first
}

// branch is one way to read a path.
type branch[T any] struct {
	at    *node[T]
	best  *T  // of the longest key
	found int // how many keys match on the way
}

// Match returns the value of the longest key that matches path, or nil. sound is false if
// routers read the path in more than one way. Such a path does not begin with a slash, or it
// has an empty segment, a segment . or .., a segment that differs from a key's only in case,
// a backslash, which some file servers read as a slash, or a percent-encoded slash, control
// character or character that needs no encoding. sound is also false if several keys match
// and none of them lies below all others.
func (t *Tree[T]) Match(path string) (value *T, sound bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok || strings.IndexByte(rest, '\\') >= 0 {
		return nil, false
	}
	var buf, spare [4]branch[T]
	longest := branch[T]{at: &t.root, best: t.root.subtree}
	if t.root.subtree != nil {
		longest.found = 1
	}
	total, branches, next := longest.found, append(buf[:0], longest), spare[:0]
	for rest != "" {
		segment, after, more := strings.Cut(rest, "/")
		if segment == "" || segment == "." || segment == ".." || ambiguousEncoding(segment) {
			return nil, false
		}
		rest = after
		next = next[:0]
		for _, b := range branches {
			literal := b.at.next[segment]
			if b.at.foldsOnly(segment, literal != nil) {
				return nil, false
			}
			for _, n := range [...]*node[T]{literal, b.at.wild} {
				if n == nil {
					continue
				}
				below := branch[T]{at: n, best: b.best, found: b.found}
				if n.subtree != nil {
					below.best = n.subtree
					below.found++
					total++
				}
				if n.page != nil && rest == "" && (!more || n.subtree == nil) {
					below.best = n.page
					below.found++
					total++
				}
				if below.found > longest.found {
					longest = below
				}
				next = append(next, below)
			}
		}
		branches, next = next, branches
	}
	return longest.best, longest.found == total
}

// foldsOnly reports whether a key's segment differs from segment only in case. exact says
// whether one equals it.
func (n *node[T]) foldsOnly(segment string, exact bool) bool {
	var buf [64]byte
	if len(n.folded) == 0 {
		return false
	}
	lower := buf[:0]
	for i := range len(segment) {
		lower = append(lower, ascii.Lower(segment[i]))
	}
	known, found := n.folded[string(lower)]
	return found && (!exact || known.several)
}

// ambiguousEncoding reports whether segment has a percent-encoding whose decoding changes
// how it is routed; some routers decode it and others do not.
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
		if c := byte(n); err != nil || c < ' ' || c == 0x7f || c == '/' || c == '\\' || c == '%' || IsPathByte(c) {
			return true
		}
		segment = segment[i+3:]
	}
}

// IsPathByte reports whether c may be in a path segment without encoding (RFC 3986,
// "pchar").
func IsPathByte(c byte) bool {
	return 'a' <= ascii.Lower(c) && ascii.Lower(c) <= 'z' || ascii.IsDigit(c) || strings.IndexByte("-._~!$&'()*+,;=:@", c) >= 0
}
