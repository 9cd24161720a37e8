package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/predecessor"
)

type importOptions struct {
	out, flags   string
	keyring, yes bool
}

func (a *App) importCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use: "import FILE|DIR", Short: "Make a configuration of what a predecessor left", Args: oneArg,
		Long: "import reads the folder of Vectra Automated Response (config.py, the configurations of its clients, its static\n" +
			"destinations), of Fortinet-Groups, or the config.json of VAE-DBL, without executing any of it, and writes a configuration\n" +
			"with a comment at each value that says where it comes from. What could not be carried over is named, with what to do.\n" +
			"It overwrites nothing, and changes nothing of the predecessor. docs/move.md tells the whole way.",
		Example: "  var config import /opt/vectraautomatedresponse\n  var config import /opt/vectraautomatedresponse --keyring --out /etc/var/config.toml\n" +
			"  var config import /opt/fortinet-groups --flags \"--block_host_tag block --block_host_tc 80 90\"",
		RunE: func(cmd *cobra.Command, args []string) error { return a.importConfig(cmd.Context(), args[0], o) },
	}
	cmd.Flags().StringVar(&o.out, "out", "config.toml", "file to write; it must not exist")
	cmd.Flags().StringVar(&o.flags, "flags", "", "flags that the predecessor is run with, as they stand in its crontab")
	cmd.Flags().BoolVar(&o.keyring, "keyring", false, "also bring the secrets over, from the predecessor's keyring and files into ours")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask before secrets are brought over")
	return cmd
}

func (a *App) importConfig(ctx context.Context, path string, o importOptions) error {
	lists := filepath.Join(filepath.Dir(o.out), predecessor.StaticName)
	if err := absent(o.out, "--out"); err != nil {
		return err
	}
	options := predecessor.Options{Flags: o.flags, LookPath: exec.LookPath}
	left, err := predecessor.Read(path, options)
	if err != nil {
		return a.tellRefusal(err)
	}
	doc, err := left.Document(o.out)
	if err != nil {
		return err
	}
	if left.Static != nil {
		if err := absent(lists, "a folder of its own with --out"); err != nil {
			return err
		}
	}
	if err := a.agree(ctx, left, o); err != nil {
		return err
	}
	if err := writeImport(doc, lists, left.Static); err != nil {
		return err
	}
	kept, troubles := a.bringSecrets(ctx, left, o, options)
	return errors.Join(a.tellImport(ctx, left, o.out, kept), troubles)
}

// absent refuses to write over a file.
func absent(path, cure string) error {
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return usage(fmt.Errorf("%s exists, and import writes over nothing: move it away, or name another file with %s", path, cure))
}

// tellRefusal says each thing that keeps the predecessor from being carried over.
func (a *App) tellRefusal(err error) error {
	var refusal *predecessor.Refusal
	if !errors.As(err, &refusal) {
		return usage(err)
	}
	for _, p := range refusal.Problems {
		fmt.Fprintln(a.Err, legible(p.String()))
	}
	return usage(errors.New("nothing was written: mend these in the predecessor's files, or in a copy of them, and start again"))
}

// writeImport writes both files or none.
func writeImport(doc *config.Document, lists string, static []byte) error {
	if static == nil {
		return doc.Save()
	}
	if err := writeNew(lists, static); err != nil {
		return err
	}
	err := doc.Save()
	if err != nil {
		err = errors.Join(err, os.Remove(lists))
	}
	return err
}

// writeNew makes a file that does not exist, for its owner alone.
func writeNew(path string, text []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
