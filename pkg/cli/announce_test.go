package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// announcer is a system with a clock and a journal, and nothing else.
type announcer struct {
	*system
	now time.Time
}

func newAnnouncer(t *testing.T) *announcer {
	t.Helper()
	j, err := journal.OpenMemory(t.Context(), "site-a")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	a := &announcer{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	cfg := &config.Config{Brains: map[string]config.Brain{"hq": {}}}
	cfg.Run.Interval, cfg.Run.KeepHistory = 5*time.Minute, 24*time.Hour
	a.system = &system{
		app: &App{Now: func() time.Time { return a.now }}, cfg: cfg, log: slog.New(slog.DiscardHandler), journal: j, only: entity.Kinds(),
	}
	return a
}

// round ends a round with these reports five minutes after the one before, and gives what it announced.
func (a *announcer) round(t *testing.T, reports ...reconcile.Report) (told []string) {
	t.Helper()
	a.now = a.now.Add(5 * time.Minute)
	last, err := a.journal.LastRevision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a.upkeep(t.Context(), reports)
	a.announce(t.Context(), reports, false)
	events, err := a.journal.NewEvents(t.Context(), last, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		told = append(told, fmt.Sprintf("%s %s%s %s", e.Action, e.Ref.Source, e.Blocker, e.Problem))
	}
	return told
}

func frozen(why map[entity.Kind]string) reconcile.Report {
	return reconcile.Report{Source: "hq", Plan: plan.Plan{Frozen: why}}
}

func announces(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestWhatCannotBeReadIsToldWhenItChanges(t *testing.T) {
	a := newAnnouncer(t)
	host := func(why string) reconcile.Report { return frozen(map[entity.Kind]string{entity.KindHost: why}) }
	reset := "read tcp 127.0.0.1:4711->127.0.0.1:443: read: connection reset by peer"
	announces(t, "all is read", a.round(t, frozen(nil)))
	announces(t, "hosts are not", a.round(t, host("tags: "+reset)), "unread hq host: tags: "+reset)
	announces(t, "refused at another port", a.round(t, host("tags: dial tcp [::1]:4712: connect: connection refused")))
	both := frozen(map[entity.Kind]string{entity.KindHost: "tags: unexpected EOF", entity.KindAccount: "403"})
	announces(t, "accounts neither", a.round(t, both), "unread hq account: 403", "silent hq 403; tags: unexpected EOF")
	a.only = []entity.Kind{entity.KindAccount}
	announces(t, "only accounts are looked at", a.round(t, frozen(map[entity.Kind]string{entity.KindAccount: "403"})))
	a.only = entity.Kinds()
	announces(t, "both again", a.round(t, both))
	announces(t, "another process looks", a.round(t, reconcile.Report{Source: "hq", Leased: errors.New("busy")}))
	announces(t, "for another reason", a.round(t, host("no such group")), "unread hq host: no such group")
	announces(t, "what was first once more", a.round(t, host("tags: EOF")))
	announces(t, "and the other", a.round(t, host("no such group")))
	announces(t, "all is read again", a.round(t, frozen(nil)), "heard hq ")
	announces(t, "and not any more", a.round(t, host("no such group")), "unread hq host: no such group")
}

func TestASourceThatIsSilentIsToldOnceAndOnceThatItIsHeard(t *testing.T) {
	a := newAnnouncer(t)
	dead := reconcile.Report{Source: "hq", Fatal: errors.New("no route")}
	announces(t, "complete", a.round(t, frozen(nil)))
	announces(t, "one interval", a.round(t, dead), "unread hq no route")
	announces(t, "two", a.round(t, dead))
	announces(t, "three", a.round(t, dead), "silent hq no route")
	announces(t, "four", a.round(t, dead))
	announces(t, "complete again", a.round(t, frozen(nil)), "heard hq ")
	announces(t, "and again", a.round(t, frozen(nil)))
}

// It was never complete: the time runs from the first pass that was not.
func TestASourceThatWasNeverHeardIsSilentToo(t *testing.T) {
	a := newAnnouncer(t)
	dead := reconcile.Report{Source: "hq", Fatal: errors.New("no route")}
	var told []string
	for range 5 {
		told = append(told, a.round(t, dead)...)
	}
	announces(t, "five passes", told, "unread hq no route", "silent hq no route")
}

// A loop has its vigil tell, at the moment; the pass that hears the source again tells that.
func TestAVigilTellsOnceAlsoAfterARestart(t *testing.T) {
	a := newAnnouncer(t)
	a.vigilant = true
	dead := reconcile.Report{Source: "hq", Fatal: errors.New("no route")}
	for range 5 {
		a.round(t, dead)
	}
	for range 2 {
		a.report(t.Context(), reconcile.Silence{Source: "hq", Since: a.now, Why: "no route"})
	}
	events, err := a.journal.History(t.Context(), journal.Filter{})
	if err != nil || len(events) != 2 || events[0].Action != entity.EventSilent || events[0].Times != 1 {
		t.Errorf("got %+v, %v; want that it is unread, and once that it is silent", events, err)
	}
	announces(t, "complete again", a.round(t, frozen(nil)), "heard hq ")
}

// stranded is a report of what is stranded for a source on a blocker.
func stranded(source, blocker string, ids ...string) reconcile.Report {
	r := reconcile.Report{Source: source}
	for _, id := range ids {
		target := &entity.Target{Ref: entity.Ref{Source: source, Kind: entity.KindHost, ID: id}, Name: "pc-" + id}
		r.Plan.Items = append(r.Plan.Items, plan.Item{
			Action: entity.ActionKeep, Target: target, Blocker: blocker, Reasons: []plan.Reason{{Rule: plan.RuleStranded, Detail: blocker}},
		})
	}
	return r
}

func TestWhatIsStrandedIsToldWhenItIsSomethingElse(t *testing.T) {
	a := newAnnouncer(t)
	held := func(ids ...string) reconcile.Report { return stranded("hq", "edge", ids...) }
	announces(t, "two", a.round(t, held("1", "2")), "stranded hqedge 2 held: pc-1, pc-2")
	announces(t, "the same in another order", a.round(t, held("2", "1")))
	announces(t, "another pass is under way", a.round(t, reconcile.Report{Source: "hq", Leased: errors.New("busy")}))
	announces(t, "one", a.round(t, held("2")), "stranded hqedge 1 held: pc-2")
	a.names = []string{"hq"}
	announces(t, "not everything was looked at", a.round(t, held()))
	a.names = nil
	announces(t, "none", a.round(t, held()), "unstranded hqedge ")
	announces(t, "still none", a.round(t, held()))
}

// What was told under a former name is known under the new one, and told to be over under that.
func TestWhatIsStrandedFollowsARename(t *testing.T) {
	a := newAnnouncer(t)
	lost := stranded("old", "edge", "7")
	lost.Plan.Items[0].Reasons[0].Rule = plan.RuleLostSource
	announces(t, "two", a.round(t, stranded("hq", "edge", "1", "2"), lost), "stranded hqedge 2 held: pc-1, pc-2", "stranded old 1 held: pc-7")
	for former, name := range map[string]string{"brain.hq": "brain.eu", "brain.old": "brain.older", "blocker.edge": "blocker.rim"} {
		change, err := parseRename(former, name)
		if err == nil {
			err = a.journal.Rename(t.Context(), change.inJournal())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	lost.Source, lost.Plan.Items[0].Target.Source, lost.Plan.Items[0].Blocker = "older", "older", "rim"
	announces(t, "the same under their new names", a.round(t, stranded("eu", "rim", "1", "2"), lost))
	announces(t, "none", a.round(t, stranded("eu", "rim"), stranded("older", "rim")), "unstranded eurim ", "unstranded older ")
}

func TestADryRunAnnouncesNothing(t *testing.T) {
	a := newAnnouncer(t)
	a.announce(t.Context(), []reconcile.Report{{Source: "hq", Fatal: errors.New("no route")}}, true)
	if events, err := a.journal.History(t.Context(), journal.Filter{}); err != nil || len(events) > 0 {
		t.Errorf("got %+v, %v", events, err)
	}
}
