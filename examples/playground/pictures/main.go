//go:build unix

// Command pictures takes the README's pictures of the lab, in the light and the dark theme.
// It runs the playground, opens it in Chromium, and writes screenshots to the folder that
// its argument names.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/crossgate/cors/conformance/browsers/engine"
	"github.com/crossgate/cors/examples/playground/internal/playground"
)

// The size of the pictures, in pixels.
const width, height = 1280, 800

// state is the lab's state in the pictures: a policy that does not allow PUT.
var state = url.Values{
	"format": {"json"},
	"policy": {`{
  "allowOrigins": ["https://app.example.com"],
  "allowCredentials": true,
  "allowHeaders": ["content-type"],
  "maxAge": "10m"
}`},
	"origin": {"https://app.example.com"}, "method": {"PUT"}, "url": {"https://api.example.com/items/1"},
	"credentials": {"include"}, "header": {"Content-Type: application/json"},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pictures FOLDER")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	err := run(ctx, os.Args[1])
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folder string) (err error) {
	chromium, err := engine.Find(ctx, "chromium")
	if err != nil {
		return err
	}
	p, err := playground.Start(0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close(ctx)) }()
	for name, look := range map[string]engine.Look{"lab-light": {}, "lab-dark": {Dark: true}} {
		png, err := picture(ctx, chromium, look, p.Page.Origin+"/#lab?"+state.Encode())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil { //nolint:gosec // for everyone to see
			return err
		}
	}
	return nil
}

// picture opens the lab, and waits for its verdict.
func picture(ctx context.Context, e *engine.Engine, look engine.Look, address string) (png []byte, err error) {
	d, err := e.Drive(ctx, look)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := errors.Join(d.Resize(ctx, width, height), d.Go(ctx, address)); err != nil {
		return nil, err
	}
	for blocked := false; !blocked; {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the lab shows no verdict: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
		// An error may mean that the page is not there yet.
		_ = d.Eval(ctx, `document.getElementById("verdict")?.dataset.verdict === "blocked"`, &blocked)
	}
	if err := d.Eval(ctx, `document.documentElement.style.scrollbarWidth = "none"`, new(string)); err != nil {
		return nil, err
	}
	return d.Screenshot(ctx)
}
