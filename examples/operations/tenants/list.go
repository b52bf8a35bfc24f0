package main

import (
	"context"
	"database/sql"
	"strconv"

	cors "github.com/crossgate/cors/core"
)

// Schema has the origins of each tenant, and a version that each change of them raises.
const Schema = `
create table origins (tenant text not null, origin text not null, primary key (tenant, origin)) without rowid;
create table version (n integer not null);
insert into version values (0);
create trigger added after insert on origins begin update version set n = n + 1; end;
create trigger removed after delete on origins begin update version set n = n + 1; end;
create trigger changed after update on origins begin update version set n = n + 1; end;
`

// Version returns a read for policies.Follow: that of the version. It costs next to
// nothing, however long the list is.
func Version(db *sql.DB) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		var n int64
		err := db.QueryRowContext(ctx, `select n from version`).Scan(&n)
		return strconv.AppendInt(nil, n, 10), err
	}
}

// Rebuild returns an apply for policies.Follow: it makes one policy of config and all
// tenants' origins, and puts it into force. If there are none, or one of them is wrong,
// the policy in force stays.
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

// OriginsOf looks up the origins of one tenant, for Tenants.
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
