//go:build unix

package engine_test

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// form records what is done to it.
const form = `<!doctype html>
<meta name="viewport" content="width=device-width">
<title>A form</title>
<style>
  body { height: 5000px; } /* scrollbars may lie over the end */
  #click { position: absolute; top: 3000px; }
</style>
<input autofocus value="old">
<textarea></textarea>
<button id="other" onclick="log.push('pressed')">Press</button>
<button id="click" onclick="log.push('clicked', event.isTrusted)">Click</button>
<script>
  const log = [];
  addEventListener("keydown", (event) => {
    if (event.key.length > 1) log.push(event.key);
  });
</script>`

// A driver clicks and types like a person, and sees what a person sees.
func TestDriver(t *testing.T) {
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			e := engine.ForTest(t, name)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte(form))
			}))
			defer server.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			d, err := e.Drive(ctx, engine.Look{Dark: true})
			require.NoError(t, err)
			defer func() {
				require.NoError(t, d.Close())
				assert.NoDirExists(t, d.Dir)
			}()
			require.NoError(t, d.Go(ctx, server.URL))
			require.Eventually(t, func() bool {
				var ready bool
				return d.Eval(ctx, `document.readyState === "complete" && document.title === "A form"`, &ready) == nil && ready
			}, time.Minute, 10*time.Millisecond)

			for _, size := range [][2]int{{1200, 800}, {360, 740}} {
				require.NoError(t, d.Resize(ctx, size[0], size[1]))
				var inner [2]int
				require.NoError(t, d.Eval(ctx, `[innerWidth, innerHeight]`, &inner))
				assert.Equal(t, size, inner)
				_, err := d.Screenshot(ctx)
				require.NoError(t, err)
				shot, err := d.Screenshot(ctx) // of a static page
				require.NoError(t, err)
				picture, err := png.DecodeConfig(bytes.NewReader(shot))
				require.NoError(t, err)
				assert.Equal(t, size, [2]int{picture.Width, picture.Height})
			}
			var dark bool
			require.NoError(t, d.Eval(ctx, `matchMedia("(prefers-color-scheme: dark)").matches`, &dark))
			assert.True(t, dark)

			require.NoError(t, d.Click(ctx, "input"))
			require.NoError(t, d.Keys(ctx, engine.Control+"a"))
			require.NoError(t, d.Keys(ctx, `new: {"A": [1, "*"]}`))
			require.NoError(t, d.Keys(ctx, engine.Tab+"more "+engine.ArrowLeft+engine.Enter))
			require.NoError(t, d.Click(ctx, "#click"))
			require.NoError(t, d.Eval(ctx, `document.querySelector("#other").focus()`, new(any)))
			require.NoError(t, d.Keys(ctx, engine.Enter))
			var values []string
			require.NoError(t, d.Eval(ctx, `[document.querySelector("input").value, document.querySelector("textarea").value]`, &values))
			assert.Equal(t, []string{`new: {"A": [1, "*"]}`, "more\n "}, values)
			var log []any
			assert.Eventually(t, func() bool {
				return d.Eval(ctx, `log.filter((key) => key !== "Control" && key !== "Shift")`, &log) == nil && len(log) == 7
			}, 2*time.Minute, 10*time.Millisecond)
			assert.Equal(t, []any{"Tab", "ArrowLeft", "Enter", "clicked", true, "Enter", "pressed"}, log)

			assert.Error(t, d.Eval(ctx, `nothing.at.all`, &dark))
			assert.Error(t, d.Click(ctx, "video"))
		})
	}
}
