//go:build unix

package engine

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

func findChromium(ctx context.Context) (*Engine, error) {
	path, ok := lookup("chromium", "chromium-browser", "google-chrome")
	if !ok {
		return nil, &AbsentError{Engine: "chromium", Program: "chromium in PATH", Package: "chromium"}
	}
	v, err := version(ctx, path, "--version")
	return &Engine{Name: "chromium", Version: v, Path: path, open: openChromium, drive: driveChromium}, err
}

// openChromium drives Chromium by the DevTools protocol, because only this protocol
// reports which rule a request has broken.
func openChromium(ctx context.Context, e *Engine, s *Session, url string, trust Trust) error {
	p, err := s.startChromium(e, trust)
	if err != nil {
		return err
	}
	session, err := followTab(ctx, p)
	if err == nil && e.Extension != "" {
		err = p.call(ctx, "", "Extensions.loadUnpacked", object{"path": e.Extension}, nil)
	}
	if err == nil {
		err = p.call(ctx, session, "Page.navigate", object{"url": url}, nil)
	}
	return err
}

func (s *Session) startChromium(e *Engine, trust Trust) (*protocol, error) {
	args := []string{
		"--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + filepath.Join(s.Dir, "profile"),
		"--no-sandbox", // root, for example in containers, could not start its helpers otherwise
		"--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-gpu", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP " + insecureHost + " 127.0.0.1",
	}
	if e.Extension == "" {
		args = append(args, "--disable-extensions")
	} else {
		args = append(args, "--enable-unsafe-extension-debugging") // Extensions.loadUnpacked needs it
	}
	if len(e.Public) > 0 {
		args = append(args, "--ip-address-space-overrides="+strings.Join(e.Public, "=public,")+"=public")
	}
	if trust.Leaf != nil {
		digest := sha256.Sum256(trust.Leaf.RawSubjectPublicKeyInfo)
		args = append(args, "--ignore-certificate-errors-spki-list="+base64.StdEncoding.EncodeToString(digest[:]))
	}
	commandsOut, commandsIn, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = commandsOut.Close() }() // the engine has its own copies
	eventsOut, eventsIn, err := os.Pipe()
	if err != nil {
		_ = commandsIn.Close()
		return nil, err
	}
	defer func() { _ = eventsIn.Close() }()
	cmd := exec.Command(e.Path, append(append(args, e.Arguments...), "about:blank")...)
	cmd.ExtraFiles = []*os.File{commandsOut, eventsIn} // file descriptors 3 and 4 in the engine
	if err := s.group.start(cmd, true); err != nil {
		_, _ = commandsIn.Close(), eventsOut.Close()
		return nil, err
	}
	log := &requestLog{session: s, urls: make(map[string]string)}
	p := newProtocol(newPipe(commandsIn, eventsOut), log.event)
	log.protocol = p
	s.group.wait.Go(p.receive) // returns when the engine ends and closes the pipe
	return p, nil
}

// followTab attaches to the existing tab, and follows it and its frames and workers. It
// returns the session of the tab.
func followTab(ctx context.Context, p *protocol) (string, error) {
	id, err := findTab(ctx, p)
	if err != nil {
		return "", err
	}
	var attached struct{ SessionID string }
	err = p.call(ctx, "", "Target.attachToTarget", object{"targetId": id, "flatten": true}, &attached)
	for _, method := range []string{"Network.enable", "Log.enable", "Page.enable"} {
		if err == nil {
			err = p.call(ctx, attached.SessionID, method, nil, nil)
		}
	}
	if err == nil {
		err = p.call(ctx, attached.SessionID, "Target.setAutoAttach", autoAttach, nil)
	}
	return attached.SessionID, err
}

// findTab waits for the first tab.
func findTab(ctx context.Context, p *protocol) (id string, err error) {
	for {
		var targets struct {
			TargetInfos []struct{ TargetID, Type string }
		}
		if err := p.call(ctx, "", "Target.getTargets", nil, &targets); err != nil {
			return "", err
		}
		for _, t := range targets.TargetInfos {
			if t.Type == "page" {
				return t.TargetID, nil
			}
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// autoAttach pauses new frames and workers until requestLog follows them.
var autoAttach = object{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}

// requestLog converts the protocol's events to messages.
type requestLog struct {
	session  *Session
	protocol *protocol

	mu   sync.Mutex
	urls map[string]string // by request id
}

func (l *requestLog) event(session, method string, params json.RawMessage) {
	var p struct {
		SessionID string // the session of an attached target
		RequestID string
		Request   struct{ URL, URLFragment string }
		// Of Network.loadingFailed:
		CorsErrorStatus *struct{ CorsError string }
		// Of Log.entryAdded:
		Entry struct{ Text string }
		// Of Runtime.exceptionThrown:
		ExceptionDetails struct{ Exception struct{ Description string } }
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	switch method {
	case "Target.attachedToTarget":
		// It does not wait for the answers, because the commands are executed in order.
		for _, enable := range []string{"Network.enable", "Log.enable"} {
			l.protocol.send(p.SessionID, enable, nil)
		}
		l.protocol.send(p.SessionID, "Target.setAutoAttach", autoAttach)
		l.protocol.send(p.SessionID, "Runtime.runIfWaitingForDebugger", nil)
	case "Network.requestWillBeSent":
		l.mu.Lock()
		if _, redirected := l.urls[p.RequestID]; !redirected {
			l.urls[p.RequestID] = p.Request.URL + p.Request.URLFragment
		}
		l.mu.Unlock()
	case "Network.loadingFailed":
		if p.CorsErrorStatus != nil {
			l.session.add(Message{URL: l.url(p.RequestID), Code: p.CorsErrorStatus.CorsError})
		}
	case "Log.entryAdded":
		l.session.add(Message{URL: entryURL(p.Entry.Text), Text: p.Entry.Text})
	case "Runtime.exceptionThrown":
		l.session.add(Message{Text: p.ExceptionDetails.Exception.Description})
	}
}

func (l *requestLog) url(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.urls[id]
}

// entryURL finds the fetched URL in texts such as
//
//	Access to fetch at 'http://b/' from origin 'http://a' has been blocked by CORS policy: …
//	Access to fetch at 'http://c/' (redirected from 'http://b/') from origin …
func entryURL(text string) string {
	subject, _, _ := strings.Cut(text, " from origin '")
	subject, ok := strings.CutPrefix(subject, "Access to ")
	if !ok {
		return ""
	}
	_, url, redirected := strings.Cut(subject, " (redirected from '")
	if !redirected {
		_, url, _ = strings.Cut(subject, " at '")
	}
	url, _, _ = strings.Cut(url, "'")
	return url
}
