package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func TestVersionsAreOrderedAsTheyCameAbout(t *testing.T) {
	date := time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 2*60*60))
	for describe, want := range map[string]string{
		"v1.2.3": "1.2.3", "v1.2.3-dirty": "1.2.3+dirty", "v1.2.3-4-gabcdef0": "1.2.3+4.gabcdef0",
		"v1.2.3-4-gabcdef0-dirty": "1.2.3+4.gabcdef0.dirty", "v1.2.3-rc.1": "1.2.3~rc.1", "v1.2.3-rc.1-4-gabcdef0": "1.2.3~rc.1+4.gabcdef0",
		"abcdef0": "0.0.0+20261122100000.abcdef0", "1234567": "0.0.0+20261122100000.1234567", "abcdef0-dirty": "0.0.0+20261122100000.abcdef0.dirty",
		"unknown": "0.0.0+20261122100000.unknown",
	} {
		if got := packageVersion(describe, date); got != want {
			t.Errorf("%s: got %s, want %s", describe, got, want)
		}
	}
	ascending := []string{"abcdef0", "v1.2.2", "v1.2.3-rc.1", "v1.2.3-rc.1-4-gabcdef0", "v1.2.3", "v1.2.3-4-gabcdef0", "v1.2.3-12-gabcdef0", "v1.2.4-rc.1"}
	for i := range ascending[1:] {
		older, newer := packageVersion(ascending[i], date), packageVersion(ascending[i+1], date)
		if err := exec.CommandContext(t.Context(), "dpkg", "--compare-versions", older, "lt", newer).Run(); err != nil {
			t.Errorf("to dpkg %s is not older than %s", older, newer)
		}
		compare := fmt.Sprintf("%%{lua: print(rpm.vercmp(%q, %q))}", older, newer)
		if out, err := exec.CommandContext(t.Context(), "rpm", "--eval", compare).Output(); err != nil || strings.TrimSpace(string(out)) != "-1" {
			t.Errorf("to rpm %s is not older than %s: %s, %v", older, newer, out, err)
		}
	}
}

