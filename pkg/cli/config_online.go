package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/setup"
)

// onlineView is one thing that was tried out: at a brain, a device of a blocker, the static list, a
// channel, or the state.
type onlineView struct {
	Brain   string `json:"brain,omitempty"`
	Blocker string `json:"blocker,omitempty"`
	Device  string `json:"device,omitempty"`
	Static  string `json:"static,omitempty"`
	Channel string `json:"channel,omitempty"`
	// Database is where the state is.
	Database string `json:"database,omitempty"`
	Check    string `json:"check"`
	// OK is false when it failed and is needed.
	OK     bool   `json:"ok"`
	State  string `json:"state"`
	Detail string `json:"detail,omitempty"`
}

// The states of what was tried out.
const (
	stateOK         = "ok"
	stateFailed     = "FAILED"
	stateNotChecked = "not checked"
	stateNotNeeded  = "not needed"
)

// checkOnline tries out everything that the configuration names, all of it at the same time.
func (a *App) checkOnline(ctx context.Context, cfg *config.Config) []onlineView {
	t := a.newTrial(a.log())
	var tried []func() []onlineView
	for _, name := range slices.Sorted(maps.Keys(cfg.Brains)) {
		tried = append(tried, func() []onlineView { return t.brainViews(ctx, cfg, name) })
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Blockers)) {
		tried = append(tried, func() []onlineView { return t.blockerViews(ctx, cfg, name) })
	}
	if cfg.Static.Destinations != "" {
		tried = append(tried, func() []onlineView { return []onlineView{staticView(cfg)} })
	}
	for _, c := range channels(cfg.Notify) {
		tried = append(tried, func() []onlineView { return t.channelViews(ctx, cfg, c) })
	}
	tried = append(tried, func() []onlineView { return []onlineView{a.stateView(ctx, cfg)} })
	views := make([][]onlineView, len(tried))
	var wg sync.WaitGroup
	for i, try := range tried {
		wg.Go(func() { views[i] = try() })
	}
	wg.Wait()
	return slices.Concat(views...)
}

func (t *trial) brainViews(ctx context.Context, cfg *config.Config, name string) []onlineView {
	checks := t.Brain(ctx, name, cfg.Brains[name], nil).Checks
	if readable(checks) {
		checks = append(checks, t.groups(ctx, cfg, name)...)
	}
	var views []onlineView
	for _, c := range checks {
		v := viewOfCheck(c)
		v.Brain = c.Of
		if why := notNeeded(cfg, c.Name); why != "" && c.Err != nil {
			v.OK, v.State, v.Detail = true, stateNotNeeded, why+"; "+v.Detail
		}
		views = append(views, v)
	}
	return views
}

// readable reports that groups can be read, and in the version that is configured.
func readable(checks []setup.Check) bool {
	good := false
	for _, c := range checks {
		if strings.HasPrefix(c.Name, "api ") && c.Err != nil {
			return false
		}
		good = good || c.Name == "read groups" && c.Err == nil
	}
	return good
}

func (t *trial) blockerViews(ctx context.Context, cfg *config.Config, name string) []onlineView {
	b := cfg.Blockers[name]
	if !b.Enabled {
		return []onlineView{{Blocker: name, Check: "probe", OK: true, State: stateNotChecked, Detail: "enabled is false"}}
	}
	wrong, checks := t.Blocker(ctx, name, b, nil)
	for _, p := range cfg.SettingsProblems(name, wrong) {
		checks = append(checks, setup.Check{Of: name, Name: "settings", Err: p})
	}
	var views []onlineView
	for _, c := range checks {
		v := viewOfCheck(c)
		v.Blocker = name
		if c.Of != name {
			v.Device = c.Of
		}
		views = append(views, v)
	}
	return views
}

func staticView(cfg *config.Config) onlineView {
	c := setup.Check{Name: "read"}
	list, err := config.ReadStatic(cfg.Static.Destinations, cfg.Static.Networks())
	switch {
	case err != nil:
		c.Err = err
	case len(list.Problems) > 0:
		c.Err = fmt.Errorf("%d of its lines cannot be used, beginning with %w", len(list.Problems), list.Problems[0])
	default:
		c.Detail = fmt.Sprintf("%d destinations", len(list.Destinations))
	}
	v := viewOfCheck(c)
	v.Static = cfg.Static.Destinations
	return v
}

// stateView looks whether a run could write the state, and opens it without writing anything.
func (a *App) stateView(ctx context.Context, cfg *config.Config) onlineView {
	ctx, cancel := within(ctx, trialTime)
	defer cancel()
	c := setup.Check{Name: "open"}
	if path := cfg.StatePath(); path != "" {
		c.Err = stateRoom(path)
	}
	if c.Err == nil {
		c.Detail, c.Err = a.tryState(ctx, cfg)
	}
	v := viewOfCheck(c)
	v.Database = cfg.State
	return v
}

func (a *App) tryState(ctx context.Context, cfg *config.Config) (detail string, err error) {
	j, err := a.lookAtState(ctx, cfg)
	switch {
	case errors.Is(err, journal.ErrAbsent):
		return entity.NotChecked + "it is not there yet, the first run makes it", nil
	case err != nil:
		return "", err
	}
	return "", j.Close()
}

// viewOfCheck tells what came of a check, and of one that failed what to do.
func viewOfCheck(c setup.Check) onlineView {
	v := onlineView{Check: c.Name, OK: c.Err == nil, State: stateOK, Detail: c.Detail}
	if why, not := strings.CutPrefix(c.Detail, entity.NotChecked); not {
		v.State, v.Detail = stateNotChecked, why
	}
	if c.Err != nil {
		parts := slices.DeleteFunc([]string{errorText(c.Err), v.Detail}, func(s string) bool { return s == "" })
		v.State, v.Detail = stateFailed, strings.Join(parts, "; ")
	}
	return v
}

// part is what was asked, in words.
func (v onlineView) part() string {
	switch {
	case v.Brain != "":
		return "brain " + v.Brain
	case v.Blocker != "":
		return "blocker " + v.Blocker
	case v.Static != "":
		return "static"
	case v.Channel != "":
		return "notify " + v.Channel
	}
	return "state"
}

// printOnline shows what was tried out; one that failed makes the exit code.
func (a *App) printOnline(views []onlineView) error {
	failed := 0
	rows := make([][]string, len(views))
	for i, v := range views {
		rows[i] = []string{v.part(), orDash(v.Device), v.Check, v.State, orDash(v.Detail)}
		if !v.OK {
			failed++
		}
	}
	var err error
	if a.json() {
		err = a.printJSON(map[string]any{"schema": 1, "ok": failed == 0, "checks": views})
	} else {
		err = a.printTable([]string{"PART", "DEVICE", "CHECK", "STATE", "DETAIL"}, rows)
	}
	if err != nil || failed == 0 {
		return err
	}
	fmt.Fprintf(a.Err, "config: %d of %d checks failed\n", failed, len(views))
	return &exit{ExitPartial, nil}
}
