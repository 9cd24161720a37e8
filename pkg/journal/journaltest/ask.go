package journaltest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// ask runs one statement.
func (s *Server) ask(ctx context.Context, statement string) error {
	return ask(ctx, s.URL(), statement)
}

func ask(ctx context.Context, address, statement string) error {
	return with(ctx, address, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement)
		return err
	})
}

func with(ctx context.Context, address string, do func(*pgx.Conn) error) error {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return err
	}
	c.Password = Password
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // what was asked is answered
	return do(conn)
}

// Alter runs statements on a place that bypass the journal.
func Alter(tb testing.TB, place string, statements ...string) {
	tb.Helper()
	for _, s := range statements {
		if err := ask(tb.Context(), place, s); err != nil {
			tb.Fatal(err)
		}
	}
}

// Number is what a query of a place answers, past the journal.
func Number(tb testing.TB, place, query string) (n int64) {
	tb.Helper()
	err := with(tb.Context(), place, func(conn *pgx.Conn) error { return conn.QueryRow(tb.Context(), query).Scan(&n) })
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
