package blocker

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/var-project/var/pkg/internal/wire"
)

// certificateField is the place of the plugin's certificate in the line with which go-plugin greets the host:
// core protocol, protocol, network, address, kind of protocol, certificate (go-plugin: client.go, Client.Start).
const certificateField = 5

// secured gives the plugin's side of the connection and has the greeting name its certificate. It is nil when the
// host asks for none.
func secured() (func() (*tls.Config, error), error) {
	host := os.Getenv(wire.CertificateEnv)
	if host == "" {
		return nil, nil
	}
	identity, err := wire.Identity()
	if err != nil {
		return nil, err
	}
	if err := greetWith(identity.Certificate[0]); err != nil {
		return nil, err
	}
	return func() (*tls.Config, error) { return wire.PluginTLS(identity, host), nil }, nil
}

// greetWith puts a pipe before standard output until go-plugin has greeted; it then puts one of its own there.
func greetWith(certificate []byte) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	out := os.Stdout
	os.Stdout = w
	go func() {
		defer func() { _ = r.Close() }()
		copyGreeting(out, r, base64.RawStdEncoding.EncodeToString(certificate))
	}()
	return nil
}

// copyGreeting hands a line on with the certificate in its place.
func copyGreeting(out io.Writer, in io.Reader, certificate string) {
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		return
	}
	fields := strings.Split(strings.TrimSuffix(line, "\n"), "|")
	if len(fields) > certificateField {
		fields[certificateField] = certificate
	}
	_, _ = fmt.Fprintln(out, strings.Join(fields, "|"))
}
