// This program is one instance of a fleet. All instances follow one document of policies in
// a NATS key-value bucket. Each starts with the document that is compiled into the program,
// and keeps serving if NATS fails.
//
//	go run ./fleet -nats nats://127.0.0.1:4222
//
// Without -nats, the program starts a server of its own and prints its address. PORT sets
// the port of the application. To change the policies of all instances, put a document:
//
//	nats kv put cors policies "$(cat cors.json)"
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

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/core/policies"
)

const (
	bucket = "cors"
	key    = "policies"
)

//go:embed cors.json
var defaults []byte

func main() {
	address := flag.String("nats", "", "address of the NATS server; without it, the program starts one")
	flag.Parse()
	if *address == "" {
		folder, err := os.MkdirTemp("", "fleet")
		if err != nil {
			log.Fatal(err)
		}
		own, err := startNATS(folder, 0)
		if err != nil {
			log.Fatal(err)
		}
		*address = own.ClientURL()
		fmt.Println("NATS listens at", *address)
	}
	connection, err := connect(*address)
	if err != nil {
		log.Fatal(err)
	}
	report := func(err error) {
		if err != nil {
			slog.Error("the CORS policies in force stay", "err", err)
			return
		}
		slog.Info("new CORS policies are in force")
	}
	set, follow, err := newInstance(connection, 5*time.Second, report)
	if err != nil {
		log.Fatal(err)
	}
	go follow(context.Background())
	app := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, `["anchor","beacon"]`) })
	log.Fatal(http.ListenAndServe("127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "8080"), corshttp.New(set.Get("public"))(app)))
}

// newInstance returns the policies of an instance, and a function that follows the bucket
// until its context ends.
func newInstance(connection *nats.Conn, every time.Duration, report func(error)) (*policies.Set, func(context.Context), error) {
	configs, err := policies.Parse(defaults)
	if err != nil {
		return nil, nil, err
	}
	set, err := policies.New(configs)
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(connection)
	if err != nil {
		return nil, nil, err
	}
	return set, func(ctx context.Context) {
		policies.Follow(ctx, Key(js, bucket, key), every, set.LoadJSON, report)
	}, nil
}

// connect returns a connection that reconnects without end. The first connection may fail
// too, so that an instance also starts without NATS.
func connect(address string, more ...nats.Option) (*nats.Conn, error) {
	return nats.Connect(address, append([]nats.Option{nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true)}, more...)...)
}

// startNATS starts a server with JetStream, at a free port if port is 0.
func startNATS(folder string, port int) (*server.Server, error) {
	if port == 0 {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: folder, NoSigs: true})
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		return nil, fmt.Errorf("NATS is not ready")
	}
	return s, nil
}
