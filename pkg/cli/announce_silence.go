package cli

import (
	"context"
	"errors"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// silence is what is remembered of a source without a complete pass: since when, and that it was told.
type silence struct {
	Since time.Time `json:"since,omitzero"`
	Told  bool      `json:"told,omitempty"`
}

func silenceKey(source string) string { return "silent:" + source }

// announceSilence tells of a source that is complete again. Where nobody keeps a vigil it tells too of one that has not
// been for too long.
func (s *system) announceSilence(ctx context.Context, r reconcile.Report) error {
	var was silence
	if err := s.recallInto(ctx, silenceKey(r.Source), &was); err != nil {
		return err
	}
	switch {
	case s.complete(r) && was.Told:
		heard := s.sourceEvent(entity.EventHeard, r.Source, "", "no complete pass from "+view.Stamp(was.Since)+" on")
		return s.announceAs(ctx, silenceKey(r.Source), silence{}, heard)
	case s.complete(r):
		return s.announceAs(ctx, silenceKey(r.Source), silence{})
	case was.Told || s.vigilant || len(s.only) < len(entity.Kinds()):
		return nil
	}
	since, err := view.LastComplete(ctx, s.journal, r.Source)
	if since.IsZero() {
		since = was.Since
	}
	if since.IsZero() {
		since = s.app.Now().UTC()
	}
	if err != nil || s.app.Now().Sub(since) < tooLong*s.cfg.Run.Interval {
		return errors.Join(err, s.announceAs(ctx, silenceKey(r.Source), silence{Since: since}))
	}
	return s.announceSilent(ctx, r.Source, since, incomplete(r))
}

// announceSilent tells once of a source that is silent since a time.
func (s *system) announceSilent(ctx context.Context, source string, since time.Time, why string) error {
	var was silence
	if err := s.recallInto(ctx, silenceKey(source), &was); err != nil || was.Told {
		return err
	}
	reason := "no complete pass since " + view.Stamp(since)
	if since.IsZero() {
		since, reason = s.app.Now().UTC(), "no complete pass yet"
	}
	return s.announceAs(ctx, silenceKey(source), silence{since, true}, s.sourceEvent(entity.EventSilent, source, why, reason))
}