// pretended is a release of programs that are none: what is packed matters here, not what it does.
func pretended(t *testing.T) release {
	t.Helper()
	r := release{
		root: filepath.Join("..", ".."), bin: t.TempDir(), man: t.TempDir(), completions: t.TempDir(),
		version: "v1.2.3", commit: strings.Repeat("a", 40), date: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), arch: "amd64",
	}
	for path, content := range map[string]string{
		filepath.Join(r.bin, "var"): "#!/bin/sh\n", filepath.Join(r.bin, "plugins", "var-plugin-some"): "#!/bin/sh\n",
		filepath.Join(r.man, "var.1"): ".TH VAR 1\n", filepath.Join(r.man, "var.toml.5"): ".TH VAR.TOML 5\n",
		filepath.Join(r.completions, "var.bash"): "#\n", filepath.Join(r.completions, "var.zsh"): "#\n", filepath.Join(r.completions, "var.fish"): "#\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// The same programs, packed in another folder, at another time and with other modes, give the same bytes.
func TestPackingTwiceGivesTheSameBytes(t *testing.T) {
	sums := func(r release) string {
		out := t.TempDir()
		if err := r.make(out, []string{"deb", "rpm", "image"}); err != nil {
			t.Fatal(err)
		}
		if check, err := command(t, out, "sha256sum", "--check", "SHA256SUMS"); err != nil {
			t.Errorf("sha256sum: %v\n%s", err, check)
		}
		text, err := os.ReadFile(filepath.Join(out, "SHA256SUMS"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first, other := pretended(t), pretended(t)
	if err := os.Chtimes(filepath.Join(other.bin, "var"), time.Unix(0, 0), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(other.bin, "var"), 0o777); err != nil {
		t.Fatal(err)
	}
	if a, b := sums(first), sums(other); a != b || strings.Count(a, "\n") != 3 {
		t.Errorf("packed twice:\n%s%s", a, b)
	}
}

// make package and make image write into the same folder, one after the other.
func TestSumsOfWhatWasMadeEarlierStay(t *testing.T) {
	r, out := pretended(t), t.TempDir()
	for _, kind := range []string{"deb", "rpm", "deb"} {
		if err := r.make(out, []string{kind}); err != nil {
			t.Fatal(err)
		}
	}
	if check, err := command(t, out, "sha256sum", "--check", "SHA256SUMS"); err != nil || strings.Count(check, ": OK") != 2 {
		t.Errorf("sha256sum: %v\n%s", err, check)
	}
	if err := os.Remove(filepath.Join(out, "var_1.2.3-1_amd64.deb")); err != nil {
		t.Fatal(err)
	}
	if err := r.make(out, []string{"rpm"}); err != nil {
		t.Fatal(err)
	}
	if check, err := command(t, out, "sha256sum", "--check", "SHA256SUMS"); err != nil {
		t.Errorf("what is gone has a sum: %v\n%s", err, check)
	}
}

// Both packages have the same files, with the same modes and owners, and no configuration that is in force.
func TestBothPackagesHaveTheSameFiles(t *testing.T) {
	r, out := pretended(t), t.TempDir()
	if err := r.make(out, []string{"deb", "rpm"}); err != nil {
		t.Fatal(err)
	}
	listed, err := command(t, out, "sh", "-c", `dpkg-deb --contents *.deb | awk '{print $1, $2, $6}' | sed 's| \./| /|; s|/$||' | grep -v '^drwxr-xr-x'`)
	if err != nil {
		t.Fatal(err)
	}
	inDeb := lines(listed)
	listed, err = command(t, out, "sh", "-c", `rpm -qp --queryformat '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]' *.rpm`)
	if err != nil {
		t.Fatal(err)
	}
	inRPM := lines(listed)
	if !slices.Equal(inDeb, inRPM) {
		t.Errorf("the files of the packages differ:\n%s\n\n%s", strings.Join(inDeb, "\n"), strings.Join(inRPM, "\n"))
	}
	for _, want := range []string{
		"-rwxr-xr-x root/root /usr/bin/var", "-rwxr-xr-x root/root /usr/sbin/var-as-service", "-rwxr-xr-x root/root /usr/lib/var/plugins/var-plugin-some",
		"drwxr-x--- root/var /etc/var", "drwx------ root/root /etc/var/credentials", "-rw-r--r-- root/root /usr/lib/systemd/system/var.service",
		"-rw-r--r-- root/root /usr/share/man/man1/var.1", "-rw-r--r-- root/root /usr/share/man/man5/var.toml.5",
		"-rw-r--r-- root/root /usr/share/doc/var/config.example.toml", "-rw-r--r-- root/root /usr/share/doc/var/copyright",
	} {
		if !slices.Contains(inDeb, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if slices.ContainsFunc(inDeb, func(l string) bool { return strings.HasSuffix(l, "/etc/var/config.toml") }) {
		t.Error("the package brings a configuration")
	}
}

// rpm reads what it is to install, and its scripts are those of the Debian package.
func TestTheScriptsArePacked(t *testing.T) {
	r, out := pretended(t), t.TempDir()
	if err := r.make(out, []string{"deb", "rpm"}); err != nil {
		t.Fatal(err)
	}
	scripts, err := command(t, out, "sh", "-c", `rpm -qp --scripts *.rpm && rpm --checksig *.rpm`)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, out, "dpkg-deb", "--control", filepath.Join(out, "var_1.2.3-1_amd64.deb"), "control"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, inDeb := range map[string]string{"before-install": "preinst", "after-install": "postinst", "before-remove": "prerm", "after-remove": "postrm"} {
		source, err := os.ReadFile(filepath.Join("scripts", name))
		if err != nil {
			t.Fatal(err)
		}
		packed, err := os.ReadFile(filepath.Join(out, "control", inDeb))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(source, packed) {
			t.Errorf("%s is not the script %s", inDeb, name)
		}
		if !strings.Contains(scripts, strings.TrimSpace(string(source))) {
			t.Errorf("the RPM has not the script %s", name)
		}
		if check, err := command(t, ".", "sh", "-n", filepath.Join("scripts", name)); err != nil {
			t.Errorf("%s: %s", name, check)
		}
	}
}

func TestTheImageIsSaidToBeWhatItIs(t *testing.T) {
	r, out := pretended(t), t.TempDir()
	path, err := makeImage(r, out)
	if err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config
	if c.User != "65532:65532" || c.Entrypoint[0] != "/usr/bin/var" || c.Labels["org.opencontainers.image.version"] != "1.2.3" ||
		config.OS != "linux" || config.Architecture != "amd64" || !config.Created.Equal(r.date) || len(c.Volumes) != 1 {
		t.Errorf("the image says %+v", config)
	}
}

// An authority is in the image, and none with a condition that a file cannot tell.
func TestTheImageTrustsAuthorities(t *testing.T) {
	content, err := pretended(t).layer()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for files := tar.NewReader(bytes.NewReader(content)); ; {
		h, err := files.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == "etc/ssl/certs/ca-certificates.crt" {
			text, _ := io.ReadAll(files)
			found = bytes.Count(text, []byte("BEGIN CERTIFICATE"))
		}
		if strings.HasPrefix(h.Name, "var/lib/var") && (h.Uid != user || h.Mode != 0o700) {
			t.Errorf("%s is of %d with mode %o", h.Name, h.Uid, h.Mode)
		}
	}
	if found < 50 {
		t.Errorf("%d authorities are trusted", found)
	}
}

func TestWhatIsMissingIsTold(t *testing.T) {
	for what, spoil := range map[string]func(*release){
		"no plugins":  func(r *release) { _ = os.RemoveAll(filepath.Join(r.bin, "plugins")) },
		"no man page": func(r *release) { _ = os.RemoveAll(r.man) },
		"var.bash":    func(r *release) { _ = os.RemoveAll(r.completions) },
	} {
		r := pretended(t)
		spoil(&r)
		if err := r.make(t.TempDir(), []string{"deb"}); err == nil {
			t.Errorf("%s: it is packed", what)
		}
	}
	if err := pretended(t).make(t.TempDir(), []string{"apk"}); err == nil || !strings.Contains(err.Error(), "want deb, rpm or image") {
		t.Errorf("what is not known ends with %v", err)
	}
}

func command(t *testing.T, folder, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func lines(text string) []string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(last(a), last(b)) })
	return all
}

func last(line string) string { return line[strings.LastIndex(line, " ")+1:] }
