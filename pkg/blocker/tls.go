package blocker

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"

	"github.com/var-project/var/pkg/internal/infile"
)

// TLS are the three keys that every end spoken to over TLS has. Embed it in the settings of a device.
type TLS struct {
	CAFile             string `toml:"ca_file" help:"PEM file of the authorities that may sign the device's certificate; the system's when empty."`
	ServerName         string `toml:"server_name" help:"Name that the device's certificate must bear, when it is not the one in the URL."`
	InsecureSkipVerify bool   `toml:"insecure_skip_verify" help:"Accept any certificate. Every pass warns while this is set."`
}

// Config is the client's side of TLS 1.2 or later. It fails when the file cannot be read or holds no certificate.
func (t TLS) Config() (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         t.ServerName,
		InsecureSkipVerify: t.InsecureSkipVerify, //nolint:gosec // the operator's explicit choice, told in every pass
	}
	if t.CAFile == "" {
		return config, nil
	}
	pem, err := authorities(t.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s holds no PEM certificate", t.CAFile)
	}
	return config, nil
}

// maxAuthorities bounds a file of certificates in bytes; a system's whole collection fits.
const maxAuthorities = 8 << 20

func authorities(path string) ([]byte, error) {
	f, err := infile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxAuthorities))
}
