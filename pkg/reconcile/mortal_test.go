package reconcile_test

import (
	"context"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// mortal is the journal as one process reaches it.
type mortal struct {
	*journal.Journal
	life *life
}

func (m *mortal) Begin(ctx context.Context, in []entity.Intent) error {
	return m.life.around(func() error { return m.Journal.Begin(ctx, in) })
}

func (m *mortal) Settle(ctx context.Context, s []entity.Settlement) error {
	return m.life.around(func() error { return m.Journal.Settle(ctx, s) })
}

func (m *mortal) Adopt(ctx context.Context, h []entity.Holding) error {
	return m.life.around(func() error { return m.Journal.Adopt(ctx, h) })
}

func (m *mortal) Recorded(ctx context.Context, ids []int64, notes []entity.Note) error {
	return m.life.around(func() error { return m.Journal.Recorded(ctx, ids, notes) })
}

func (m *mortal) NotesWritten(ctx context.Context, ids []int64) error {
	return m.life.around(func() error { return m.Journal.NotesWritten(ctx, ids) })
}

func (m *mortal) Holdings(ctx context.Context) (held []entity.Holding, err error) {
	if err := m.life.step(); err != nil {
		return nil, err
	}
	return m.Journal.Holdings(ctx)
}

func (m *mortal) Holders(ctx context.Context, b string, c entity.Class, e []string) (map[string][]entity.Ref, error) {
	if err := m.life.step(); err != nil {
		return nil, err
	}
	return m.Journal.Holders(ctx, b, c, e)
}

func (m *mortal) Notes(ctx context.Context, source string) ([]entity.Note, error) {
	if err := m.life.step(); err != nil {
		return nil, err
	}
	return m.Journal.Notes(ctx, source)
}

func (m *mortal) Leftovers(ctx context.Context, source string) ([]entity.Leftover, error) {
	if err := m.life.step(); err != nil {
		return nil, err
	}
	return m.Journal.Leftovers(ctx, source)
}

func (m *mortal) Intents(ctx context.Context) ([]entity.Leftover, error) {
	if err := m.life.step(); err != nil {
		return nil, err
	}
	return m.Journal.Intents(ctx)
}

func (m *mortal) Orders(ctx context.Context) ([]entity.Order, error) {
	if err := m.life.step(); err != nil {
		return nil, err
	}
	return m.Journal.Orders(ctx)
}

func (m *mortal) Placed(ctx context.Context, b string, c entity.Class, e []string) (map[string]bool, error) {
	if err := m.life.step(); err != nil {
		return nil, err
	}
	return m.Journal.Placed(ctx, b, c, e)
}

func (m *mortal) Recall(ctx context.Context, key string) (string, bool, error) {
	if err := m.life.step(); err != nil {
		return "", false, err
	}
	return m.Journal.Recall(ctx, key)
}

func (m *mortal) Remember(ctx context.Context, key, value string) error {
	return m.life.around(func() error { return m.Journal.Remember(ctx, key, value) })
}

func (m *mortal) Forget(ctx context.Context, key string) error {
	return m.life.around(func() error { return m.Journal.Forget(ctx, key) })
}

func (m *mortal) DropOrder(ctx context.Context, ref entity.Ref) error {
	return m.life.around(func() error { return m.Journal.DropOrder(ctx, ref) })
}

func (m *mortal) Tell(ctx context.Context, events ...entity.Event) error {
	return m.life.around(func() error { return m.Journal.Tell(ctx, events...) })
}
