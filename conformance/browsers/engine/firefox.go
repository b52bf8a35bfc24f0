//go:build unix

package engine

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// preferences keep Firefox to the page: nothing that asks, updates or reports.
const preferences = `
// A 401 of a credentialed fetch would open a dialogue that stops the page.
user_pref("network.auth.subresource-http-auth-allow", 0);
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
	return &Engine{Name: "firefox", Version: v, Path: path, open: openFirefox}, err
}

// openFirefox needs no protocol, so it gets no messages.
func openFirefox(ctx context.Context, e *Engine, s *Session, url string, trust Trust) error {
	profile := filepath.Join(s.Dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o600); err != nil {
		return err
	}
	if trust.CA != nil {
		if err := s.trustCA(ctx, profile, trust.CA.Raw); err != nil {
			return err
		}
	}
	return s.group.start(exec.Command(e.Path, "--headless", "--no-remote", "--profile", profile, url), true)
}

// trustCA puts a certificate into a profile's database, as an authority for servers.
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
