//go:build unix

package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Keys that are not characters, as WebDriver's code points (WebDriver, section 17.4.2).
const (
	Tab        = "\ue004"
	Enter      = "\ue006" // the Enter key in the main block of the keyboard
	Control    = "\ue009" // held down for the rest of the keys
	Escape     = "\ue00c"
	ArrowLeft  = "\ue012"
	ArrowUp    = "\ue013"
	ArrowRight = "\ue014"
	ArrowDown  = "\ue015"
)

// Look is a user's settings of the browser.
type Look struct {
	Dark bool // prefers-color-scheme: dark
}

// Driver is a running engine with a tab. It uses the tab as a person does, by mouse and
// keyboard, and can take a screenshot. It does not wait for the page's reaction.
type Driver struct {
	*Session
	tab tab
}

// tab is what Driver needs from each engine's protocol.
type tab interface {
	navigate(ctx context.Context, url string) error
	// eval returns the value of a script's expression, which must be a string.
	eval(ctx context.Context, expression string) (string, error)
	// click presses and releases the first mouse button at a point of the viewport.
	click(ctx context.Context, x, y int) error
	keys(ctx context.Context, strokes []stroke) error
	resize(ctx context.Context, width, height int) error
	// screenshot returns a PNG of the viewport.
	screenshot(ctx context.Context) ([]byte, error)
}

// stroke is a key that is pressed and released.
type stroke struct {
	key     rune
	control bool // Control is held down
}

// Drive starts the engine with a new profile. The caller must close the driver. If this
// process dies before that, the engine ends too.
func (e *Engine) Drive(ctx context.Context, look Look) (*Driver, error) {
	d := new(Driver)
	err := e.session(func(s *Session) error {
		var err error
		d.Session = s
		d.tab, err = e.drive(ctx, e, s, look)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Go opens a page.
func (d *Driver) Go(ctx context.Context, url string) error { return d.tab.navigate(ctx, url) }

// Eval evaluates a script's expression and stores its value in result.
func (d *Driver) Eval(ctx context.Context, expression string, result any) error {
	text, err := d.tab.eval(ctx, "JSON.stringify("+expression+") ?? 'null'")
	if err != nil {
		return fmt.Errorf("%s: %w", expression, err)
	}
	return json.Unmarshal([]byte(text), result)
}

// Click clicks the middle of the first element that matches a selector, when the element
// is visible and does not move.
func (d *Driver) Click(ctx context.Context, selector string) error {
	quoted, err := json.Marshal(selector)
	if err != nil {
		return err
	}
	find := fmt.Sprintf(`(() => {
		const element = document.querySelector(%s);
		element.scrollIntoView({ block: "center", behavior: "instant" });
		const box = element.getBoundingClientRect();
		const x = Math.floor(box.x + box.width / 2), y = Math.floor(box.y + box.height / 2);
		return { x, y, onTop: element.contains(document.elementFromPoint(x, y)) };
	})()`, quoted)
	type place struct {
		X, Y  int
		OnTop bool
	}
	for last := (place{}); ; {
		var at place
		if err := d.Eval(ctx, find, &at); err != nil {
			return err
		}
		if at.OnTop && at == last {
			return d.tab.click(ctx, at.X, at.Y)
		}
		last = at
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s cannot be clicked: %w", selector, ctx.Err())
		case <-time.After(50 * time.Millisecond): // a few frames
		}
	}
}

// Keys presses keys one after the other: characters, and the keys above.
func (d *Driver) Keys(ctx context.Context, keys string) error {
	var strokes []stroke
	held := false
	for _, key := range keys {
		if string(key) == Control {
			held = true
			continue
		}
		strokes = append(strokes, stroke{key: key, control: held})
	}
	return d.tab.keys(ctx, strokes)
}

// Resize sets the size of the viewport.
func (d *Driver) Resize(ctx context.Context, width, height int) error {
	return d.tab.resize(ctx, width, height)
}

// Screenshot returns a PNG of the viewport.
func (d *Driver) Screenshot(ctx context.Context) ([]byte, error) { return d.tab.screenshot(ctx) }

// keyActions returns strokes in the format of WebDriver and BiDi.
func keyActions(strokes []stroke) []object {
	var actions []object
	press := func(kind, key string) { actions = append(actions, object{"type": kind, "value": key}) }
	held := false
	hold := func(down bool) {
		if down != held {
			press(map[bool]string{true: "keyDown", false: "keyUp"}[down], Control)
		}
		held = down
	}
	for _, s := range strokes {
		hold(s.control)
		press("keyDown", string(s.key))
		press("keyUp", string(s.key))
	}
	hold(false)
	return []object{{"type": "key", "id": "keyboard", "actions": actions}}
}

// clickActions returns a click in the format of WebDriver and BiDi.
func clickActions(x, y int) []object {
	return []object{{
		"type": "pointer", "id": "mouse", "parameters": object{"pointerType": "mouse"},
		"actions": []object{
			{"type": "pointerMove", "x": x, "y": y, "duration": 0},
			{"type": "pointerDown", "button": 0},
			{"type": "pointerUp", "button": 0},
		},
	}}
}
