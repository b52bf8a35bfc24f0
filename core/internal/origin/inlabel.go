package origin

import (
	"slices"
	"strings"
)

// roomInLabel returns the greatest length of the text that an InLabel pattern's * matches.
func (p Pattern) roomInLabel() int {
	return min(MaxLabel, roomLeftOf(p.Host)) - len(p.prefix) - len(p.suffix)
}

// outsideLabels finds an origin for p, an InLabel that no pattern covers.
//
// Only exact patterns and InLabel patterns at the same host match such an origin. So it
// looks for a word that these InLabel patterns do not cover when it replaces p's *.
func (c *Inclusion) outsideLabels(p Pattern, port int) (string, Outcome) {
	room := p.roomInLabel()
	for _, middle := range [...]string{"other", "a"} {
		if o := p.with(middle, port); len(middle) <= room && !c.has(o) {
			return o, Outside
		}
	}
	if !c.step(1) {
		return "", Unsettled
	}
	u := c.unionAt(p)
	if !c.step(u.size) {
		return "", Unsettled
	}
	// Long words first: their beginning and their end are independent.
	settled := true
	for _, head := range u.heads {
		for _, tail := range u.tails {
			if !c.step((len(head) + 1) * (len(tail) + 1)) {
				return "", Unsettled
			}
			if u.covers(head, tail) {
				continue
			}
			// A word between the two is in the set only if a pattern names it.
			settled = false
			between := room - len(head) - len(tail)
			for n := 0; between >= 0; n++ {
				filler := word(labelBytes, n)
				if len(filler) > between {
					break
				}
				o := p.with(head+filler+tail, port)
				switch has, more := c.search(o); {
				case !has:
					return o, Outside
				case !more:
					return "", Unsettled
				}
			}
		}
	}
	if settled {
		// All words that are at least as long as the longest head and tail are covered.
		room = min(room, u.longestHead+u.longestTail-1)
	}
	return c.outsideShort(p, port, u, room)
}

// outsideShort tries each word that is not longer than room. It skips words whose beginning
// a pattern of the union covers whatever follows.
func (c *Inclusion) outsideShort(p Pattern, port int, u *union, room int) (string, Outcome) {
	words := []string{""}
	for n := 1; n <= room && len(words) > 0; n++ {
		var longer []string
		for _, w := range words {
			for _, b := range []byte(labelBytes) {
				w := w + string(b)
				o := p.with(w, port)
				switch has, more := c.search(o); {
				case !has:
					return o, Outside
				case !more:
					return "", Unsettled
				}
				if _, open := u.open[w]; !open {
					longer = append(longer, w)
				}
			}
		}
		words = longer
	}
	return "", Inside
}

// union is what the other patterns at a host cover of an InLabel pattern p at that host.
type union struct {
	// rests has one element for each pattern that can match an origin of p: the prefix and
	// suffix that the pattern requires of the word in place of p's *. A word longer than
	// both together is covered if it has them; a shorter one may be covered.
	rests map[affixes]struct{}

	open map[string]struct{} // the prefixes of rests without a suffix

	// A head is a beginning of words whose last byte is the first with which no rest goes
	// on. The same rests cover all words with the same head, so one word is tried for all
	// of them. A tail is a head read from the end.
	heads, tails             []string
	longestHead, longestTail int // of all words' heads and tails

	size int // bytes that were read
}

// unionAt returns the union of the patterns that can match an origin of p.
func (c *Inclusion) unionAt(p Pattern) *union {
	u := &union{rests: make(map[affixes]struct{}), open: make(map[string]struct{})}
	for _, port := range [...]int{p.Port, AnyPort} {
		w := c.set.at(p.Scheme, p.Host, port)
		if w == nil || w.labels == nil {
			continue
		}
		for a := range w.labels.affixes {
			u.size += len(a.prefix) + len(a.suffix) + 1
			u.add(p, a)
		}
	}
	var prefixes, suffixes []string
	for r := range u.rests {
		prefixes, suffixes = append(prefixes, r.prefix), append(suffixes, reversed(r.suffix))
	}
	u.heads, u.longestHead = exits(prefixes)
	u.tails, u.longestTail = exits(suffixes)
	for i, tail := range u.tails {
		u.tails[i] = reversed(tail)
	}
	c.work += u.size
	return u
}

// add adds the rest of the pattern with the given affixes, if it can match an origin of p.
func (u *union) add(p Pattern, a affixes) {
	prefix, before := beyond(a.prefix, p.prefix)
	suffix, after := beyond(reversed(a.suffix), reversed(p.suffix))
	if !before || !after {
		return
	}
	u.rests[affixes{prefix, reversed(suffix)}] = struct{}{}
	if suffix == "" {
		u.open[prefix] = struct{}{}
	}
}

// beyond returns the part of text, a pattern's prefix, that follows own, p's prefix. ok is
// false if they differ before that, or if own has an underscore in the place of the
// pattern's *, which does not match underscores.
func beyond(text, own string) (rest string, ok bool) {
	rest, longer := strings.CutPrefix(text, own)
	if longer {
		return rest, true // if it has an underscore, no word begins with it
	}
	between, shorter := strings.CutPrefix(own, text)
	return "", shorter && strings.IndexByte(between, '_') < 0
}

// covers reports whether a rest covers the words that begin with head and end with tail.
func (u *union) covers(head, tail string) bool {
	for i := range len(head) + 1 {
		for j := range len(tail) + 1 {
			if _, found := u.rests[affixes{head[:i], tail[j:]}]; found {
				return true
			}
		}
	}
	return false
}

// exits returns, for each beginning of the texts, a word that continues it as no text does,
// if there is one. The shortest come first. longest is the greatest length of such a word.
func exits(texts []string) (words []string, longest int) {
	begins := map[string]struct{}{"": {}}
	for _, text := range texts {
		for i := range len(text) {
			begins[text[:i+1]] = struct{}{}
		}
		longest = max(longest, len(text))
	}
	for begin := range begins {
		for _, b := range []byte(labelBytes) {
			if _, found := begins[begin+string(b)]; !found {
				words = append(words, begin+string(b))
				break
			}
		}
	}
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return words, longest + 1
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
