package journal_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/journal/journaltest"
)

// A server that goes away and comes back: what was confirmed is there, what was not is an error, and nobody has to
// start again.
func TestAServerThatRestarts(t *testing.T) {
	s, err := journaltest.Start(t.Context())
	journaltest.Need(t, s, err)
	t.Cleanup(func() { must(t, s.Stop()) })
	at := place{url: s.Place(t), opts: []journal.Option{journal.Password(journaltest.Password)}}
	j := at.open(t)
	begin(t, j, intent(entity.ActionBlock, host("hq", "7"), "edge"))
	must(t, s.Halt())
	for range 2 {
		err := j.Begin(t.Context(), []entity.Intent{intent(entity.ActionBlock, host("hq", "8"), "edge")})
		if err == nil || errors.As(err, new(*journal.DamagedError)) {
			t.Errorf("without a server: %v", err)
		}
	}
	if _, err := at.try(t, ""); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("opened without a server: %v", err)
	}
	must(t, s.Run(t.Context()))
	if n := len(leftovers(t, j, "hq")); n != 1 {
		t.Errorf("%d intents of 1", n)
	}
	begin(t, j, intent(entity.ActionBlock, host("hq", "9"), "edge"))
}

// What a server refuses is told with what to do, and without the password.
func TestAServerThatRefuses(t *testing.T) {
	at := onServer(t)
	must(t, at.open(t).Close())
	tests := map[string]struct {
		url  string
		opts []journal.Option
		want string
	}{
		"a wrong password": {at.url, []journal.Option{journal.Password("hunter2")}, "var secret set state.password"},
		"no such database": {strings.Replace(at.url, "/postgres?", "/nothing?", 1), at.opts, "create it, or name another"},
		"no such server":   {"postgres://var@/x?host=/nowhere", at.opts, "cannot be reached"},
		"a standby":        {at.url + "&default_transaction_read_only=on", at.opts, "takes no writes"},
		"no server at all": {"postgres://var@127.0.0.1:1/x?connect_timeout=2", at.opts, "cannot be reached"},
		"not an address":   {"postgres://var@127.0.0.1:x/y", at.opts, "want postgres://user@host/database"},
	}
	for name, tt := range tests {
		_, err := journal.Open(t.Context(), tt.url, "", tt.opts...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

// A look at a server writes nothing, and says what a look at a file says.
func TestALookAtAServerWritesNothing(t *testing.T) {
	at := onServer(t)
	if _, err := at.look(t, ""); !errors.Is(err, journal.ErrAbsent) {
		t.Errorf("no tables: %v", err)
	}
	j := at.open(t)
	must(t, j.Adopt(t.Context(), []entity.Holding{holding(host("hq", "7"), "edge", "x")}))
	look, err := at.look(t, "")
	must(t, err)
	if len(held(t, look)) != 1 || look.Owner() != j.Owner() || !look.Fresh() {
		t.Errorf("held %v, owner %q, fresh %v", held(t, look), look.Owner(), look.Fresh())
	}
	for name, write := range map[string]func(context.Context) error{
		"adopt": func(ctx context.Context) error { return look.Adopt(ctx, held(t, j)) },
		"stop":  func(ctx context.Context) error { return look.Stop(ctx, journal.StopPanic, alice) },
	} {
		if write(t.Context()) == nil {
			t.Errorf("%s: it took a write", name)
		}
	}
}
