package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/lab/demo"
)

func (a *App) labCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "lab", Short: "A simulated world on this machine: brains, FortiGates, a PAN-OS firewall"}
	var dir string
	up := &cobra.Command{
		Use: "up", Short: "Serve the world until interrupted, and write what a run of var needs to work in it", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.labUp(cmd.Context(), dir) },
	}
	up.Flags().StringVar(&dir, "dir", "", "folder for config.toml, ca.pem, lab.json and credentials/")
	cmd.AddCommand(up, a.demoCommand(), isolateCommand())
	return cmd
}

func (a *App) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "Play the life of a block in a world of its own, and check each step there", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			self, err := os.Executable()
			if err != nil {
				return err
			}
			var args []string
			if a.pluginDir != "" {
				args = []string{"--plugin-dir", a.pluginDir}
			}
			return demo.Run(cmd.Context(), demo.Options{Program: self, Args: args, Out: a.Out})
		},
	}
}

// isolateCommand is the program that the world's external command runs.
func isolateCommand() *cobra.Command {
	var dir string
	var undo bool
	cmd := &cobra.Command{
		Use: "isolate ADDRESS", Short: "Keep an address in a folder: the lab's external command", Args: oneArg, Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error { return demo.Isolate(dir, args[0], undo) },
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder")
	cmd.Flags().BoolVar(&undo, "undo", false, "let it go")
	_ = cmd.MarkFlagRequired("dir")
	return cmd
}

func (a *App) labUp(ctx context.Context, dir string) (err error) {
	if dir == "" {
		return usage(errors.New("--dir: name a folder for what the world writes"))
	}
	w, err := lab.Up(dir, lab.UpOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	admin, _ := w.Admin()
	fmt.Fprintf(a.Out, "lab: serving; admin API at %s, its token in %s/lab.json\n", admin, dir)
	fmt.Fprintf(a.Out, "try: CREDENTIALS_DIRECTORY=%s/credentials var run --config %s/config.toml\n", dir, dir)
	<-ctx.Done()
	return nil
}
