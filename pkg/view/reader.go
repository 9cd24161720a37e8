package view

import (
	"context"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// Reader answers from a journal alone: no brain and no device is asked.
type Reader struct {
	Journal *journal.Journal
	// Configured is what the configuration of now says.
	Configured func(now time.Time) Configured
	// NeverBlock is why nothing may block a target; nil: nobody knows.
	NeverBlock func(entity.Target) (why string, never bool)
	Now        func() time.Time
}

// Status is what var status answers.
func (r Reader) Status(ctx context.Context) (Status, error) {
	now := r.Now()
	return ReadStatus(ctx, r.Journal, r.Configured(now), now)
}

// Question is what is asked of the history. What is zero asks for all.
type Question struct {
	// Target is "source/kind/id" for exactly that target, or a text that is looked for.
	Target  string
	Blocker string
	// Since leaves out what did not happen in this time up to now.
	Since time.Duration
	// Limit is the most events that are wanted, Skip how many newer ones are left out before.
	Limit, Skip int
}

// Filter asks the journal.
func (q Question) Filter(now time.Time) journal.Filter {
	f := journal.Filter{Text: q.Target, Blocker: q.Blocker, Limit: q.Limit, Skip: q.Skip}
	if ref, is := RefOf(q.Target); is {
		f.Ref, f.Text = &ref, ""
	}
	if q.Since > 0 {
		f.Since = now.Add(-q.Since)
	}
	return f
}

// History is what var history answers.
func (r Reader) History(ctx context.Context, q Question) (History, error) {
	events, err := r.Journal.History(ctx, q.Filter(r.Now()))
	return HistoryOf(events), err
}

// notAsked is why the answer of a Reader says nothing of rules.
const notAsked = `no brain was asked: rules, and what the next pass does, are told by "var why"`

// mostTargets are explained in one answer.
const mostTargets = 50

// Why is what var why answers, as far as the journal knows it.
func (r Reader) Why(ctx context.Context, text string) (Why, error) {
	v := Why{Schema: 1, Text: text, Targets: []Target{}, Problems: []string{notAsked}}
	stops, err := r.Journal.Stops(ctx)
	if err != nil {
		return v, err
	}
	for _, s := range StopsOf(stops) {
		v.Stopped = append(v.Stopped, s.Text)
	}
	record, err := ReadRecord(ctx, r.Journal, r.Now())
	if err != nil {
		return v, err
	}
	meant := record.Meant(text)
	if more := len(meant) - mostTargets; more > 0 {
		v.Problems = append(v.Problems, fmt.Sprintf("%d more targets are meant by it: name one of them as source/kind/id", more))
		meant = meant[:mostTargets]
	}
	for _, t := range meant {
		w, err := record.Explain(ctx, t)
		if err != nil {
			return v, err
		}
		if r.NeverBlock != nil {
			w.NeverBlock, _ = r.NeverBlock(t)
		}
		v.Targets = append(v.Targets, w)
	}
	if len(v.Targets) == 0 {
		h, err := r.History(ctx, Question{Target: text, Limit: Recent})
		v.History = h.Events
		return v, err
	}
	return v, nil
}
