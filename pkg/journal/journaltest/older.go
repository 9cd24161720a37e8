package journaltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// Older takes a journal in a file, which nobody has open, back to schema 2, before raw objects and revisions were kept
// apart, as a program of that time would have left it. migrations is their folder.
func Older(tb testing.TB, path, migrations string) {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path))
	if err != nil {
		tb.Fatal(err)
	}
	if err := errors.Join(older(tb.Context(), db, migrations), db.Close()); err != nil {
		tb.Fatal(err)
	}
}

func older(ctx context.Context, db *sql.DB, migrations string) error {
	if err := rawInside(ctx, db); err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(migrations))
	if err == nil {
		_, err = p.DownTo(ctx, 2)
	}
	return err
}

// rawInside puts raw objects where they stood before version 3: into the holdings themselves.
func rawInside(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, `update holding set data = json_remove(json_set(holding.data, '$.target.' || holding.kind || '.raw',
		json(raw.data)), '$.has_raw') from raw where raw.source = holding.source and raw.kind = holding.kind and raw.id = holding.id
		and raw.blocker = holding.blocker returning holding.source, holding.kind, holding.id, holding.blocker, holding.data`)
	if err != nil {
		return err
	}
	defer rows.Close()
	sums := map[[4]string]uint32{}
	for rows.Next() {
		var k [4]string
		var data string
		if err := rows.Scan(&k[0], &k[1], &k[2], &k[3], &data); err != nil {
			return err
		}
		sums[k] = checksum("holding", k[0], k[1], k[2], k[3], data)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for k, sum := range sums {
		if _, err := db.ExecContext(ctx, `update holding set sum = $1 where source = $2 and kind = $3 and id = $4 and blocker = $5`,
			sum, k[0], k[1], k[2], k[3]); err != nil {
			return err
		}
	}
	_, err = db.ExecContext(ctx, `update tally set sum = (select coalesce(sum(sum), 0) from holding) where name = 'holding'`)
	return err
}

// checksum is that of a row, as every version has written it.
func checksum(columns ...string) uint32 {
	var text strings.Builder
	for _, c := range columns {
		fmt.Fprintf(&text, "%d:%s", len(c), c)
	}
	return crc32.Checksum([]byte(text.String()), crc32.MakeTable(crc32.Castagnoli))
}
