package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/reconcile"
)

// announce keeps in the history what a round found that concerns no single target, once each time that it changes.
func (s *system) announce(ctx context.Context, reports []reconcile.Report, dry bool) {
	if dry || ctx.Err() != nil { // a round that was cut short says nothing of what it did not read
		return
	}
	for _, r := range reports {
		if !s.configured(r.Source) || r.Leased != nil || r.Source == entity.SourceHand {
			continue
		}
		s.toldOf(s.announceUnread(ctx, r))
		s.toldOf(s.announceSilence(ctx, r))
	}
	s.toldOf(s.announceStranded(ctx, reports))
	if s.courier != nil {
		s.courier.Wake()
	}
}

// toldOf tells where the journal did not take what was to be announced.
func (s *system) toldOf(err error) {
	if err != nil {
		s.log.Warn("journal does not take what is to be announced", "error", err)
	}
}

// recallInto reads what was remembered as JSON; where nothing was, it changes nothing.
func (s *system) recallInto(ctx context.Context, key string, into any) error {
	text, known, err := s.journal.Recall(ctx, key)
	if err != nil || !known {
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// announceAs remembers a value as JSON with its events; an empty text is nothing.
func (s *system) announceAs(ctx context.Context, key string, value any, events ...entity.Event) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if string(text) == "{}" || string(text) == "null" || string(text) == "[]" {
		text = nil
	}
	_, err = s.journal.Announce(ctx, key, string(text), events...)
	return err
}

func unreadKey(source string) string { return "unread:" + source }

// announceUnread tells what of a source cannot be read, when that is something else than before. A pass over some kinds
// says nothing of the others.
func (s *system) announceUnread(ctx context.Context, r reconcile.Report) error {
	was, now := map[entity.Kind]string{}, map[entity.Kind]string{}
	if err := s.recallInto(ctx, unreadKey(r.Source), &was); err != nil {
		return err
	}
	for kind, why := range was {
		if kind != "" && r.Fatal != nil || kind != "" && !slices.Contains(s.only, kind) {
			now[kind] = why
		}
	}
	var news []string
	for _, u := range unread(r) {
		troubles, isNew := withTrouble(was, u.kind, trouble(u.why))
		if now[u.kind] = troubles; isNew {
			news = append(news, u.text())
		}
	}
	return s.announceAs(ctx, unreadKey(r.Source), now, s.unreadEvents(r.Source, news)...)
}

func (s *system) unreadEvents(source string, news []string) []entity.Event {
	if len(news) == 0 {
		return nil
	}
	return []entity.Event{s.sourceEvent(entity.EventUnread, source, strings.Join(news, "; "))}
}

// sourceEvent is about a source as a whole.
func (s *system) sourceEvent(action, source, problem string, reasons ...string) entity.Event {
	return entity.Event{
		At: s.app.Now(), Action: action, Ref: entity.Ref{Source: source}, Name: source, Problem: problem, Reasons: reasons,
	}
}

// unreadKind is a kind that could not be read, and why; no kind is the whole source.
type unreadKind struct {
	kind entity.Kind
	why  string
}

func (u unreadKind) text() string {
	if u.kind == "" {
		return u.why
	}
	return fmt.Sprintf("%s: %s", u.kind, u.why)
}

func unread(r reconcile.Report) (all []unreadKind) {
	if r.Fatal != nil {
		return []unreadKind{{"", inert.Line(r.Fatal.Error())}}
	}
	for _, kind := range entity.Kinds() {
		if why, frozen := r.Plan.Frozen[kind]; frozen {
			all = append(all, unreadKind{kind, inert.Line(why)})
		}
	}
	return all
}
