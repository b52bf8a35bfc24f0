package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

// consistent rejects flags that would have no effect, because the user expected one.
func (c *fetchCommand) consistent() error {
	switch {
	case c.Send && !c.Paste:
		return errors.New("--send is for --paste; without --paste everything is sent")
	case c.Name != "" && c.Policy == "":
		return errors.New("--name chooses a policy of the file that --policy names; there is no --policy")
	case c.Paste && c.Policy == "-":
		return errors.New("standard input is the pasted text; name a file for --policy")
	case c.Timeout <= 0:
		return fmt.Errorf("--timeout is %s; write a time such as 20s", c.Timeout)
	}
	return nil
}

// notURL returns an error if an argument is clearly not a URL.
func (c *fetchCommand) notURL() error {
	switch {
	case strings.HasPrefix(c.URL, "ws://") || strings.HasPrefix(c.URL, "wss://"):
		return errors.New("CORS does not apply to WebSockets: browsers open them to any server, which has to check the handshake's Origin itself")
	case c.URL == "" || strings.Contains(c.URL, "://"):
		return nil
	case !strings.ContainsAny(c.URL, ".:/"):
		return notCommand(c.URL)
	case formOf(c.URL) != policyfile.Any || isFile(c.URL):
		return fmt.Errorf("%q is a file, and this command wants a URL; for a policy write: corsdoctor check %s", c.URL, c.URL)
	}
	return fmt.Errorf("the URL %q is not whole; write its beginning too, http:// or https:// and the host", c.URL)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// notCommand returns the error for an unknown command.
func notCommand(name string) error {
	return fmt.Errorf("%q is neither a URL nor a command; the commands are check, explain, diff and fetch", name)
}

// silences says what to check if no response came, by a part of the error message.
var silences = [][2]string{
	{"connection refused", "is the server running, and is this its port?"},
	{"no such host", "is the host's name right?"},
	{"first record does not look like a TLS handshake", "does this port expect http and not https?"},
	{"no application protocol", "this server speaks HTTP/2 alone, and corsdoctor speaks HTTP/1.1"},
	{"holds a NUL byte", "does this port speak HTTP/2 without TLS, or is it no web server?"},
	{"x509: ", "a browser refuses this certificate too"},
	{"breaks off: EOF", "the server closed the connection; does this port expect https?"},
	{"connection reset", "the server closed the connection; does this port expect https?"},
	{"is not the status line of an HTTP/1 response", "does this port expect https, or is it no web server?"},
}

// silence says which request got no response, why, and what to check.
func (s *settings) silence(last browser.Exchange, message string) string {
	what := "no response"
	if last.Preflight {
		what += " to the preflight (OPTIONS)"
	}
	if timedOut(message) {
		return fmt.Sprintf("%s within %s: does a firewall drop the request? --timeout waits longer", what, s.client.Timeout)
	}
	hint := ""
	for _, s := range silences {
		if strings.Contains(message, s[0]) {
			hint = cmp.Or(hint, "; "+s[1])
		}
	}
	return what + ": " + message + hint
}
