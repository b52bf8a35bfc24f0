package main

import (
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/crossgate/cors/adapters/corschi"
	cors "github.com/crossgate/cors/core"
)

func main() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	r := chi.NewRouter()
	r.Use(corschi.New(policy))
	r.Get("/items", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	log.Fatal(http.Serve(listener, r))
}
