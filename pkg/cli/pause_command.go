package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/view"
)

func (a *App) pauseCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "pause --reason TEXT", Short: "Block nobody newly until resume; releases go on", Args: noArgs,
		Long: "pause stops new blocks: of passes, loops and persons, in every process, and across restarts. What is held stays\n" +
			"held and is renewed and repaired, and releases go on. Everything shows who paused, when and why.",
		Example: `  var pause --reason "change window of the network team until six"`,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.pause(cmd.Context(), reason) },
	}
	reasonFlag(cmd, &reason)
	return cmd
}

func (a *App) resumeCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "resume", Short: "End a pause or a panic", Args: noArgs,
		Long: "resume ends what pause and panic began. The next pass blocks again what the rules match, within the limits\n" +
			"of its gates; see it beforehand with var plan.",
		Example: "  var resume --reason \"the link is up again\"",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.resume(cmd.Context(), reason) },
	}
	reasonFlag(cmd, &reason)
	return cmd
}

func (a *App) pause(ctx context.Context, reason string) error {
	if err := needReason(reason); err != nil {
		return err
	}
	return a.withJournal(ctx, func(cfg *config.Config, j *journal.Journal) error {
		defer a.mailroom(ctx, cfg, j).inform(ctx)
		by := a.by(reason)
		if err := j.Stop(ctx, journal.StopPause, by); err != nil {
			return err
		}
		return a.say("paused by "+view.Person(by)+": nobody is blocked newly until \"var resume\"; releases go on", map[string]any{"paused": by})
	})
}

func (a *App) resume(ctx context.Context, reason string) error {
	return a.withJournal(ctx, func(cfg *config.Config, j *journal.Journal) error {
		defer a.mailroom(ctx, cfg, j).inform(ctx)
		stops, err := j.Stops(ctx)
		if err != nil {
			return err
		}
		if stops.Panic == nil && stops.Pause == nil {
			return a.say("nothing is paused", map[string]any{"ended": []string{}})
		}
		if err := j.Resume(ctx, a.by(reason)); err != nil {
			return err
		}
		var ended []string
		for _, s := range view.StopsOf(stops) {
			ended = append(ended, s.Text)
			fmt.Fprintln(a.Err, "ended:", s.Text)
		}
		return a.say("the next pass blocks what the rules match; see it with \"var plan\"", map[string]any{"ended": ended})
	})
}

// say tells what was done: a sentence, or JSON.
func (a *App) say(text string, fields map[string]any) error {
	if a.json() {
		fields["schema"] = 1
		return a.printJSON(fields)
	}
	_, err := fmt.Fprintln(a.Err, text)
	return err
}
