package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"project.example/fake/adapters/corsfake"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	log.Fatal(http.Serve(listener, corsfake.New(mux)))
}
