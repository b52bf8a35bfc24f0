//go:build unix

// Package engine finds the browser engines of this machine, and drives them. Open is
// for pages that drive themselves: it opens a URL with a new profile, collects what the
// engine says about failed requests, and ends the engine with everything that it
// started. Drive is for pages that wait for a person.
package engine

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"sync"
)

// Engine is a browser that this machine has.
type Engine struct {
	Name    string // "chromium", "firefox" or "webkit"
	Version string // as the engine tells it
	Path    string // of its executable

	// Env holds variables, as in os.Environ, that its processes have beside their own.
	Env []string

	// Arguments are further ones of its command line.
	Arguments []string

	// Extension is the folder of an unpacked extension, which Open loads before it opens
	// the page. WebKit has none.
	Extension string

	// Public are addresses, such as "127.0.0.1:8080", whose pages Chromium takes for ones
	// of the internet. Other engines have no such setting.
	Public []string

	open  func(ctx context.Context, e *Engine, s *Session, url string, trust Trust) error
	drive func(ctx context.Context, e *Engine, s *Session, look Look) (tab, error)
}

// Trust is what an engine is to accept beside the certificates that it knows.
type Trust struct {
	// CA is an authority that a page's https servers have their certificates from.
	// Firefox takes it into the profile.
	CA *x509.Certificate
	// Leaf is the certificate that they show. Chromium takes its key's digest.
	// WebKit's MiniBrowser can only ignore certificate errors altogether.
	Leaf *x509.Certificate
}

// insecureHost is a name for this machine that is not one of the machine's own: pages at
// http:// and this host are no secure contexts.
const insecureHost = "insecure.test"

// Insecure is a host that the engine resolves to 127.0.0.1 and takes for one of the
// internet. WebKit has no setting for it, and stays at localhost.
func (e *Engine) Insecure() string {
	if e.Name == "webkit" {
		return "localhost"
	}
	return insecureHost
}

// Names returns the names that Find knows.
func Names() []string { return []string{"chromium", "firefox", "webkit"} }

// AbsentError says that an engine, or a program that it needs here, is not installed.
type AbsentError struct {
	Engine  string
	Program string
	Package string // Debian's package that has it
}

// Error names the Debian package to install.
func (e *AbsentError) Error() string {
	return fmt.Sprintf("%s: there is no %s; on Debian: apt-get install --no-install-recommends %s", e.Engine, e.Program, e.Package)
}

// Find returns the engine of that name. It returns an *AbsentError if the machine
// does not have it, and another error for one that does not tell its version.
func Find(ctx context.Context, name string) (*Engine, error) {
	switch name {
	case "chromium":
		return findChromium(ctx)
	case "firefox":
		return findFirefox(ctx)
	case "webkit":
		return findWebKit(ctx)
	default:
		return nil, fmt.Errorf("there is no engine of the name %q", name)
	}
}

// Open starts the engine with a profile of its own, and opens url. The caller
// closes the session; should this process die before that, the session ends too.
func (e *Engine) Open(ctx context.Context, url string, trust Trust) (*Session, error) {
	var session *Session
	err := e.session(func(s *Session) error {
		session = s
		return e.open(ctx, e, s, url, trust)
	})
	if err != nil {
		return nil, err
	}
	return session, nil
}

// session makes a session that start starts. If that fails, it leaves nothing.
func (e *Engine) session(start func(*Session) error) error {
	group, err := newGroup()
	if err != nil {
		return err
	}
	group.more = e.Env
	s := &Session{group: group, Dir: group.dir}
	if err := start(s); err != nil {
		if closing := s.Close(); closing != nil {
			err = fmt.Errorf("%w (and then: %w)", err, closing)
		}
		return fmt.Errorf("%s: %w", e.Name, err)
	}
	return nil
}

// Session is a running engine.
type Session struct {
	Dir string // holds the profile and temporary files; Close removes it

	group *group

	mu       sync.Mutex
	messages []Message
}

// Message is something that the engine says about a request.
type Message struct {
	URL  string // of the request; "" where the engine does not say
	Code string // Chromium's name of the error (Network.CorsError), or ""
	Text string // as the developer's console shows it, or ""
}

// Messages returns what the engine has said so far. Chromium gives an error's code
// and its text in a message each; Firefox says of some failures first why, and then
// that the request did not succeed.
func (s *Session) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

func (s *Session) add(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
}

// Ended is closed when the engine's first process has ended.
func (s *Session) Ended() <-chan struct{} { return s.group.ended }

// Log returns the end of what the engine wrote to its standard error.
func (s *Session) Log() string { return s.group.log.String() }

// Close kills the engine and all its processes, and removes Dir.
func (s *Session) Close() error { return s.group.close() }
