package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/reconcile"
)

type panicOptions struct {
	blockers     []string
	yes          bool
	reason, from string
	deadline     span
}

func (a *App) panicCommand() *cobra.Command {
	o := panicOptions{deadline: span{Duration: 30 * time.Second, least: time.Second, most: time.Hour}}
	cmd := &cobra.Command{
		Use: "panic", Short: "Take everything off every device, now, and block nothing until resume", Args: noArgs,
		Long: "panic first records that nothing is to be put on any device: every process obeys until var resume. Then it withdraws\n" +
			"all that var holds, on all blockers or the named ones, from the journal alone: brains and name service may be down.\n" +
			"What does not answer within the deadline is given up and does not keep the others from being cleared; say it again\n" +
			"for what is left. It does not wait for the rate of a blocker. Nothing of anybody else is touched. The brains are told\n" +
			"by the next pass.\n\n" +
			"With --from it works from a copy of the state that var state backup made, where the state itself is lost. The copy\n" +
			"then says what is left. It refuses while another process is at work.",
		Example: "  var panic\n  var panic --yes --reason \"nobody can log in\"\n  var panic --blocker edge --yes\n  var panic --from /backup/var.db --yes",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.panic(cmd.Context(), o) },
	}
	cmd.Flags().StringSliceVar(&o.blockers, "blocker", nil, "only these blockers (default: all)")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	reasonFlag(cmd, &o.reason)
	cmd.Flags().StringVar(&o.from, "from", "", "a copy of the state to work from")
	cmd.Flags().Var(&o.deadline, "deadline", "how long one device, or another process, is waited for")
	return cmd
}

func (a *App) panic(ctx context.Context, o panicOptions) (err error) {
	sys, err := a.openUrgent(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	if o.from == "" { // a copy is nobody's history
		sys.settleChannels(ctx)
		defer sys.inform(ctx)
	}
	sys.warn()
	if err := sys.agreed(ctx, o); err != nil {
		return err
	}
	ignorant, err := sys.ignorant(ctx)
	if err != nil {
		return err
	}
	by := a.by(o.reason)
	if err := sys.stopAll(ctx, o, by); err != nil {
		return err
	}
	fmt.Fprintln(a.Err, "nothing is put on any device from now on, until \"var resume\"")
	if sys.fleet, err = a.startFleet(ctx, sys.cfg, sys, nil); err != nil {
		return err
	}
	sys.rec = sys.reconciler()
	all, err := sys.rec.Withdraw(ctx, o.blockers, by, o.deadline.Duration)
	return errors.Join(err, a.printWithdrawals(by, all), withdrawnVerdict(all), sys.ignorance(ignorant), sys.stillStopped(ctx))
}

// stillStopped tells when somebody resumed before the panic was over: then blocks may be back already.
func (s *system) stillStopped(ctx context.Context) error {
	stops, err := s.journal.Stops(ctx)
	if err != nil || stops.Panic != nil {
		return err
	}
	fmt.Fprintln(s.app.Err, "somebody said \"var resume\" meanwhile: what rules want is blocked again; say panic again when that is not meant")
	return &exit{ExitPartial, nil}
}

// ignorant reports a state that is new: devices may bear what an earlier one put there, and "clear" says nothing of that.
func (s *system) ignorant(ctx context.Context) (bool, error) {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return false, err
	}
	events, err := s.journal.History(ctx, journal.Filter{Limit: 1})
	return len(held)+len(events) == 0 || s.journal.Fresh() && s.cfg.Owner == "", err
}

func (s *system) ignorance(ignorant bool) error {
	if !ignorant {
		return nil
	}
	fmt.Fprintln(s.app.Err, "the state is new: what an earlier one put on the devices is not known to it and may still be there; "+
		"\"var panic --from FILE\" takes that off, FILE being a backup or what was set aside")
	return &exit{ExitPartial, nil}
}

