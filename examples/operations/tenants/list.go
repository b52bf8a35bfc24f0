package main

import (
	"context"
	"database/sql"
	"strconv"

	cors "github.com/crossgate/cors/core"
)

// Schema has the origins of each tenant, and a version that every change increases.
const Schema = `
create table origins (tenant text not null, origin text not null, primary key (tenant, origin)) without rowid;
create table version (n integer not null);
insert into version values (0);
create trigger added after insert on origins begin update version set n = n + 1; end;
create trigger removed after delete on origins begin update version set n = n + 1; end;
create trigger changed after update on origins begin update version set n = n + 1; end;
`

// Version returns a read function for policies.Follow that reads only the version. It is
// cheap, however long the list is.
func Version(db *sql.DB) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		var n int64
		err := db.QueryRowContext(ctx, `select n from version`).Scan(&n)
		return strconv.AppendInt(nil, n, 10), err
	}
}

// Rebuild returns an apply function for policies.Follow. It makes one policy from config and
// the origins of all tenants, and puts it into force. If there is no origin, or an origin is
// wrong, the old policy stays in force.
func Rebuild(ctx context.Context, db *sql.DB, config cors.Config, live *cors.Live) func([]byte) error {
	return func([]byte) error {
		config.AllowOrigins = nil
		rows, err := db.QueryContext(ctx, `select distinct origin from origins order by origin`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var origin string
			if err := rows.Scan(&origin); err != nil {
				return err
			}
			config.AllowOrigins = append(config.AllowOrigins, origin)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		policy, err := cors.Compile(config)
		if err != nil {
			return err
		}
		live.Store(policy)
		return nil
	}
}

// OriginsOf returns the lookup function for Tenants: it reads the origins of one tenant.
func OriginsOf(db *sql.DB) func(context.Context, string) ([]string, error) {
	return func(ctx context.Context, tenant string) (origins []string, err error) {
		rows, err := db.QueryContext(ctx, `select origin from origins where tenant = ?`, tenant)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var origin string
			if err := rows.Scan(&origin); err != nil {
				return nil, err
			}
			origins = append(origins, origin)
		}
		return origins, rows.Err()
	}
}
