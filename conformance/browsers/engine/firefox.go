//go:build unix

package engine

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// preferences make Firefox show only the page: no questions, no updates, no reports.
const preferences = `
// A 401 of a credentialed fetch would open a dialogue that stops the page.
user_pref("network.auth.subresource-http-auth-allow", 0);
user_pref("network.dns.localDomains", "insecure.test");
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,none");
user_pref("toolkit.telemetry.server", "");
user_pref("trailhead.firstrun.didSeeAboutWelcome", true);
`

func findFirefox(ctx context.Context) (*Engine, error) {
	path, ok := lookup("firefox-esr", "firefox")
	if !ok {
		return nil, &AbsentError{Engine: "firefox", Program: "firefox-esr or firefox in PATH", Package: "firefox-esr"}
	}
	if _, ok := lookup("certutil"); !ok {
		return nil, &AbsentError{Engine: "firefox", Program: "certutil in PATH", Package: "libnss3-tools"}
	}
	v, err := version(ctx, path, "--version")
	return &Engine{Name: "firefox", Version: v, Path: path, open: openFirefox, drive: driveFirefox}, err
}

// openFirefox drives Firefox by WebDriver BiDi, because this is the only way to read its
// console.
func openFirefox(ctx context.Context, e *Engine, s *Session, url string, trust Trust) error {
	p, browsing, err := s.startFirefox(ctx, e, trust, "")
	if err != nil {
		return err
	}
	if e.Extension != "" {
		unpacked := object{"type": "path", "path": e.Extension}
		if err := p.call(ctx, "", "webExtension.install", object{"extensionData": unpacked}, nil); err != nil {
			return err
		}
	}
	return (&firefoxTab{protocol: p, context: browsing}).navigate(ctx, url)
}

// startFirefox starts Firefox with additional preferences. It returns its protocol and
// the context of its first tab.
func (s *Session) startFirefox(ctx context.Context, e *Engine, trust Trust, more string) (*protocol, string, error) {
	profile := filepath.Join(s.Dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		return nil, "", err
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences+more), 0o600); err != nil {
		return nil, "", err
	}
	if trust.CA != nil {
		if err := s.trustCA(ctx, profile, trust.CA.Raw); err != nil {
			return nil, "", err
		}
	}
	args := append([]string{"--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile}, e.Arguments...)
	cmd := exec.Command(e.Path, append(args, "about:blank")...)
	announced := &announcement{log: &s.group.log, found: make(chan string, 1)}
	cmd.Stderr = announced
	if err := s.group.start(cmd, true); err != nil {
		return nil, "", err
	}
	var url string
	select {
	case <-ctx.Done():
		return nil, "", ctx.Err()
	case <-s.Ended():
		return nil, "", errors.New("it has exited at once: " + s.Log())
	case url = <-announced.found:
	}
	connection, err := newSocket(ctx, url+"/session")
	if err != nil {
		return nil, "", err
	}
	p := newProtocol(connection, s.firefoxEvent)
	s.group.wait.Go(p.receive) // returns when the engine ends and closes the socket

	var tree struct{ Contexts []struct{ Context string } }
	err = p.call(ctx, "", "session.new", object{"capabilities": object{}}, nil)
	if err == nil {
		err = p.call(ctx, "", "session.subscribe", object{"events": []string{"log.entryAdded"}}, nil)
	}
	if err == nil {
		err = p.call(ctx, "", "browsingContext.getTree", object{"maxDepth": 0}, &tree)
	}
	if err == nil && len(tree.Contexts) == 0 {
		err = errors.New("it has no tab")
	}
	if err != nil {
		return nil, "", err
	}
	return p, tree.Contexts[0].Context, nil
}

// firefoxEvent converts the protocol's events to messages.
func (s *Session) firefoxEvent(_, method string, params json.RawMessage) {
	var entry struct{ Text string }
	if method != "log.entryAdded" || json.Unmarshal(params, &entry) != nil {
		return
	}
	s.add(Message{URL: remoteURL(entry.Text), Text: entry.Text})
}

// remoteURL finds the URL in texts such as
//
//	Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://b/. (Reason: …
func remoteURL(text string) string {
	_, after, ok := strings.Cut(text, "the remote resource at ")
	if !ok {
		return ""
	}
	url, _, _ := strings.Cut(after, " (Reason: ")
	return strings.Trim(strings.TrimSuffix(url, "."), "‘’") // some texts have quotes
}

// announcement searches Firefox's output for the address of its debugging socket.
type announcement struct {
	log   io.Writer
	read  []byte
	found chan string // receives the address once
	done  bool
}

var socketAddress = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)\s`)

func (a *announcement) Write(p []byte) (int, error) {
	if !a.done {
		a.read = append(a.read, p...)
		if m := socketAddress.FindSubmatch(a.read); m != nil {
			a.found <- string(m[1])
			a.done, a.read = true, nil
		}
	}
	return a.log.Write(p)
}

// trustCA adds a certificate to a profile's database, as an authority for servers.
func (s *Session) trustCA(ctx context.Context, profile string, certificate []byte) error {
	file := filepath.Join(s.Dir, "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"-N", "--empty-password"},
		{"-A", "-n", "throw-away", "-t", "C,,", "-i", file},
	} {
		cmd := exec.CommandContext(ctx, "certutil", append(args, "-d", "sql:"+profile)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("certutil %s: %w: %s", args[0], err, out)
		}
	}
	return nil
}
