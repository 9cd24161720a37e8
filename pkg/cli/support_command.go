package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/internal/inert"
)

func (a *App) supportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "support", Short: "Gather what a bug report needs"}
	names := false
	dump := &cobra.Command{
		Use: "dump [FILE.tar.gz]", Short: "Write a bundle for a bug report: without secrets, names and addresses", Args: atMostOneArg,
		Long: "dump runs what a person would run to see how var is doing (version, config show, config check, status, history, the\n" +
			"plugin commands), adds the end of the log and facts about this process and machine, and packs it into one file. Secrets\n" +
			"are taken out; names and addresses of targets, devices, brains and persons are replaced, each by the same word wherever\n" +
			"it stands. It changes nothing, and works where the configuration, the state or the plugins do not.",
		Example: "  var support dump\n  var support dump --with-names /tmp/var-support.tar.gz\n  tar tzf var-support-*.tar.gz",
		RunE: func(cmd *cobra.Command, args []string) error {
			path := fmt.Sprintf("var-support-%s.tar.gz", a.Now().UTC().Format("20060102-150405"))
			if len(args) > 0 {
				path = args[0]
			}
			return a.dump(cmd.Context(), path, names)
		},
	}
	dump.Flags().BoolVar(&names, "with-names", false, "leave names and addresses as they are; secrets are taken out all the same")
	cmd.AddCommand(dump)
	return cmd
}

// dump writes a bundle and says what is in it.
func (a *App) dump(ctx context.Context, path string, names bool) error {
	b := a.gather(ctx)
	cleaned := b.clean(&a.book.mask, names)
	if err := writeBundle(path, cleaned, a.Now()); err != nil {
		return err
	}
	for _, f := range cleaned {
		fmt.Fprintf(a.Out, "%s\t%d bytes\t%s\n", f.name, len(f.text), f.about)
	}
	_, err := fmt.Fprintf(a.Err, "support: %s is written (%s); look through it before you send it to anybody\n", inert.Text(path), plural(len(cleaned), "file"))
	return err
}
