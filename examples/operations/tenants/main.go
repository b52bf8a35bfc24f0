// This program reads the origins of tenants from a database. The flag -way chooses one of
// two ways:
//
//   - list: one policy allows the origins of all tenants. It is compiled again when they
//     change, and requests cost no look-up. Use it if every tenant's pages may read every
//     tenant's responses, or if something else separates the tenants.
//   - isolated: the pages of a tenant may read only the responses of its own host
//     (a.api.example.com). A request asks a cache, which asks the database.
//
// PORT sets the port. The database is a new file with two tenants, a and b.
package main

import (
	"cmp"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// config is what all tenants have in common.
var config = cors.Config{AllowMethods: []string{"PUT"}, AllowHeaders: []string{"content-type"}}

// limits are for thousands of tenants.
var limits = Limits{Bytes: 64 << 20, Fresh: time.Minute, Keep: time.Hour, Timeout: 2 * time.Second, AtOnce: 32}

func main() {
	way := flag.String("way", "isolated", "list or isolated")
	flag.Parse()
	folder, err := os.MkdirTemp("", "tenants")
	if err != nil {
		log.Fatal(err)
	}
	db, err := open(filepath.Join(folder, "tenants.db"))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec(`insert into origins values ('a', 'https://app.a.example'), ('b', 'https://app.b.example')`); err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	var decider cors.Decider
	switch *way {
	case "list":
		decider, err = followList(ctx, db, 5*time.Second)
	case "isolated":
		decider, err = isolated(NewTenants(Subdomain("api.example.com"), OriginsOf(db), limits))
	default:
		err = fmt.Errorf("there is no way %q; write list or isolated", *way)
	}
	if err != nil {
		log.Fatal(err)
	}
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintln(w, "the items at", r.Host) })
	log.Fatal(http.ListenAndServe("127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "8080"), corshttp.New(decider)(app)))
}

// open opens a database and creates the tables if it is new.
func open(file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(wal)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	var tables int
	if err := db.QueryRow(`select count(*) from sqlite_master`).Scan(&tables); err != nil || tables > 0 {
		return db, err
	}
	_, err = db.Exec(Schema)
	return db, err
}

// followList returns the policy of all tenants, which follows the database until ctx
// ends. A database without origins is an error.
func followList(ctx context.Context, db *sql.DB, every time.Duration) (cors.Decider, error) {
	live := new(cors.Live)
	rebuild := Rebuild(ctx, db, config, live)
	if err := rebuild(nil); err != nil {
		return nil, err
	}
	go policies.Follow(ctx, Version(db), every, rebuild, func(err error) {
		if err != nil {
			slog.Error("the list of origins in force stays", "err", err)
		}
	})
	return live, nil
}

// isolated returns a policy that lets each tenant's origins read only its own responses.
func isolated(tenants *Tenants) (cors.Decider, error) {
	c := config
	c.AllowOriginFunc = tenants.Allow
	return cors.Compile(c)
}

// Subdomain returns a function that finds the tenant in the Host: "a" in a.api.example.com,
// if domain is api.example.com. It returns "" for a host that cannot be a tenant's, so that
// such requests cost no look-up.
func Subdomain(domain string) func(cors.Request) string {
	return func(r cors.Request) string {
		host, _, _ := strings.Cut(r.Host, ":")
		name, below := strings.CutSuffix(strings.ToLower(host), "."+domain)
		if !below || len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.Contains(name, ".") {
			return ""
		}
		return name
	}
}
