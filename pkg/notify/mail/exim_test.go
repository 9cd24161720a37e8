package mail

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/var-project/var/pkg/notify/notifytest"
)

// exim is a mail server of this machine's, on free ports of an address of the loopback, which delivers into a folder.
type exim struct {
	host          string
	plain, secure int
	roots         *x509.CertPool
	box           string
}

const password = `s3cret:"\pass`

// startExim starts one, and ends it with the test. It offers STARTTLS on one port, and TLS from the first byte on on the
// other. It lets nobody send who has not logged in as var, knows nobody called nobody, and is never ready for later.
func startExim(t *testing.T) *exim {
	t.Helper()
	dir := t.TempDir()
	host := notifytest.Host()
	ports := notifytest.FreePorts(t, host, 2)
	x := &exim{host: host, plain: ports[0], secure: ports[1], box: filepath.Join(dir, "box")}
	x.roots = notifytest.Certificate(t, dir)
	config := filepath.Join(dir, "exim.conf")
	notifytest.Write(t, config, strings.NewReplacer(
		"DIR", dir, "HOST", host, "PLAIN", fmt.Sprint(x.plain), "SECURE", fmt.Sprint(x.secure), "USER", deliverer(t, dir),
	).Replace(eximConfig))
	daemon := exec.Command("/usr/sbin/exim4", "-C", config, "-bdf")
	daemon.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	daemon.Stderr, daemon.WaitDelay = t.Output(), 5*time.Second
	if err := daemon.Start(); err != nil {
		t.Fatalf("exim4 of the package exim4-daemon-light: %v", err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-daemon.Process.Pid, syscall.SIGTERM)
		_ = daemon.Wait()
	})
	for _, port := range []int{x.plain, x.secure} {
		notifytest.Eventually(t, "exim listens", func() bool { return notifytest.Listens(t, host, port) })
	}
	return x
}

// eximConfig accepts from those who log in and delivers each mail once for all recipients. A file that is written for a
// recipient would have to be named after him, which exim rightly refuses.
const eximConfig = `
primary_hostname = mail.test
spool_directory = DIR/spool
log_file_path = DIR/%slog
pid_file_path = DIR/pid
local_interfaces = HOST
daemon_smtp_ports = PLAIN : SECURE
tls_on_connect_ports = SECURE
tls_advertise_hosts = *
tls_certificate = DIR/cert.pem
tls_privatekey = DIR/key.pem
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
host_lookup =
rfc1413_hosts =
keep_environment =
begin acl
rcpt:
  deny !authenticated = *
       message = log in first
  deny local_parts = nobody
       message = no such person here
  defer local_parts = later
       message = come back later
  accept
begin routers
box:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = DIR/box
  maildir_format
  envelope_to_add
  batch_max = 100
USER
begin retry
* * F,1h,1h
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = ${if def:tls_in_cipher}
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{var}}{eq{$auth3}{${readfile{DIR/password}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if and{{eq{$auth1}{var}}{eq{$auth2}{${readfile{DIR/password}}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{var}{${readfile{DIR/password}}}fail}
  server_set_id = $auth1
`

// deliverer says who delivers: exim never does as root.
func deliverer(t *testing.T, dir string) string {
	t.Helper()
	notifytest.Write(t, filepath.Join(dir, "password"), password)
	if os.Getuid() != 0 {
		return ""
	}
	for at := dir; strings.HasPrefix(at, filepath.Clean(os.TempDir())+"/"); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return "  user = Debian-exim\n"
}

// delivered are the mails that have come, once there are so many.
func (x *exim) delivered(t *testing.T, many int) (mails []*mail.Message) {
	t.Helper()
	var files []string
	notifytest.Eventually(t, fmt.Sprintf("%d mails are delivered", many), func() bool {
		files, _ = filepath.Glob(filepath.Join(x.box, "new", "*"))
		return len(files) >= many
	})
	for _, f := range files {
		file, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		m, err := mail.ReadMessage(file)
		if err != nil {
			t.Fatal(err)
		}
		m.Body = strings.NewReader(readAll(t, m.Body))
		mails = append(mails, m)
	}
	return mails
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (x *exim) tls() *tls.Config {
	return &tls.Config{RootCAs: x.roots, MinVersion: tls.VersionTLS12, ServerName: notifytest.ServerName}
}
