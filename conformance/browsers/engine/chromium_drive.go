//go:build unix

package engine

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
)

// chromiumTab is a tab that is driven by the DevTools protocol.
type chromiumTab struct {
	protocol *protocol
	session  string
}

func driveChromium(ctx context.Context, e *Engine, s *Session, look Look) (tab, error) {
	p, err := s.startChromium(e, Trust{})
	if err != nil {
		return nil, err
	}
	session, err := followTab(ctx, p)
	if err != nil {
		return nil, err
	}
	t := &chromiumTab{protocol: p, session: session}
	if look.Dark {
		err = t.call(ctx, "Emulation.setEmulatedMedia", object{
			"features": []object{{"name": "prefers-color-scheme", "value": "dark"}},
		}, nil)
	}
	if err == nil {
		err = t.call(ctx, "Runtime.enable", nil, nil) // for Runtime.exceptionThrown
	}
	return t, err
}

func (t *chromiumTab) call(ctx context.Context, method string, params object, result any) error {
	return t.protocol.call(ctx, t.session, method, params, result)
}

func (t *chromiumTab) navigate(ctx context.Context, url string) error {
	return t.call(ctx, "Page.navigate", object{"url": url}, nil)
}

func (t *chromiumTab) eval(ctx context.Context, expression string) (string, error) {
	var answer struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	err := t.call(ctx, "Runtime.evaluate", object{"expression": expression, "returnByValue": true}, &answer)
	if err == nil && answer.ExceptionDetails != nil {
		err = errors.New(answer.ExceptionDetails.Exception.Description)
	}
	return answer.Result.Value, err
}

func (t *chromiumTab) click(ctx context.Context, x, y int) error {
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		if err := t.call(ctx, "Input.dispatchMouseEvent", object{
			"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1,
		}, nil); err != nil {
			return err
		}
	}
	return nil
}

func (t *chromiumTab) keys(ctx context.Context, strokes []stroke) error {
	for _, s := range strokes {
		name := nameOf(s)
		event := object{
			"type": "rawKeyDown", "key": name.name, "code": name.code,
			"windowsVirtualKeyCode": name.number, "nativeVirtualKeyCode": name.number,
		}
		if s.control {
			event["modifiers"] = 2
		} else if name.text != "" {
			event["type"], event["text"] = "keyDown", name.text
		}
		if err := t.call(ctx, "Input.dispatchKeyEvent", event, nil); err != nil {
			return err
		}
		event["type"] = "keyUp"
		delete(event, "text")
		if err := t.call(ctx, "Input.dispatchKeyEvent", event, nil); err != nil {
			return err
		}
	}
	return nil
}

func (t *chromiumTab) resize(ctx context.Context, width, height int) error {
	return t.call(ctx, "Emulation.setDeviceMetricsOverride", object{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile(width),
	}, nil)
}

func (t *chromiumTab) screenshot(ctx context.Context) ([]byte, error) {
	var answer struct{ Data string }
	if err := t.call(ctx, "Page.captureScreenshot", nil, &answer); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer.Data)
}

// mobile reports whether a viewport has the width of a phone.
func mobile(width int) bool { return width < 600 }

// keyName is the name and the number of a key in the DevTools protocol.
type keyName struct {
	name, code, text string
	number           int
}

// nameOf returns the key's name as in UI Events.
func nameOf(s stroke) keyName {
	switch string(s.key) {
	case Tab:
		return keyName{"Tab", "Tab", "", 9}
	case Enter:
		return keyName{"Enter", "Enter", "\r", 13}
	case Escape:
		return keyName{"Escape", "Escape", "", 27}
	case ArrowLeft:
		return keyName{"ArrowLeft", "ArrowLeft", "", 37}
	case ArrowUp:
		return keyName{"ArrowUp", "ArrowUp", "", 38}
	case ArrowRight:
		return keyName{"ArrowRight", "ArrowRight", "", 39}
	case ArrowDown:
		return keyName{"ArrowDown", "ArrowDown", "", 40}
	case " ":
		return keyName{" ", "Space", " ", 32}
	}
	k := keyName{name: string(s.key), text: string(s.key)}
	if s.key >= 'a' && s.key <= 'z' {
		upper := strings.ToUpper(k.name)
		k.code, k.number = "Key"+upper, int(upper[0])
	}
	return k
}
