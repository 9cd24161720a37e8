package view

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/journal"
)

// Listener is an admin listener that cannot listen where it should.
type Listener struct {
	// Host is the machine of the loop whose it is.
	Host    string    `json:"host"`
	Address string    `json:"address"`
	Since   time.Time `json:"since"`
	Problem string    `json:"problem"`
}

// Words say it in a sentence.
func (l Listener) Words() string {
	return fmt.Sprintf("nobody answers at %s on %s since %s: %s", l.Address, l.Host, Stamp(l.Since), inert.Line(l.Problem))
}

// listenerKey is under what the journal remembers a listener that cannot listen.
const listenerKey = "admin"

// RememberListener keeps what is wrong with the listener of a host, for who asks from outside.
func RememberListener(ctx context.Context, j *journal.Journal, l Listener) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return j.Remember(ctx, listenerKey, string(text))
}

// ForgetListener says that nothing is wrong with the listener of a host any more.
func ForgetListener(ctx context.Context, j *journal.Journal, host string) error {
	l, err := recallListener(ctx, j)
	if err != nil || l == nil || l.Host != host {
		return err
	}
	return j.Forget(ctx, listenerKey)
}

func recallListener(ctx context.Context, j *journal.Journal) (*Listener, error) {
	text, known, err := j.Recall(ctx, listenerKey)
	if err != nil || !known {
		return nil, err
	}
	l := &Listener{}
	if err := json.Unmarshal([]byte(text), l); err != nil {
		return nil, fmt.Errorf("what the journal remembers of the admin listener cannot be read: %w", err)
	}
	return l, nil
}

func (v *Status) listener(ctx context.Context, j *journal.Journal) (err error) {
	v.Listener, err = recallListener(ctx, j)
	return err
}
