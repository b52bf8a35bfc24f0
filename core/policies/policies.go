// Package policies holds named policies that can be replaced while they serve, from a file,
// a key of a store or any other source of a document:
//
//	{
//	  "public":   {"allowOrigins": ["*"]},
//	  "partners": {"allowOrigins": ["https://*.partner.example"], "allowCredentials": true}
//	}
//
// The document says which origins may do what. The program says where: it gets each policy
// by its name and passes it to New or NewMount of its adapter.
//
//	set, err := policies.New(defaults)            // defaults: in force until a document is read
//	middleware := corshttp.New(set.Get("public")) // always uses the policy in force
//	go policies.Follow(ctx, policies.File("cors.json"), 5*time.Second, set.LoadJSON, report)
//
// A document that is wrong, missing or incomplete changes nothing: the policies in force
// stay in force, and report gets the error.
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
	live    map[string]*cors.Live // the map never changes; the policies in it do
}

// New returns a Set of named policies. They are in force until Load or LoadJSON replaces
// them. The Set has these names and no others. All problems are reported at once. Each is a
// *cors.ConfigError whose Field begins with the policy's name. After 100 problems, one more
// error has the number of the others.
//
// The policies of a Set usually come from documents. So errors, warnings and Explain use
// the names of documents ("allowOrigins"), whether New, Load or LoadJSON made the policy.
func New(configs map[string]cors.Config) (*Set, error) {
	if len(configs) == 0 {
		return nil, errors.New("policies: there is no policy; pass at least one")
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

// Get returns the policy with the given name: always the same *cors.Live, which uses the
// policy in force. Get panics if New had no policy of this name.
func (s *Set) Get(name string) *cors.Live {
	live := s.live[name]
	if live == nil {
		panic(fmt.Sprintf("policies: there is no policy %q; New has %s", name, s.names()))
	}
	return live
}

// Load puts policies into force. The names must be exactly those of New: a missing or
// unknown name is an error, so that a misspelling does not switch anything off. If there is
// any error, no policy changes, and all problems are reported.
//
// Load replaces each policy as a whole: fields that the new Config does not set have their
// zero value. Each decision uses one policy from beginning to end. The policies are
// replaced one after the other, so for a moment new and old policies are in force together.
func (s *Set) Load(configs map[string]cors.Config) error {
	compiled, err := compile(configs)
	if err = errors.Join(err, s.checkNames(maps.Keys(configs))); err != nil {
		return err
	}
	s.store(compiled)
	return nil
}

// LoadJSON puts the policies of a document into force, by the rules of Parse and Load. It
// is an error if a policy in force has an AllowOriginFunc, because a document cannot hold a
// function: call Parse, set the function again, and call Load.
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
	s.loading.Lock() // so that two concurrent loads do not mix
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
		policy, err := cors.CompileDocument(configs[name])
		for _, e := range cors.ConfigErrors(err) {
			errs.add(named(name, e))
		}
		compiled[name] = policy
	}
	return compiled, errs.joined()
}

// maxProblems is the greatest number of problems that are listed, as in package cors.
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

// rest says how many problems are not listed.
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

// display quotes a name, shortened for logs.
func display(name string) string {
	const longest = 80
	if len(name) > longest {
		name = strings.ToValidUTF8(name[:longest], "") + "…"
	}
	return strconv.Quote(name)
}
