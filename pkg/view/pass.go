package view

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// Pass is what the last pass over a source found, and what became of it.
type Pass struct {
	Source string    `json:"source"`
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended"`
	// Counts are the items by action, such as block and keep, and by result, such as failed and held back.
	Counts map[string]int `json:"counts,omitempty"`
	// Frozen are kinds that were not read completely, with why.
	Frozen map[entity.Kind]string `json:"frozen,omitempty"`
	// Gates are the limits that hold something back.
	Gates []Gate `json:"gates,omitempty"`
	// Stranded says what is held that nothing releases by itself, and what to do.
	Stranded []string `json:"stranded,omitempty"`
	Errors   []string `json:"errors,omitempty"`
}

// passKey is under what the journal remembers the last pass over a source.
func passKey(source string) string { return "pass:" + source }

// Remember keeps a pass in the journal in the place of the one before.
func (p Pass) Remember(ctx context.Context, j *journal.Journal) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return j.Remember(ctx, passKey(p.Source), string(text))
}

// LastPass is the last pass over a source; nil when none is known.
func LastPass(ctx context.Context, j *journal.Journal, source string) (*Pass, error) {
	text, known, err := j.Recall(ctx, passKey(source))
	if err != nil || !known {
		return nil, err
	}
	p := &Pass{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("the last pass over %s: %w", source, err)
	}
	return p, nil
}
