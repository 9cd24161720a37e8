package reconcile_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

// estate is a source of which much is held, as it should be: a pass has nothing to do. It counts what is written.
type estate struct {
	*reconcile.Reconciler
	journal *journal.Journal
	n       int
	writes  int
}

func (e *estate) ip(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255) }

func (e *estate) ref(i int) entity.Ref {
	return entity.Ref{Source: hq, Kind: entity.KindHost, ID: fmt.Sprint(1_000_000 + i)}
}

func (e *estate) target(i int) entity.Target {
	return entity.Target{Ref: e.ref(i), Name: fmt.Sprint("pc-", i), Tags: []string{"block"}, Host: &entity.Host{IP: e.ip(i), FullName: fmt.Sprint("pc-", i)}}
}

// newEstate fills a journal file and lists on two devices with n hosts.
func newEstate(tb testing.TB, n int) *estate {
	tb.Helper()
	j, err := journal.Open(tb.Context(), "sqlite://"+tb.TempDir()+"/var.db", "site-a")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = j.Close() })
	e := &estate{journal: j, n: n}
	held := make([]entity.Holding, 0, 1000)
	for i := range n {
		held = append(held, entity.Holding{
			Target: e.target(i), Blocker: "edge", Label: "Fortinet Client", State: entity.Complete, Since: epoch, Asserted: epoch,
			Receipt: entity.Receipt{Elements: []string{e.ip(i)}}, Reasons: []string{"tag block"}, Devices: []string{"fw1", "fw2"},
		})
		if len(held) == 1000 || i == n-1 {
			if err := j.Adopt(tb.Context(), held); err != nil {
				tb.Fatal(err)
			}
			held = held[:0]
		}
	}
	e.start(tb)
	return e
}

// start is a process that has read nothing yet.
func (e *estate) start(tb testing.TB) {
	log, clock := slog.New(slog.DiscardHandler), func() time.Time { return epoch.Add(time.Hour) }
	info := e.Info()
	e.Reconciler = &reconcile.Reconciler{
		Journal: e.journal, Dispatcher: dispatch.New([]dispatch.Enforcer{e}, e.journal, clock, log, dispatch.Options{}), Enforcers: []dispatch.Enforcer{e},
		Policy: plan.Policy{Blockers: []entity.Blocker{info}, BlockTags: map[entity.Kind]string{entity.KindHost: "block"}},
		Labels: []string{info.Label}, Sources: []string{hq}, Owner: "site-a", Version: "1", Now: clock, Log: log,
	}
}

func (e *estate) Info() entity.Blocker {
	return entity.Blocker{
		Name: "edge", Plugin: "fortigate", Label: "Fortinet Client", Kinds: []entity.Kind{entity.KindHost}, Powers: []string{"list"}, Devices: []string{"fw1", "fw2"},
	}
}

func (e *estate) List(context.Context) ([]entity.Inventory, error) {
	all := make([]entity.Inventory, 2)
	for d := range all {
		all[d] = entity.Inventory{Device: fmt.Sprint("fw", d+1), Entries: make([]entity.Entry, e.n)}
		for i := range e.n {
			all[d].Entries[i] = entity.Entry{Element: e.ip(i), Class: entity.ClassSource, Owner: "site-a"}
		}
	}
	return all, nil
}

func (e *estate) Block(_ context.Context, targets []entity.Target) []entity.Outcome {
	e.writes += len(targets)
	return make([]entity.Outcome, len(targets))
}

func (e *estate) Unblock(_ context.Context, releases []entity.Release) []error {
	e.writes += len(releases)
	return make([]error, len(releases))
}

func (e *estate) Elements(_ context.Context, targets []entity.Target) ([][]string, error) {
	return make([][]string, len(targets)), nil
}

func (e *estate) EditTags(_ context.Context, edits []entity.TagEdit) []error {
	e.writes += len(edits)
	return make([]error, len(edits))
}

func (e *estate) Notes(context.Context, entity.Ref) ([]string, error) { return nil, nil }

func (e *estate) AddNote(context.Context, entity.Ref, string) error {
	e.writes++
	return nil
}

func (e *estate) observe(context.Context, []entity.Ref) plan.Observation {
	obs := plan.Observation{
		Source: hq, Read: []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}, Seen: make([]plan.Seen, e.n),
	}
	matches := []plan.Reason{{Rule: plan.RuleTag, Detail: "block"}}
	for i := range e.n {
		t := e.target(i)
		t.Tags = []string{"block", "VAR Host Blocked", "VAR ID:Fortinet Client:" + t.Host.IP}
		obs.Seen[i] = plan.Seen{Target: t, Matches: matches}
	}
	return obs
}

// round is a pass and the sweep after it.
func (e *estate) round(tb testing.TB) reconcile.Report {
	tb.Helper()
	o := reconcile.Options{Lists: e.NewLists(true)}
	report := e.Pass(tb.Context(), reconcile.Source{Name: hq, Observe: e.observe, Record: e}, o)
	swept := e.Sweep(tb.Context(), o)
	if report.Failed() || swept.Failed() || e.writes > 0 || len(report.Plan.Items) != e.n || !report.Plan.Empty() {
		tb.Fatalf("%d writes, %d items: %s %s", e.writes, len(report.Plan.Items), troubles(report), troubles(swept))
	}
	return report
}

// BenchmarkNothingToDo is what var itself does in a pass with nothing to do: reading the brain and the devices, which
// is here made up, costs some of it.
func BenchmarkNothingToDo(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint("n=", n), func(b *testing.B) {
			e := newEstate(b, n)
			b.ReportAllocs()
			for b.Loop() {
				e.round(b)
			}
		})
	}
}
