package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

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
	cmd.AddCommand(up, a.labChangeCommand(), a.labStateCommand(), a.demoCommand(), isolateCommand())
	return cmd
}

func (a *App) labChangeCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "change END OP [ARGS]", Short: "Change an end of a running world; docs/lab.md lists what an admin, an analyst or time may do",
		Example: `  var lab change --dir D fw1 reboot` + "\n" + `  var lab change --dir D fw1 replace '{"serial": "FGVM0000NEW"}'`,
		Args:    func(cmd *cobra.Command, args []string) error { return given(cmd, args, cobra.RangeArgs(2, 3)) },
		RunE: func(cmd *cobra.Command, args []string) error {
			world, err := lab.Reach(dir)
			if err != nil {
				return err
			}
			defer world.Close()
			return world.Change(cmd.Context(), args[0], args[1], []byte(strings.Join(args[2:], "")))
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder of the world")
	_ = cmd.MarkFlagRequired("dir")
	return cmd
}

func (a *App) labStateCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "state END", Short: "Print all that an end of a running world holds, as JSON", Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			world, err := lab.Reach(dir)
			if err != nil {
				return err
			}
			defer world.Close()
			state, err := world.State(cmd.Context(), args[0])
			if err == nil {
				_, err = a.Out.Write(state)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder of the world")
	_ = cmd.MarkFlagRequired("dir")
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
