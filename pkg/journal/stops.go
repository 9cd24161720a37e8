package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// StopKind says how much a person stopped.
type StopKind string

// The kinds of stops. Both last until Resume.
const (
	// StopPanic: nothing is put on a device: no block, renewal, repair or groom.
	StopPanic StopKind = entity.EventPanic
	// StopPause: nothing is blocked that was not blocked before.
	StopPause StopKind = entity.EventPause
)

// What Begin answers, wrapped in a *StoppedError: ErrPanic to every put while the panic flag is set, ErrPaused to
// new blocks while those are paused.
var (
	ErrPanic  = entity.ErrPanic
	ErrPaused = entity.ErrPaused
)

// StoppedError says who stopped what an intent wanted.
type StoppedError struct {
	Kind StopKind
	By   entity.By
}

// Error names the person, the time, the reason, and the way on.
func (e *StoppedError) Error() string {
	text := fmt.Sprintf("%v by %s", e.Unwrap(), e.By.Who)
	if !e.By.At.IsZero() {
		text += " at " + e.By.At.UTC().Format("2006-01-02 15:04:05 MST")
	}
	if e.By.Reason != "" {
		text += ": " + e.By.Reason
	}
	return text + `; "var resume" allows it again`
}

// Unwrap is ErrPanic or ErrPaused.
func (e *StoppedError) Unwrap() error {
	if e.Kind == StopPanic {
		return ErrPanic
	}
	return ErrPaused
}

// Stops are what persons stopped; nil: not stopped.
type Stops struct {
	Panic, Pause *entity.By
}

// Stop sets a flag that the transaction of every later intent obeys. The last word counts, but who says it again
// without a reason does not take back the first one's.
func (j *Journal) Stop(ctx context.Context, kind StopKind, by entity.By) error {
	return j.write(ctx, func(w *writer) error {
		if _, stopped := w.meta(stopPrefix + string(kind)); !stopped || by.Reason != "" {
			w.setMeta(stopPrefix+string(kind), w.text(by))
		}
		w.tell(entity.Event{At: by.At, Action: string(kind), By: by})
		return w.err
	})
}

// Resume lifts panic and pause.
func (j *Journal) Resume(ctx context.Context, by entity.By) error {
	return j.write(ctx, func(w *writer) error {
		w.dropMeta(stopPrefix + string(StopPanic))
		w.dropMeta(stopPrefix + string(StopPause))
		w.tell(entity.Event{At: by.At, Action: entity.EventResume, By: by})
		return w.err
	})
}

// Stops says what is stopped, and by whom.
func (j *Journal) Stops(ctx context.Context) (s Stops, err error) {
	err = j.read(ctx, func(tx *sql.Tx) error {
		all, err := allMeta(ctx, tx)
		if err != nil {
			return err
		}
		var err1, err2 error
		s.Panic, err1 = stopped(all, StopPanic)
		s.Pause, err2 = stopped(all, StopPause)
		return errors.Join(err1, err2)
	})
	return s, err
}

func stopped(all map[string]string, kind StopKind) (*entity.By, error) {
	text, found := all[stopPrefix+string(kind)]
	if !found {
		return nil, nil
	}
	return stopOf(kind, text)
}

func stopOf(kind StopKind, text string) (*entity.By, error) {
	by := &entity.By{}
	if err := json.Unmarshal([]byte(text), by); err != nil {
		return nil, unreadable("who called "+string(kind), err)
	}
	return by, nil
}

// allowed refuses a batch that a person stopped.
func (w *writer) allowed(intents []entity.Intent) error {
	puts, blocks := false, false
	for _, i := range intents {
		puts = puts || isPut(i.Action)
		blocks = blocks || i.Action == entity.ActionBlock && i.Receipt.Empty()
	}
	if puts {
		if err := w.stopped(StopPanic); err != nil {
			return err
		}
	}
	if blocks {
		return w.stopped(StopPause)
	}
	return w.err
}

// isPut reports that an action puts something on devices.
func isPut(a entity.Action) bool {
	switch a {
	case entity.ActionBlock, entity.ActionRenew, entity.ActionRepair, entity.ActionGroom:
		return true
	default:
		return false
	}
}

func (w *writer) stopped(kind StopKind) error {
	text, found := w.meta(stopPrefix + string(kind))
	if w.err != nil || !found {
		return w.err
	}
	by, err := stopOf(kind, text)
	if err != nil {
		return err
	}
	return &StoppedError{Kind: kind, By: *by}
}

// told is the lower-case text that a search looks at.
func told(parts ...string) string { return strings.ToLower(plain(strings.Join(parts, "\n"))) }
