//go:build unix

package engine

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// webkitTab is a tab that is driven by WebDriver. WebKitWebDriver speaks it as JSON over
// HTTP.
type webkitTab struct {
	client *http.Client
	url    string // the URL of the session
}

const narrowToolbar = `box, button, entry, image { min-width: 0; min-height: 0; padding: 0; margin: 0; border: 0; font-size: 1px; }`

func driveWebKit(ctx context.Context, e *Engine, s *Session, look Look) (tab, error) {
	driver, ok := lookup("WebKitWebDriver")
	if !ok {
		return nil, &AbsentError{Engine: "webkit", Program: "WebKitWebDriver in PATH", Package: "webkit2gtk-driver"}
	}
	display, err := s.group.startDisplay(ctx)
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	// Its toolbar would keep the window wider than a phone.
	style := filepath.Join(s.Dir, "gtk-3.0", "gtk.css")
	if err := errors.Join(os.Mkdir(filepath.Dir(style), 0o700), os.WriteFile(style, []byte(narrowToolbar), 0o600)); err != nil {
		return nil, err
	}
	cmd := exec.Command(driver, "--host="+host, "--port="+port)
	cmd.Env = s.webkitEnv(display)
	if err := s.group.start(cmd, true); err != nil {
		return nil, err
	}
	t := &webkitTab{client: &http.Client{}, url: "http://" + address}
	if err := t.wait(ctx, s); err != nil {
		return nil, err
	}
	var session struct{ SessionID string }
	args := []string{"--automation", "--cookies-policy=always"}
	if look.Dark {
		args = append(args, "--dark-mode")
	}
	options := object{"binary": e.Path, "args": args}
	err = t.call(ctx, http.MethodPost, "/session", object{
		"capabilities": object{"alwaysMatch": object{"webkitgtk:browserOptions": options}},
	}, &session)
	t.url += "/session/" + session.SessionID
	return t, err
}

// freeAddress returns an address that is not in use, because WebKitWebDriver cannot
// choose a port itself.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// wait waits until WebKitWebDriver answers.
func (t *webkitTab) wait(ctx context.Context, s *Session) error {
	for {
		err := t.call(ctx, http.MethodGet, "/status", nil, nil)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Ended():
			return fmt.Errorf("WebKitWebDriver has ended: %s", s.Log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// call sends a command and stores the value of its answer in result.
func (t *webkitTab) call(ctx context.Context, method, path string, params object, result any) error {
	var body bytes.Buffer
	if params != nil {
		if err := json.NewEncoder(&body).Encode(params); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, t.url+path, &body)
	if err != nil {
		return err
	}
	response, err := t.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, answer.Value)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, result)
}

func (t *webkitTab) navigate(ctx context.Context, url string) error {
	return t.call(ctx, http.MethodPost, "/url", object{"url": url}, nil)
}

func (t *webkitTab) eval(ctx context.Context, expression string) (string, error) {
	var value string
	err := t.call(ctx, http.MethodPost, "/execute/sync", object{"script": "return " + expression, "args": []any{}}, &value)
	return value, err
}

func (t *webkitTab) click(ctx context.Context, x, y int) error {
	return t.call(ctx, http.MethodPost, "/actions", object{"actions": clickActions(x, y)}, nil)
}

func (t *webkitTab) keys(ctx context.Context, strokes []stroke) error {
	return t.call(ctx, http.MethodPost, "/actions", object{"actions": keyActions(strokes)}, nil)
}

// resize sets the window's size so that the viewport has the requested size.
func (t *webkitTab) resize(ctx context.Context, width, height int) error {
	var inner [2]int
	outer := [2]int{width, height}
	for range 50 {
		if err := t.call(ctx, http.MethodPost, "/window/rect", object{"width": outer[0], "height": outer[1]}, nil); err != nil {
			return err
		}
		text, err := t.eval(ctx, "JSON.stringify([innerWidth, innerHeight])")
		if err == nil {
			err = json.Unmarshal([]byte(text), &inner)
		}
		if err != nil {
			return err
		}
		if inner == [2]int{width, height} {
			return nil
		}
		// Not smaller than the viewport: a page that has not heard yet tells its old size.
		outer[0] = max(width, outer[0]+width-inner[0])
		outer[1] = max(height, outer[1]+height-inner[1])
	}
	return fmt.Errorf("the viewport is %v", inner)
}

// repaint makes WebKit paint a dot in the corner again and again.
const repaint = `(() => {
	const dot = document.createElement("i");
	dot.style = "position: fixed; top: 0; left: 0; width: 1px; height: 1px; background: #808080";
	document.documentElement.append(dot);
	const timer = setInterval(() => { dot.style.opacity = dot.style.opacity === "0.5" ? 1 : 0.5; }, 20);
	window.stopRepainting = () => { clearInterval(timer); dot.remove(); };
	return "";
})()`

// screenshot takes the screenshot while something is being painted. WebKit waits for the
// next paint, which would never come on a static page.
func (t *webkitTab) screenshot(ctx context.Context) ([]byte, error) {
	if _, err := t.eval(ctx, repaint); err != nil {
		return nil, err
	}
	var data string
	err := t.call(ctx, http.MethodGet, "/screenshot", nil, &data)
	if err == nil {
		_, err = t.eval(ctx, "window.stopRepainting() ?? ''")
	}
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(data)
}
