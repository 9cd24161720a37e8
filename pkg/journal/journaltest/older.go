package journaltest

import (
	"database/sql"
	"errors"
	"os"
	"testing"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// Older takes a journal in a file, which nobody has open, back to the schema before the newest one, as a
// program of that time would have left it. migrations is their folder.
func Older(tb testing.TB, path, migrations string) {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(migrations))
	if err == nil {
		_, err = p.Down(tb.Context())
	}
	if err := errors.Join(err, db.Close()); err != nil {
		tb.Fatal(err)
	}
}
