package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/notify"
)

func (a *App) notifyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "notify", Short: "Try out the channels that tell what var does"}
	cmd.AddCommand(&cobra.Command{
		Use: "test [CHANNEL...]", Short: "Send a message through each channel that says it is a test", Args: someArgs,
		Long: "test sends a message through each channel of the configuration, or through the named ones (mail, syslog, audit,\n" +
			"webhook.NAME), and says what each answered. A channel that takes it is not taken for down any longer, and gets what\n" +
			"it missed.\n\nIt ends with 1 when one of them did not take it.",
		Example: "  var notify test\n  var notify test mail webhook.soc",
		RunE:    func(cmd *cobra.Command, names []string) error { return a.notifyTest(cmd.Context(), names) },
	})
	return cmd
}

// testView is what a channel answered.
type testView struct {
	Channel string `json:"channel"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
}

func (a *App) notifyTest(ctx context.Context, names []string) error {
	return a.withJournal(ctx, func(cfg *config.Config, j *journal.Journal) error {
		s := a.mailroom(ctx, cfg, j)
		if err := knownChannels(outletsOf(cfg.Notify), names); err != nil {
			return err
		}
		c := s.newCourier()
		tested := c.Test(ctx, names...)
		s.closeChannels(c)
		defer s.inform(ctx)
		return a.printTests(tested)
	})
}

// knownChannels refuses names of channels that are not in use, and a test of none.
func knownChannels(all []notify.Outlet, names []string) error {
	var known []string
	for _, o := range all {
		known = append(known, o.Name)
	}
	if len(known) == 0 {
		return usage(errors.New("no channel is in use: give the configuration a table such as [notify.mail], or notify.NAME.enabled = true"))
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return usage(fmt.Errorf("channel %q is not in use; there are: %s", name, strings.Join(known, ", ")))
		}
	}
	return nil
}

func (a *App) printTests(tested []notify.Tested) error {
	views, rows, failed := make([]testView, len(tested)), make([][]string, len(tested)), false
	for i, t := range tested {
		views[i] = testView{Channel: t.Name, OK: t.Err == nil, Problem: errorText(t.Err)}
		rows[i] = []string{t.Name, "taken", "-"}
		if t.Err != nil {
			failed = true
			rows[i] = []string{t.Name, "FAILED", inert.Line(views[i].Problem)}
		}
	}
	var err error
	if a.json() {
		err = a.printJSON(map[string]any{"schema": 1, "channels": views})
	} else {
		err = a.printTable([]string{"CHANNEL", "TEST", "PROBLEM"}, rows)
	}
	if failed {
		return errors.Join(err, &exit{ExitError, nil})
	}
	return err
}

// formerTests are the predecessor's flags that send a test and end.
type formerTests struct{ mail, syslog bool }

func (f *formerTests) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.mail, "test_smtp", false, `the predecessor's name of "var notify test mail"`)
	cmd.Flags().BoolVar(&f.syslog, "test_syslog", false, `the predecessor's name of "var notify test syslog"`)
	_, _ = cmd.Flags().MarkHidden("test_smtp"), cmd.Flags().MarkHidden("test_syslog")
}

// names are the channels that are to be tested.
func (f *formerTests) names() (names []string) {
	if f.mail {
		names = append(names, channelMail)
	}
	if f.syslog {
		names = append(names, channelSyslog)
	}
	return names
}

// insteadOf has a command test channels where one of the flags is given.
func (f *formerTests) insteadOf(a *App, do func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if names := f.names(); len(names) > 0 {
			return a.notifyTest(cmd.Context(), names)
		}
		return do(cmd, args)
	}
}
