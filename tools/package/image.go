package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is who the programs of an image run as: no user of the machine below.
const user = 65532

// makeImage writes an image that docker load, podman load and skopeo read. It holds the programs and what they cannot do
// without, and neither a shell nor anything of another distribution.
func makeImage(r release, folder string) (string, error) {
	layer, err := r.layer()
	if err != nil {
		return "", err
	}
	image, err := r.image(layer)
	if err != nil {
		return "", err
	}
	version := strings.NewReplacer("+", "-", "~", "-").Replace(packageVersion(r.version, r.date))
	tag, err := name.NewTag("var:" + version)
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "var-"+version+"-"+r.arch+".image.tar")
	return path, tarball.WriteToFile(path, tag, image)
}

// image is a layer with what is said of it.
func (r release) image(content []byte) (v1.Image, error) {
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, err
	}
	image, err = mutate.ConfigFile(image, r.imageConfig(image))
	if err != nil {
		return nil, err
	}
	return mutate.CreatedAt(image, v1.Time{Time: r.date.UTC()})
}

func (r release) imageConfig(image v1.Image) *v1.ConfigFile {
	config, err := image.ConfigFile()
	if err != nil { // the image was made a line above
		config = &v1.ConfigFile{}
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", r.arch
	config.Config = v1.Config{
		User:       "65532:65532",
		Entrypoint: []string{programs + "/var"},
		Cmd:        []string{"run", "--loop", "--config", "/etc/var/config.toml"},
		// The sockets of plugins go beside the state, so that nothing else needs to be writable.
		Env:        []string{"PATH=" + programs, "HOME=/var/lib/var", "TMPDIR=/var/lib/var"},
		WorkingDir: "/var/lib/var",
		Volumes:    map[string]struct{}{"/var/lib/var": {}},
		StopSignal: "SIGTERM",
		Labels: map[string]string{
			"org.opencontainers.image.title":       "var",
			"org.opencontainers.image.description": strings.SplitN(description, "\n", 2)[0],
			"org.opencontainers.image.version":     packageVersion(r.version, r.date),
			"org.opencontainers.image.revision":    r.commit,
			"org.opencontainers.image.created":     r.date.UTC().Format(time.RFC3339),
			"org.opencontainers.image.source":      "https://github.com/var-project/var",
			"org.opencontainers.image.licenses":    "Apache-2.0",
		},
	}
	return config
}

// imageFolders are those of an image besides that of the state; an engine mounts something on the first three.
var imageFolders = []string{
	"dev", "proc", "sys", "etc", "etc/ssl", "etc/ssl/certs", "etc/var", "usr", "usr/bin", "usr/lib", "usr/lib/var", "usr/lib/var/plugins",
	"usr/share", "usr/share/doc", "usr/share/doc/var", "var", "var/lib",
}

// layer is the root of the file system as a tar.
func (r release) layer() ([]byte, error) {
	var out bytes.Buffer
	l := &layerWriter{tar: tar.NewWriter(&out), date: r.date}
	for _, dir := range imageFolders {
		l.dir(dir, 0o755, 0)
	}
	l.dir("var/lib/var", 0o700, user)
	l.file("etc/passwd", "root:x:0:0:root:/:/sbin/nologin\nvar:x:65532:65532:var:/var/lib/var:/sbin/nologin\n")
	l.file("etc/group", "root:x:0:\nvar:x:65532:\n")
	l.file("etc/nsswitch.conf", "hosts: files dns\n")
	l.file("etc/ssl/certs/ca-certificates.crt", authorities())
	l.copy("usr/share/doc/var/copyright", filepath.Join(r.root, "LICENSE"), 0o644)
	l.copy("usr/share/doc/var/config.example.toml", filepath.Join(r.root, "config.example.toml"), 0o644)
	l.copy("usr/bin/var", filepath.Join(r.bin, "var"), 0o755)
	found, err := r.plugins()
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		l.copy(strings.TrimPrefix(f.path, "/"), f.source, 0o755)
	}
	return out.Bytes(), l.close()
}

// authorities are those that Mozilla trusts, as golang.org/x/crypto carries them: the version in go.sum says which, not
// the machine that builds. Another file can be mounted in its place.
func authorities() string {
	var text strings.Builder
	for root := range bundle.Roots() {
		if root.Constraint == nil { // a file of certificates cannot say under which condition one counts
			_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a Builder takes all
		}
	}
	return text.String()
}

// layerWriter writes a tar; its first error is kept.
type layerWriter struct {
	tar  *tar.Writer
	date time.Time
	err  error
}

func (l *layerWriter) dir(path string, mode int64, owner int) {
	l.add(tar.Header{Typeflag: tar.TypeDir, Name: path + "/", Mode: mode, Uid: owner, Gid: owner}, nil)
}

func (l *layerWriter) file(path, text string) {
	l.add(tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: 0o644}, []byte(text))
}

func (l *layerWriter) copy(path, source string, mode int64) {
	content, err := os.ReadFile(source)
	if err != nil {
		l.fail(err)
		return
	}
	l.add(tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: mode}, content)
}

func (l *layerWriter) add(h tar.Header, content []byte) {
	if l.err != nil {
		return
	}
	h.Size, h.ModTime, h.Format = int64(len(content)), l.date.UTC(), tar.FormatPAX
	l.fail(l.tar.WriteHeader(&h))
	if l.err == nil {
		_, err := l.tar.Write(content)
		l.fail(err)
	}
}

func (l *layerWriter) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

func (l *layerWriter) close() error {
	l.fail(l.tar.Close())
	return l.err
}
