//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// inImage mounts the root of an image read-only, with what an engine gives, and runs var there as the user of the image, with
// no rights besides.
const inImage = `set -e
root=$1 files=$2 state=$3
shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
mount -o remount,ro,bind "$root"
mount --bind "$files" "$root/etc/var"
mount --bind "$state" "$root/var/lib/var"
mount -t proc proc "$root/proc"
cd "$root"
exec env -i PATH=/usr/bin HOME=/var/lib/var TMPDIR=/var/lib/var CREDENTIALS_DIRECTORY=/etc/var/credentials \
	/usr/sbin/chroot --userspec=65532:65532 --groups= "$root" /usr/bin/var "$@"`

// The files of the image are all that var needs for a pass, also where nothing but its state can be written.
func TestTheImageMakesAPass(t *testing.T) {
	w, root, state := newWorld(t), unpackedImage(t), t.TempDir()
	files := t.TempDir()
	w.mountable(files)
	if err := os.Chown(state, user, user); err != nil {
		t.Fatal(err)
	}
	inside := func(args ...string) (string, error) {
		return command(t, ".", "unshare", append([]string{"--mount", "--pid", "--fork", "sh", "-c", inImage, "sh", root, files, state}, args...)...)
	}
	if out, err := inside("version"); err != nil || !strings.HasPrefix(out, "var ") {
		t.Fatalf("var version: %v\n%s", err, out)
	}
	if out, err := inside("plugin", "list"); err != nil || !strings.Contains(out, "fortigate") || !strings.Contains(out, "paloalto") {
		t.Errorf("var plugin list: %v\n%s", err, out)
	}
	// The programs of external-command are the operator's to bring: the image has none.
	out, _ := inside("run", "--config", "/etc/var/config.toml")
	if !strings.Contains(out, "\npass: block 31, spare 3; of these failed 6, unsupported 2 ") || strings.Count(out, "/usr/bin/true was not started") != 6 {
		t.Errorf("var run:\n%s", out)
	}
	left := names(t, state)
	if len(left) == 0 || strings.Contains(strings.Join(left, " "), "var-plugin-") {
		t.Errorf("the state has %v", left)
	}
}

// mountable is the configuration of the world with its secrets, for the user of the image.
func (w *world) mountable(folder string) {
	w.t.Helper()
	for path, content := range map[string][]byte{
		"config.toml": w.config(), "ca.pem": readFile(w.t, filepath.Join(w.folder, "ca.pem")),
		"destinations.txt": readFile(w.t, filepath.Join(w.folder, "destinations.txt")),
	} {
		w.give(filepath.Join(folder, path), content)
	}
	if err := os.Mkdir(filepath.Join(folder, "credentials"), 0o755); err != nil { //nolint:gosec // its files are the user's alone
		w.t.Fatal(err)
	}
	for _, path := range names(w.t, filepath.Join(w.folder, "credentials")) {
		w.give(filepath.Join(folder, "credentials", filepath.Base(path)), readFile(w.t, path))
	}
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // another user looks into it
		w.t.Fatal(err)
	}
}

// give writes a file that the user of the image alone may read.
func (w *world) give(path string, content []byte) {
	w.t.Helper()
	if err := os.WriteFile(path, content, 0o400); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Chown(path, user, user); err != nil {
		w.t.Fatal(err)
	}
}

// unpackedImage is the root that an engine would make of the image.
func unpackedImage(t *testing.T) string {
	t.Helper()
	path, err := makeImage(built(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	flat := mutate.Extract(image)
	defer flat.Close()
	tar := exec.CommandContext(t.Context(), "tar", "--extract", "--preserve-permissions", "--numeric-owner", "--directory", root)
	tar.Stdin = flat
	if out, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	if err := os.Chmod(root, 0o755); err != nil { //nolint:gosec // the root of a file system
		t.Fatal(err)
	}
	return root
}
