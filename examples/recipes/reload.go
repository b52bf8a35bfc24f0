package recipes

import (
	"context"
	"os"

	cors "github.com/crossgate/cors/core"
)

// Load puts the policy of a file into force. If the file is wrong, the policy in
// force stays, and the error says in which line what to write instead.
func Load(live *cors.Live, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	policy, err := cors.ParsePolicy(text)
	if err != nil {
		return err
	}
	live.Store(policy)
	return nil
}

// ReloadOn loads the file again at every signal, until ctx ends:
//
//	hup := make(chan os.Signal, 1)
//	signal.Notify(hup, syscall.SIGHUP)
//	go ReloadOn(ctx, hup, live, "cors.json", func(err error) { log.Print(err) })
func ReloadOn(ctx context.Context, signals <-chan os.Signal, live *cors.Live, file string, failed func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
			if err := Load(live, file); err != nil {
				failed(err)
			}
		}
	}
}
