package syslog

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/notify/notifytest"
)

// rsyslog is a log server of this machine's, on free ports of an address of the loopback. It writes each message as it came, a file for
// each way.
type rsyslog struct {
	dir, host           string
	udp, octet, lf, tls int
	roots               *x509.CertPool
	daemon              *exec.Cmd
}

const rsyslogConfig = `
global(workDirectory="DIR" maxMessageSize="16k" defaultNetstreamDriverCAFile="DIR/cert.pem"
	defaultNetstreamDriverCertFile="DIR/cert.pem" defaultNetstreamDriverKeyFile="DIR/key.pem")
module(load="imudp")
module(load="imptcp")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="raw" type="string" string="%rawmsg%\n")
ruleset(name="udp") { action(type="omfile" file="DIR/udp.log" template="raw") }
ruleset(name="octet") { action(type="omfile" file="DIR/octet.log" template="raw") }
ruleset(name="lf") { action(type="omfile" file="DIR/lf.log" template="raw") }
ruleset(name="tls") { action(type="omfile" file="DIR/tls.log" template="raw") }
input(type="imudp" address="HOST" port="UDP" ruleset="udp" rcvbufSize="4m")
input(type="imptcp" address="HOST" port="OCTET" ruleset="octet")
input(type="imptcp" address="HOST" port="LF" ruleset="lf" supportOctetCountedFraming="off")
input(type="imtcp" address="HOST" port="TLS" ruleset="tls")
`

func newRsyslog(t *testing.T) *rsyslog {
	t.Helper()
	host := notifytest.Host()
	ports := notifytest.FreePorts(t, host, 4)
	r := &rsyslog{dir: t.TempDir(), host: host, udp: ports[0], octet: ports[1], lf: ports[2], tls: ports[3]}
	r.roots = notifytest.Certificate(t, r.dir)
	notifytest.Write(t, filepath.Join(r.dir, "rsyslog.conf"), strings.NewReplacer(
		"DIR", r.dir, "HOST", host, "UDP", fmt.Sprint(r.udp), "OCTET", fmt.Sprint(r.octet), "LF", fmt.Sprint(r.lf), "TLS", fmt.Sprint(r.tls),
	).Replace(rsyslogConfig))
	t.Cleanup(func() { r.stop(t) })
	return r
}

// start waits until all of its ports are open.
func (r *rsyslog) start(t *testing.T) {
	t.Helper()
	r.daemon = exec.Command("/usr/sbin/rsyslogd", "-n", "-f", filepath.Join(r.dir, "rsyslog.conf"), "-i", filepath.Join(r.dir, "pid"))
	r.daemon.Stderr, r.daemon.WaitDelay = t.Output(), 5*time.Second
	if err := r.daemon.Start(); err != nil {
		t.Fatalf("rsyslogd of the packages rsyslog and rsyslog-gnutls: %v", err)
	}
	for _, port := range []int{r.octet, r.lf, r.tls} {
		notifytest.Eventually(t, "rsyslogd listens", func() bool { return notifytest.Listens(t, r.host, port) })
	}
	notifytest.Eventually(t, "rsyslogd listens for datagrams", func() bool {
		taken, err := r.channel(t, Config{Protocol: UDP, Format: Standard, Port: r.udp}).Send(t.Context(), notify.Batch{Test: true, At: epoch})
		return taken == 0 && err == nil
	})
}

// stop ends it, and with it what it still has to write.
func (r *rsyslog) stop(t *testing.T) {
	if r.daemon == nil {
		return
	}
	_ = r.daemon.Process.Signal(syscall.SIGTERM)
	if err := r.daemon.Wait(); err != nil {
		t.Errorf("rsyslogd: %v", err)
	}
	r.daemon = nil
}

func (r *rsyslog) channel(t *testing.T, c Config) *Channel {
	t.Helper()
	c.Server = r.host
	c.TLS = &tls.Config{RootCAs: r.roots, MinVersion: tls.VersionTLS12, ServerName: notifytest.ServerName}
	channel, err := New(c, origin)
	if err != nil {
		t.Fatal(err)
	}
	return channel
}

// received are the messages that came one way about events, once there are so many.
func (r *rsyslog) received(t *testing.T, way string, many int) (messages [][]byte) {
	t.Helper()
	notifytest.Eventually(t, fmt.Sprintf("%d messages by %s", many, way), func() bool {
		text, _ := os.ReadFile(filepath.Join(r.dir, way+".log"))
		messages = messages[:0]
		for line := range bytes.Lines(text) {
			message, whole := bytes.CutSuffix(line, []byte("\n")) // a long one comes in pieces
			if whole && !bytes.Contains(message, []byte("whether this arrives")) {
				messages = append(messages, message)
			}
		}
		return len(messages) >= many
	})
	return messages
}
