//go:build unix

package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Keys that are no characters, by WebDriver's code points (WebDriver, 17.4.2).
const (
	Tab        = "\ue004"
	Enter      = "\ue006" // the one among the letters
	Control    = "\ue009" // held down for the rest of what Keys presses
	Escape     = "\ue00c"
	ArrowLeft  = "\ue012"
	ArrowUp    = "\ue013"
	ArrowRight = "\ue014"
	ArrowDown  = "\ue015"
)

// Look is how a person has set up the browser.
type Look struct {
	Dark bool // prefers-color-scheme: dark
}

// Driver is a running engine whose tab is used as a person uses it: by mouse and
// keyboard, with a look at the screen. What the page does in response is not waited
// for.
type Driver struct {
	*Session
	tab tab
}

// tab is what Driver needs of each engine's protocol.
type tab interface {
	navigate(ctx context.Context, url string) error
	// eval returns the string that a script's expression is.
	eval(ctx context.Context, expression string) (string, error)
	// click presses and releases the mouse's first button at a place in the viewport.
	click(ctx context.Context, x, y int) error
	keys(ctx context.Context, strokes []stroke) error
	resize(ctx context.Context, width, height int) error
	// screenshot returns a PNG of the viewport.
	screenshot(ctx context.Context) ([]byte, error)
}

// stroke is a key that goes down and up.
type stroke struct {
	key     rune
	control bool // Control is down meanwhile
}

// Drive starts the engine with a profile of its own. The caller closes the driver;
// should this process die before that, the engine ends too.
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

// Eval evaluates a script's expression, and stores what it is in result.
func (d *Driver) Eval(ctx context.Context, expression string, result any) error {
	text, err := d.tab.eval(ctx, "JSON.stringify("+expression+") ?? 'null'")
	if err != nil {
		return fmt.Errorf("%s: %w", expression, err)
	}
	return json.Unmarshal([]byte(text), result)
}

// Click clicks the middle of the first element that a selector finds, once it is in
// sight and rests there.
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
			return fmt.Errorf("%s is not to be clicked: %w", selector, ctx.Err())
		case <-time.After(50 * time.Millisecond): // some frames
		}
	}
}

// Keys presses keys, one after the other: those of characters, and those above.
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

// Resize gives the viewport a size.
func (d *Driver) Resize(ctx context.Context, width, height int) error {
	return d.tab.resize(ctx, width, height)
}

// Screenshot returns a PNG of the viewport.
func (d *Driver) Screenshot(ctx context.Context) ([]byte, error) { return d.tab.screenshot(ctx) }

// keyActions are strokes as WebDriver and BiDi want them.
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

// clickActions are a click as WebDriver and BiDi want it.
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
