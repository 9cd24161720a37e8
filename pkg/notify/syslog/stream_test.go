package syslog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// served is the address of a server that treats its one connection so.
func served(t *testing.T, treat func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conn, err := l.Accept(); err == nil {
			defer conn.Close()
			treat(conn)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

func TestStream(t *testing.T) {
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	tests := map[string]struct {
		treat func(net.Conn)
		taken int
		want  string
	}{
		"read to the end, then closed": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, 2, ""},
		"broken off before the end": {
			func(c net.Conn) {
				_, _ = c.Read(make([]byte, 1))
				_ = c.(*net.TCPConn).SetLinger(0)
			}, 0, "sent again",
		},
		"closed while something is unread": {func(net.Conn) {}, 0, "sent again"},
		"read to the end, and never closed": {
			func(c net.Conn) {
				_, _ = io.Copy(io.Discard, c)
				<-hold
			}, 2, "",
		},
		"something is answered": {
			func(c net.Conn) {
				_, _ = io.Copy(io.Discard, c)
				_, _ = c.Write([]byte("thanks"))
			}, 2, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := stream{address: served(t, test.treat), farewell: 50 * time.Millisecond}
			if !strings.Contains(name, "never") {
				s.farewell = time.Minute
			} else {
				defer func() { hold <- struct{}{} }()
			}
			taken, err := s.carry(t.Context(), [][]byte{[]byte("one"), []byte("two")})
			if taken != test.taken || (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %d and %v, want %d and %q", taken, err, test.taken, test.want)
			}
		})
	}
}

// An end of the server's from before ours says nothing of what we wrote.
func TestWhatIsNeverReadIsNotTaken(t *testing.T) {
	ended, hold := make(chan struct{}), make(chan struct{})
	s := stream{farewell: time.Minute, address: served(t, func(c net.Conn) {
		_ = c.(*net.TCPConn).CloseWrite()
		close(ended)
		<-hold
	})}
	defer close(hold)
	conn, err := s.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	<-ended
	taken, err := s.over(t.Context(), conn, time.Minute, [][]byte{[]byte("one")})
	if taken != 0 || err == nil || !strings.Contains(err.Error(), "sent again") {
		t.Errorf("got %d and %v, want none taken", taken, err)
	}
}

func TestFraming(t *testing.T) {
	for want, octets := range map[string]bool{"3 one5 two\u00e9": true, "one\ntwo\u00e9\n": false} {
		got := make(chan string, 1)
		s := stream{farewell: time.Minute, octets: octets, address: served(t, func(c net.Conn) {
			text, _ := io.ReadAll(c)
			got <- string(text)
		})}
		if _, err := s.carry(t.Context(), [][]byte{[]byte("one"), []byte("two\u00e9")}); err != nil {
			t.Fatal(err)
		}
		if text := <-got; text != want {
			t.Errorf("got %q, want %q", text, want)
		}
	}
}

// With TLS 1.3 a client has sent all before it hears that the server does not accept it.
func TestWhatAServerDoesNotAcceptIsNotTaken(t *testing.T) {
	cert := httptest.NewTLSServer(nil)
	defer cert.Close()
	roots := x509.NewCertPool()
	roots.AddCert(cert.Certificate())
	config := &tls.Config{Certificates: cert.TLS.Certificates, ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
	s := stream{farewell: time.Minute, tls: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12, ServerName: "127.0.0.1"}}
	s.address = served(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, tls.Server(c, config)) })
	taken, err := s.carry(t.Context(), [][]byte{[]byte("one")})
	if taken != 0 || err == nil {
		t.Errorf("got %d and %v, want none taken", taken, err)
	}
}

func TestAServerThatReadsNothingIsLeft(t *testing.T) {
	hold := make(chan struct{})
	s := stream{farewell: time.Minute, address: served(t, func(net.Conn) { <-hold })}
	defer close(hold)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	taken, err := s.carry(ctx, [][]byte{make([]byte, 64<<20)})
	if taken != 0 || err == nil {
		t.Errorf("got %d and %v, want none taken", taken, err)
	}
}
