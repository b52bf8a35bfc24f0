//go:build unix

// Package engine finds the browser engines of this machine, and drives them. Use Open for
// pages that run by themselves: it opens a URL with a new profile, collects the engine's
// messages about failed requests, and ends the engine with all its processes. Use Drive
// for pages that need a user.
package engine

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"sync"
)

// Engine is a browser engine that is installed on this machine.
type Engine struct {
	Name    string // "chromium", "firefox" or "webkit"
	Version string // as the engine prints it
	Path    string // the path of its executable

	// Env holds additional environment variables of its processes, in the format of
	// os.Environ.
	Env []string

	// Arguments are additional arguments of its command line.
	Arguments []string

	// Extension is the folder of an unpacked extension. Open loads it before it opens the
	// page. WebKit has no such extensions.
	Extension string

	// Public are addresses, such as "127.0.0.1:8080", whose pages Chromium treats as pages
	// of the internet. Other engines have no such setting.
	Public []string

	open  func(ctx context.Context, e *Engine, s *Session, url string, trust Trust) error
	drive func(ctx context.Context, e *Engine, s *Session, look Look) (tab, error)
}

// Trust holds certificates that an engine must accept in addition to those it knows.
type Trust struct {
	// CA is the authority that issued the certificates of the page's https servers. Firefox
	// stores it in the profile.
	CA *x509.Certificate
	// Leaf is the certificate of these servers. Chromium uses the digest of its key.
	// WebKit's MiniBrowser can only ignore all certificate errors.
	Leaf *x509.Certificate
}

// insecureHost is a name for this machine that engines do not know as such: pages at
// http:// with this host are not secure contexts.
const insecureHost = "insecure.test"

// Insecure returns a host that the engine resolves to 127.0.0.1 but treats as a host of
// the internet. WebKit has no setting for this, so its host is localhost.
func (e *Engine) Insecure() string {
	if e.Name == "webkit" {
		return "localhost"
	}
	return insecureHost
}

// Names returns the names that Find knows.
func Names() []string { return []string{"chromium", "firefox", "webkit"} }

// AbsentError says that an engine, or a program that it needs, is not installed.
type AbsentError struct {
	Engine  string
	Program string
	Package string // the Debian package to install
}

// Error names the Debian package to install.
func (e *AbsentError) Error() string {
	return fmt.Sprintf("%s: there is no %s; on Debian: apt-get install --no-install-recommends %s", e.Engine, e.Program, e.Package)
}

// Find returns the engine with that name. It returns an *AbsentError if the engine is not
// installed, and another error if the engine does not print its version.
func Find(ctx context.Context, name string) (*Engine, error) {
	switch name {
	case "chromium":
		return findChromium(ctx)
	case "firefox":
		return findFirefox(ctx)
	case "webkit":
		return findWebKit(ctx)
	default:
		return nil, fmt.Errorf("there is no engine named %q", name)
	}
}

// Open starts the engine with a new profile, and opens url. The caller must close the
// session. If this process dies before that, the session ends too.
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

// session makes a session with the function start. If start fails, it cleans up.
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

// Message is a message of the engine about a request.
type Message struct {
	URL  string // the URL of the request; "" if the engine does not report it
	Code string // Chromium's name of the error (Network.CorsError), or ""
	Text string // as the developer's console shows it, or ""
}

// Messages returns the engine's messages so far. Chromium reports the code and the text
// of an error in two messages. For some failures, Firefox first reports the reason, and
// then that the request did not succeed.
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

// Ended returns a channel that is closed when the engine's first process ends.
func (s *Session) Ended() <-chan struct{} { return s.group.ended }

// Log returns the end of the engine's standard error.
func (s *Session) Log() string { return s.group.log.String() }

// Close kills the engine and all its processes, and removes Dir.
func (s *Session) Close() error { return s.group.close() }
