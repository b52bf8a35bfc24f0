package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

func main() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	log.Fatal(http.Serve(listener, corshttp.New(policy)(mux)))
}
