// This program tries a new policy on real requests before it is in force. The active
// document decides. The program also asks the candidate, and logs where the two differ.
//
//	go run ./rollout -active active.json -candidate candidate.json
//
// Both files are followed while the program runs. When the log stays empty, rename the
// candidate over the active document. PORT sets the port.
package main

import (
	"cmp"
	"context"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

//go:embed active.json
var activeJSON []byte

//go:embed candidate.json
var candidateJSON []byte

func main() {
	activeFile := flag.String("active", "", "the document in force; without it, the program's own")
	candidateFile := flag.String("candidate", "", "the document to try; without it, the program's own")
	flag.Parse()
	active, candidate, err := documents()
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for _, f := range []struct {
		file string
		live *cors.Live
	}{{*activeFile, active}, {*candidateFile, candidate}} {
		if f.file != "" {
			go policies.Follow(ctx, policies.File(f.file), 5*time.Second, load(f.live), report(f.file))
		}
	}
	differences := NewDifferences(slog.Default(), time.Hour)
	app := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, `["anchor","beacon"]`) })
	layer := corshttp.New(cors.Shadow(active, candidate, differences.Report))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "8080"), layer(app)))
}

// documents returns the program's own documents as policies that can be replaced.
func documents() (active, candidate *cors.Live, err error) {
	active, candidate = new(cors.Live), new(cors.Live)
	if err := load(active)(activeJSON); err != nil {
		return nil, nil, fmt.Errorf("active.json: %w", err)
	}
	if err := load(candidate)(candidateJSON); err != nil {
		return nil, nil, fmt.Errorf("candidate.json: %w", err)
	}
	return active, candidate, nil
}

// load returns an apply for policies.Follow, of a document that is one policy.
func load(live *cors.Live) func([]byte) error {
	return func(document []byte) error {
		policy, err := cors.ParsePolicy(document)
		if err != nil {
			return err
		}
		live.Store(policy)
		return nil
	}
}

func report(file string) func(error) {
	return func(err error) {
		if err != nil {
			slog.Error("the policy in force stays", "file", file, "err", err)
		}
	}
}
