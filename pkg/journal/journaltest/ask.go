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
	_, err = conn.Exec(ctx, statement)
	return err
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
