package cli

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/var-project/var/pkg/notify"
)

// ear is the other end of a channel: it hears what is sent to it.
type ear struct {
	host, port string
	// ca is a file with the authority of its certificate.
	ca string

	listener net.Listener
	// over has something for each connection that was treated to its end.
	over chan struct{}

	mu    sync.Mutex
	heard strings.Builder
	all   sync.WaitGroup
}

// listenTo has an ear treat each connection so, inside of TLS when it is secure.
func listenTo(t *testing.T, secure bool, treat func(*ear, net.Conn)) *ear {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{listener: l, over: make(chan struct{}, 100)}
	if secure {
		e.ca, l = certified(t, l)
	}
	if e.host, e.port, err = net.SplitHostPort(l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	e.all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			e.all.Go(func() {
				defer conn.Close()
				treat(e, conn)
				e.over <- struct{}{}
			})
		}
	})
	t.Cleanup(e.hang)
	return e
}

// hang hears nobody any more, and waits for those that are heard.
func (e *ear) hang() {
	_ = e.listener.Close()
	e.all.Wait()
}

// certified is a listener whose certificate is for 127.0.0.1 and example.com.
func certified(t *testing.T, l net.Listener) (ca string, secure net.Listener) {
	t.Helper()
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	defer web.Close()
	s := &stage{t: t, dir: t.TempDir()}
	ca = s.write("ca.pem", string(pemOf(web.Certificate())))
	return ca, tls.NewListener(l, &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12})
}

func pemOf(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func (e *ear) note(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard.WriteString(text)
}

func (e *ear) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard.String()
}

// told is what was heard when a connection is over: who sends by TCP believes a server that reads slowly.
func (e *ear) told() string {
	<-e.over
	return e.text()
}

// logServer reads up to the end.
func logServer(e *ear, conn net.Conn) {
	text, _ := io.ReadAll(conn) // an end that breaks is one, too
	e.note(string(text))
}

// listener hears how a client begins, answers nothing and leaves.
func listener(e *ear, conn net.Conn) {
	begin := make([]byte, 5)
	n, _ := io.ReadFull(conn, begin)
	e.note(string(begin[:n]))
}

// mailServer takes every mail, after CRAM-MD5 or without a login.
func mailServer(e *ear, conn net.Conn) {
	answers := map[string]string{
		"EHLO": "250-ear\r\n250 AUTH CRAM-MD5", "AUTH": "334 PDEyMzQ1Pg==", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 taken", "QUIT": "221 bye",
	}
	fmt.Fprint(conn, "220 ear\r\n")
	for lines, inData := bufio.NewScanner(conn), false; lines.Scan(); {
		line := lines.Text()
		e.note(line + "\n")
		word, _, _ := strings.Cut(strings.ToUpper(line), " ")
		answer, known := answers[word]
		switch {
		case inData && line != ".":
			continue
		case word == "DATA" || word == ".":
			inData = word == "DATA"
		case !known:
			answer = "235 come in" // what follows AUTH
		}
		fmt.Fprint(conn, answer+"\r\n")
	}
}

// tells sends a test through a channel of a configuration with these lines.
func tells(t *testing.T, name, lines string) error {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir()}
	a := s.app()
	sys := &system{app: a, cfg: channelsOf(t, lines), log: a.log(), secrets: a.secretStore()}
	c, err := sys.channel(t.Context(), name)
	if err != nil {
		return err
	}
	_, err = c.Send(t.Context(), notify.Batch{Test: true, Key: "k", At: s.now()})
	if closing := c.Close(); closing != nil {
		t.Error(closing)
	}
	return err
}

// used are the channels that are in use with these lines.
func used(t *testing.T, lines string) []notify.Outlet {
	t.Helper()
	return outletsOf(channelsOf(t, lines).Notify)
}
