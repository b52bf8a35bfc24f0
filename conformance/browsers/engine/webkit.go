//go:build unix

package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// libexec are the folders where distributions install WebKitGTK's MiniBrowser, a small
// browser that comes with the library.
var libexec = []string{
	"/usr/lib/*/webkit2gtk-4.1/MiniBrowser",
	"/usr/lib/*/webkitgtk-6.0/MiniBrowser",
	"/usr/libexec/webkit2gtk-4.1/MiniBrowser",
	"/usr/lib/webkit2gtk-4.1/MiniBrowser",
}

func findWebKit(ctx context.Context) (*Engine, error) {
	var candidates []string
	for _, pattern := range libexec {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		candidates = append(candidates, paths...)
	}
	path, ok := lookup(candidates...)
	if !ok {
		return nil, &AbsentError{Engine: "webkit", Program: "MiniBrowser of WebKitGTK", Package: "libwebkit2gtk-4.1-0"}
	}
	if _, ok := lookup("Xvfb"); !ok {
		return nil, &AbsentError{Engine: "webkit", Program: "Xvfb in PATH", Package: "xvfb"}
	}
	// MiniBrowser needs a display even to print its version.
	g, err := newGroup()
	if err != nil {
		return nil, err
	}
	display, err := g.startDisplay(ctx)
	if err != nil {
		return nil, errors.Join(err, g.close())
	}
	v, err := version(ctx, "/usr/bin/env", "DISPLAY="+display, "HOME="+g.dir, path, "--version")
	return &Engine{Name: "webkit", Version: v, Path: path, open: openWebKit, drive: driveWebKit}, errors.Join(err, g.close())
}

func openWebKit(ctx context.Context, e *Engine, s *Session, url string, _ Trust) error {
	display, err := s.group.startDisplay(ctx)
	if err != nil {
		return err
	}
	args := append([]string{"--enable-write-console-messages-to-stdout=true", "--ignore-tls-errors", "--cookies-policy=always"}, e.Arguments...)
	cmd := exec.Command(e.Path, append(args, url)...)
	cmd.Env = s.webkitEnv(display)
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = in, in
	if err := errors.Join(s.group.start(cmd, true), in.Close()); err != nil {
		return errors.Join(err, out.Close())
	}
	s.group.wait.Go(func() {
		defer func() { _ = out.Close() }()
		s.readConsole(out)
	})
	return nil
}

func (s *Session) webkitEnv(display string) []string {
	return s.group.env("DISPLAY="+display, "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory",
		"WEBKIT_DISABLE_COMPOSITING_MODE=1", "WEBKIT_DISABLE_DMABUF_RENDERER=1",
		"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1") // the sandbox does not work as root, for example in containers
}

// readConsole reads MiniBrowser's output. A failed request writes two lines, and the
// second one has the URL:
//
//	CONSOLE SECURITY ERROR Origin http://a is not allowed by Access-Control-Allow-Origin. Status code: 200
//	CONSOLE JS ERROR Fetch API cannot load http://b due to access control checks.
func (s *Session) readConsole(out io.Reader) {
	var reason string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, _ = fmt.Fprintln(&s.group.log, lines.Text())
		text, ok := strings.CutPrefix(lines.Text(), "CONSOLE ")
		if !ok {
			continue
		}
		if _, after, found := strings.Cut(text, "ERROR "); found {
			text = after
		}
		_, url, found := strings.Cut(text, " cannot load ")
		url, _, due := strings.Cut(url, " due to ")
		switch {
		case !found || !due:
			reason = text
		case reason == "":
			s.add(Message{URL: url, Text: text})
		default:
			s.add(Message{URL: url, Text: reason})
			reason = ""
		}
	}
}

// startDisplay starts an X server and returns the display's name.
func (g *group) startDisplay(ctx context.Context) (string, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer func() { _ = out.Close() }()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{in}
	if err := errors.Join(g.start(cmd, false), in.Close()); err != nil {
		return "", err
	}
	number := make(chan string, 1)
	go func() { // returns when the server prints its number, or exits
		line, _ := bufio.NewReader(out).ReadString('\n')
		number <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case n := <-number:
		if n == "" {
			return "", errors.New("Xvfb did not start: " + g.log.String())
		}
		return ":" + n, nil
	}
}
