//go:build unix

package engine

import (
	"context"
	"encoding/base64"
	"errors"
)

// firefoxTab is a tab that is driven by WebDriver BiDi.
type firefoxTab struct {
	protocol *protocol
	context  string
}

func driveFirefox(ctx context.Context, e *Engine, s *Session, look Look) (tab, error) {
	more := ""
	if look.Dark {
		more = `user_pref("layout.css.prefers-color-scheme.content-override", 0);`
	}
	p, _, err := s.startFirefox(ctx, e, Trust{}, more)
	if err != nil {
		return nil, err
	}
	// In the first tab the address bar keeps the focus, so Enter does not press a button.
	var created struct{ Context string }
	err = p.call(ctx, "", "browsingContext.create", object{"type": "tab"}, &created)
	return &firefoxTab{protocol: p, context: created.Context}, err
}

// call sends a command to the tab.
func (t *firefoxTab) call(ctx context.Context, method string, params object, result any) error {
	params["context"] = t.context
	return t.protocol.call(ctx, "", method, params, result)
}

func (t *firefoxTab) navigate(ctx context.Context, url string) error {
	return t.call(ctx, "browsingContext.navigate", object{"url": url, "wait": "none"}, nil)
}

func (t *firefoxTab) eval(ctx context.Context, expression string) (string, error) {
	var answer struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	err := t.protocol.call(ctx, "", "script.evaluate", object{
		"expression": expression, "target": object{"context": t.context}, "awaitPromise": false,
	}, &answer)
	if err == nil && answer.ExceptionDetails != nil {
		err = errors.New(answer.ExceptionDetails.Text)
	}
	return answer.Result.Value, err
}

func (t *firefoxTab) click(ctx context.Context, x, y int) error {
	return t.call(ctx, "input.performActions", object{"actions": clickActions(x, y)}, nil)
}

func (t *firefoxTab) keys(ctx context.Context, strokes []stroke) error {
	return t.call(ctx, "input.performActions", object{"actions": keyActions(strokes)}, nil)
}

func (t *firefoxTab) resize(ctx context.Context, width, height int) error {
	return t.call(ctx, "browsingContext.setViewport", object{"viewport": object{"width": width, "height": height}}, nil)
}

func (t *firefoxTab) screenshot(ctx context.Context) ([]byte, error) {
	var answer struct{ Data string }
	if err := t.call(ctx, "browsingContext.captureScreenshot", object{}, &answer); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer.Data)
}
