// Package policies keeps named policies that can be replaced while they serve, by a
// file, a key of a store or whatever else yields a document:
//
//	{
//	  "public":   {"allowOrigins": ["*"]},
//	  "partners": {"allowOrigins": ["https://*.partner.example"], "allowCredentials": true}
//	}
//
// A document says who may do what. The program says where: it asks for each policy by
// its name, and hands it to New or Mount of its adapter.
//
//	set, err := policies.New(defaults)          // compiled into the program: in force until a document is read
//	layer := corshttp.New(set.Get("public"))    // goes on to decide by the policy in force
//	go policies.Follow(ctx, policies.File("cors.json"), 5*time.Second, set.LoadJSON, report)
//
// No document that is wrong, missing or cut short changes anything: what is in force
// stays in force, and report gets the error.
package policies

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	cors "github.com/crossgate/cors/core"
)

// Set is a set of named policies. It is made by New, and safe for concurrent use.
type Set struct {
	loading sync.Mutex
	live    map[string]*cors.Live // never changed; what the values hold is
}

// New returns a Set of the policies of these names. They are in force until Load or
// LoadJSON replaces them, and their names are those that the program may ask for. Every
// problem is reported at once; each is a *cors.ConfigError whose Field begins with the
// policy's name. After 100 problems there is the number of all others.
func New(configs map[string]cors.Config) (*Set, error) {
	if len(configs) == 0 {
		return nil, errors.New("policies: there is no policy; name those that the program asks for")
	}
	compiled, err := compile(configs)
	if err != nil {
		return nil, err
	}
	s := &Set{live: make(map[string]*cors.Live, len(compiled))}
	for name, policy := range compiled {
		s.live[name] = new(cors.Live)
		s.live[name].Store(policy)
	}
	return s, nil
}

// Get returns the policy of a name. It is always the same *cors.Live, which decides by
// what is in force. It panics if New had no policy of this name, which is a mistake in
// the program.
func (s *Set) Get(name string) *cors.Live {
	live := s.live[name]
	if live == nil {
		panic(fmt.Sprintf("policies: there is no policy %q; New has %s", name, s.names()))
	}
	return live
}

// Load puts policies into force, each under the name that New gave it. A name that is
// missing or unknown is an error, so that a misspelt one switches nothing off. If there
// is any error, no policy changes, and every problem is reported.
//
// A policy is replaced as a whole: what the new Config does not name has its zero value.
// Each decision is made by one policy as a whole. The policies are replaced one after
// the other, so for a moment a new one and an old one are in force together.
func (s *Set) Load(configs map[string]cors.Config) error {
	compiled, err := compile(configs)
	if err = errors.Join(err, s.checkNames(maps.Keys(configs))); err != nil {
		return err
	}
	s.store(compiled)
	return nil
}

// LoadJSON puts the policies of a document into force, by the rules of Parse and Load.
// A policy with an AllowOriginFunc is an error, since no document can hold a function:
// call Parse, set the function again, and call Load.
func (s *Set) LoadJSON(document []byte) error {
	compiled := make(map[string]*cors.Policy)
	err := read(document, func(name string, _ []byte, policy *cors.Policy) error {
		compiled[name] = policy
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.checkNames(maps.Keys(compiled)); err != nil {
		return err
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(s.live)) {
		if p := s.live[name].Load(); p != nil && p.Config().AllowOriginFunc != nil {
			errs = append(errs, fmt.Errorf("policies: %s has an AllowOriginFunc, which a document cannot hold; use Parse, set the function, and Load", display(name)))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	s.store(compiled)
	return nil
}

func (s *Set) store(compiled map[string]*cors.Policy) {
	s.loading.Lock() // so that of two loads at once one is in force as a whole
	defer s.loading.Unlock()
	for name, policy := range compiled {
		s.live[name].Store(policy)
	}
}

// checkNames compares names with those of New.
func (s *Set) checkNames(names func(func(string) bool)) error {
	given := slices.Sorted(names)
	var errs problemList
	for _, name := range slices.Sorted(maps.Keys(s.live)) {
		if _, found := slices.BinarySearch(given, name); !found {
			errs.add(fmt.Errorf("policies: there is no policy %s, which the program uses", display(name)))
		}
	}
	used := s.names()
	for _, name := range given {
		if s.live[name] == nil {
			errs.add(fmt.Errorf("policies: the program uses no policy %s; it uses %s", display(name), used))
		}
	}
	return errs.joined()
}

func (s *Set) names() string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.live)) {
		names = append(names, display(name))
	}
	return strings.Join(names, ", ")
}

// compile compiles all configs, and names the policy in each error.
func compile(configs map[string]cors.Config) (map[string]*cors.Policy, error) {
	compiled := make(map[string]*cors.Policy, len(configs))
	var errs problemList
	for _, name := range slices.Sorted(maps.Keys(configs)) {
		policy, err := cors.Compile(configs[name])
		for _, e := range cors.ConfigErrors(err) {
			errs.add(named(name, e))
		}
		compiled[name] = policy
	}
	return compiled, errs.joined()
}

// maxProblems is how many problems are listed, as of a document in package cors.
const maxProblems = 100

// problemList keeps the first problems and counts the others.
type problemList struct {
	errs []error
	more int
}

func (p *problemList) add(errs ...error) {
	kept := min(len(errs), maxProblems-len(p.errs))
	p.errs = append(p.errs, errs[:kept]...)
	p.more += len(errs) - kept
}

// rest tells how many are not listed.
func (p *problemList) rest() string {
	return fmt.Sprintf("only the first %d problems are reported; there are %d more", maxProblems, p.more)
}

func (p *problemList) joined() error {
	if p.more > 0 {
		return errors.Join(append(p.errs, errors.New("policies: "+p.rest()))...)
	}
	return errors.Join(p.errs...)
}

// named returns a copy of err whose Field begins with the policy's name.
func named(name string, err *cors.ConfigError) *cors.ConfigError {
	c := *err
	c.Field = name + "." + c.Field
	return &c
}

// display quotes a name, shortened to what a log bears.
func display(name string) string {
	const longest = 80
	if len(name) > longest {
		name = strings.ToValidUTF8(name[:longest], "") + "…"
	}
	return strconv.Quote(name)
}
