// Package notifytest is what tests need to run real servers of this machine, to which channels send.
package notifytest

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Certificate writes key.pem and cert.pem of a server on 127.0.0.1, or called ServerName, into a folder, and answers with whom a client has to
// trust. It borrows those of httptest.
func Certificate(t *testing.T, folder string) *x509.CertPool {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	own := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	Write(t, filepath.Join(folder, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	Write(t, filepath.Join(folder, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]})))
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return roots
}

// Write writes a file that a server may read whoever it runs as.
func Write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Host is an address of the loopback that nobody else uses: a port that is free there stays free. At 127.0.0.1 any
// connection of this machine may be given it in the meantime. Certificate is good for ServerName there.
func Host() string {
	return fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254)) //nolint:gosec // no secret
}

// ServerName is the name in the certificate.
const ServerName = "example.com"

// FreePort is a port of a host of this machine on which nobody listens.
func FreePort(t *testing.T, host string) int {
	t.Helper()
	return FreePorts(t, host, 1)[0]
}

// FreePorts are so many different ones. One that was let go may be given again, so they are held until there are enough.
func FreePorts(t *testing.T, host string, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// Listens reports that somebody takes connections on a port of a host of this machine.
func Listens(t *testing.T, host string, port int) bool {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// Eventually waits for what another process does, and fails the test after a minute, which is long however loaded the
// machine is: to start, rsyslogd takes half a second of a processor.
func Eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick, end := time.Tick(5*time.Millisecond), time.After(time.Minute)
	for !is() {
		select {
		case <-tick:
		case <-end:
			t.Fatalf("%s: not within a minute", what)
		}
	}
}
