package origin

import "hash/maphash"

// exactSet is an immutable set of whole origins. It is a hash table whose buckets follow
// each other in one block of bytes: bucket i is entries[starts[i]:starts[i+1]]. So a look-up
// causes about one access to main memory, however many origins there are, and the garbage
// collector has no pointers to follow.
type exactSet struct {
	seed    maphash.Seed
	starts  []uint32 // one more than the number of buckets, a power of two
	entries []byte
}

// An entry is two bytes and the origin. Of the two bytes, 9 bits are the origin's length
// and 7 are bits of its hash.
const entryHead = 2

// MaxExact is the greatest number of origins in a set: their offsets fit into 32 bits.
const MaxExact = 1 << 32 / (maxOrigin + entryHead)

// newExactSet returns the set of origins. They must be distinct, not empty, not longer than
// maxOrigin, and at most MaxExact.
func newExactSet(origins []string) *exactSet {
	buckets := 1
	for 2*buckets < len(origins) {
		buckets *= 2
	}
	s := &exactSet{seed: maphash.MakeSeed(), starts: make([]uint32, buckets+1)}
	// Bucket i's length is counted in starts[i+1], then added up.
	for _, origin := range origins {
		bucket, _ := s.find(origin)
		s.starts[bucket+1] += uint32(entryHead + len(origin))
	}
	for i := range buckets {
		s.starts[i+1] += s.starts[i]
	}
	s.entries = make([]byte, s.starts[buckets])
	next := append([]uint32(nil), s.starts...) // where each bucket's next entry goes
	for _, origin := range origins {
		bucket, head := s.find(origin)
		entry := s.entries[next[bucket]:]
		entry[0], entry[1] = byte(head), byte(head>>8)
		copy(entry[entryHead:], origin)
		next[bucket] += uint32(entryHead + len(origin))
	}
	return s
}

// find returns origin's bucket and the head of its entry.
func (s *exactSet) find(origin string) (bucket int, head uint16) {
	hash := maphash.String(s.seed, origin)
	return int(hash & uint64(len(s.starts)-2)), uint16(len(origin)) | uint16(hash>>57)<<9
}

// has reports whether the set has origin, which is no longer than maxOrigin.
func (s *exactSet) has(origin string) bool {
	bucket, head := s.find(origin)
	for rest := s.entries[s.starts[bucket]:s.starts[bucket+1]]; len(rest) > entryHead; {
		got := uint16(rest[0]) | uint16(rest[1])<<8
		end := entryHead + int(got&(1<<9-1))
		if got == head && string(rest[entryHead:end]) == origin {
			return true
		}
		rest = rest[end:]
	}
	return false
}
