package dispatch_test

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestTheLogHasALineForEachAction(t *testing.T) {
	s := newScene(t)
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	release := held(entity.ActionRelease, "2", "b")
	s.hold(release)
	s.edge.fail["c"] = errors.New("full")
	d := dispatch.New([]dispatch.Enforcer{s.edge, s.dc}, s.record, s.clock, log, s.options)
	d.Carry(t.Context(), []plan.Item{blocking("1", "a"), release, blocking("3", "c")}, s.until)
	var got []string
	for line := range strings.Lines(out.String()) {
		_, line, _ = strings.Cut(strings.TrimSpace(line), " msg=")
		got = append(got, line)
	}
	slices.Sort(got)
	want := []string{
		`"action carried out" source=hq blocker=edge target=hq/detection/1 action=block outcome=done duration_ms=0`,
		`"action carried out" source=hq blocker=edge target=hq/detection/2 action=release outcome=done duration_ms=0`,
		`"action carried out" source=hq blocker=edge target=hq/detection/3 action=block outcome=failed duration_ms=0 error=full`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
