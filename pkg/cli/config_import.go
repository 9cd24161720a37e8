package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
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
			"destinations) or its manifests for Kubernetes (*.yaml), that of Fortinet-Groups, or the config.json of VAE-DBL, without\n" +
			"executing any of it, and writes a configuration with a comment at each value that says where it comes from. What could\n" +
			"not be carried over is named, with what to do. It overwrites nothing, and changes nothing of the predecessor.\n" +
			"docs/move.md tells the whole way.",
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
	lists := listsOf(left, filepath.Dir(o.out))
	for _, path := range slices.Sorted(maps.Keys(lists)) {
		if err := absent(path, "a folder of its own with --out"); err != nil {
			return err
		}
	}
	if err := a.agree(ctx, left, o); err != nil {
		return err
	}
	if err := writeImport(doc, lists); err != nil {
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
		fmt.Fprintln(a.Err, inert.Text(p.String()))
	}
	return usage(errors.New("nothing was written: mend these in the predecessor's files, or in a copy of them, and start again"))
}

// listsOf are the files that lie beside the configuration, by their paths.
func listsOf(left *predecessor.Import, folder string) map[string][]byte {
	lists := map[string][]byte{}
	for name, text := range map[string][]byte{predecessor.StaticName: left.Static, predecessor.TakenOverName: left.TakenOver} {
		if text != nil {
			lists[filepath.Join(folder, name)] = text
		}
	}
	return lists
}

// writeImport writes all files or none.
func writeImport(doc *config.Document, lists map[string][]byte) (err error) {
	var written []string
	for path, text := range lists {
		if err = writeNew(path, text); err != nil {
			break
		}
		written = append(written, path)
	}
	if err == nil {
		err = doc.Save()
	}
	if err != nil {
		for _, path := range written {
			err = errors.Join(err, os.Remove(path))
		}
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