// stopAll sets the flag that refuses to put anything on a device: in the journal that is worked from, and beside a copy in
// the state.
func (s *system) stopAll(ctx context.Context, o panicOptions, by entity.By) error {
	stop := func(j *journal.Journal) error { return j.Stop(ctx, journal.StopPanic, by) }
	if err := stop(s.journal); err != nil || o.from == "" {
		return err
	}
	return s.app.withState(ctx, s.cfg, stop)
}

// agreed asks once, with what is at stake.
func (s *system) agreed(ctx context.Context, o panicOptions) error {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return err
	}
	where, targets := "all blockers", map[entity.Ref]bool{}
	if len(o.blockers) > 0 {
		where = strings.Join(o.blockers, ", ")
	}
	for _, name := range o.blockers {
		_, known := s.cfg.Blockers[name]
		if !known && !slices.ContainsFunc(held, func(h entity.Holding) bool { return h.Blocker == name }) {
			return usage(fmt.Errorf("--blocker %s: the configuration has no such blocker, and nothing is held there", name))
		}
	}
	for _, h := range held {
		if len(o.blockers) == 0 || slices.Contains(o.blockers, h.Blocker) {
			targets[h.Target.Ref] = true
		}
	}
	question := fmt.Sprintf("take %d targets off %s, and block nothing anywhere until \"var resume\"?", len(targets), where)
	return s.app.confirm(ctx, question, o.yes)
}

type withdrawalView struct {
	Blocker string       `json:"blocker"`
	Devices []answerView `json:"devices"`
	// Leased is another process that was at work there meanwhile.
	Leased  string `json:"leased,omitempty"`
	Problem string `json:"problem,omitempty"`
}

type answerView struct {
	Device  string `json:"device"`
	Off     int    `json:"off"`
	Left    int    `json:"left"`
	Problem string `json:"problem,omitempty"`
}

func viewWithdrawal(w reconcile.Withdrawal) withdrawalView {
	v := withdrawalView{Blocker: w.Blocker, Devices: []answerView{}, Leased: errorText(w.Leased), Problem: errorText(w.Err)}
	for _, d := range w.Devices {
		v.Devices = append(v.Devices, answerView{Device: d.Device, Off: d.Off, Left: d.Left, Problem: inert.Line(d.Problem)})
	}
	return v
}

func (a *App) printWithdrawals(by entity.By, all []reconcile.Withdrawal) error {
	views := make([]withdrawalView, len(all))
	for i, w := range all {
		views[i] = viewWithdrawal(w)
	}
	if a.json() {
		return a.printJSON(map[string]any{"schema": 1, "by": by, "blockers": views})
	}
	var rows [][]string
	off, left := 0, 0
	for i, v := range views {
		for _, d := range v.Devices {
			state := "clear"
			if d.Left > 0 || v.Problem != "" {
				state = "FAILED"
			}
			rows = append(rows, []string{v.Blocker, d.Device, state, fmt.Sprint(d.Off), fmt.Sprint(d.Left), orDash(cmp.Or(d.Problem, v.Problem))})
		}
		for _, r := range all[i].Results {
			if r.Failed() {
				left++
			} else {
				off++
			}
		}
		if v.Leased != "" {
			fmt.Fprintf(a.Err, "%s: not waited for any longer: %s\n", v.Blocker, v.Leased)
		}
	}
	if len(rows) > 0 {
		if err := a.printTable([]string{"BLOCKER", "DEVICE", "STATE", "OFF", "LEFT", "PROBLEM"}, rows); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("panic: %d off", off)
	if left > 0 {
		text += fmt.Sprintf(", %d left: say it again once the devices answer", left)
	}
	_, err := fmt.Fprintln(a.Err, text)
	return err
}

func withdrawnVerdict(all []reconcile.Withdrawal) error {
	if slices.ContainsFunc(all, reconcile.Withdrawal.Failed) {
		return &exit{ExitPartial, nil}
	}
	return nil
}
