package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"
)

// The two ends of a plugin's socket know each other by certificates that each makes for itself at its start: var's
// travels in the environment, the plugin's in the line with which it greets. go-plugin makes such ones too
// (AutoMTLS), but with keys on P-521, whose arithmetic costs more CPU than everything else at the start of a plugin.
const (
	// CertificateEnv holds var's certificate in PEM. The name is go-plugin's.
	CertificateEnv = "PLUGIN_CLIENT_CERT"
	// endName is what certificates are made out to. The name is what go-plugin asks for.
	endName = "localhost"
	// lifetime is longer than any process runs.
	lifetime = 30 * 365 * 24 * time.Hour
)

// Identity makes a key and the certificate that goes with it, for one process.
func Identity() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: endName}, DNSNames: []string{endName},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(lifetime),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		IsCA:        true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// PEM is the certificate of an identity as text.
func PEM(identity tls.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: identity.Certificate[0]}))
}

// HostTLS is var's side. go-plugin adds the certificate with which the plugin greets as the only authority.
func HostTLS(identity tls.Certificate) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{identity}, MinVersion: tls.VersionTLS13, ServerName: endName,
		RootCAs: x509.NewCertPool(),
	}
}

// PluginTLS is the plugin's side, which takes nobody but the host whose certificate this is.
func PluginTLS(identity tls.Certificate, host string) *tls.Config {
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM([]byte(host))
	return &tls.Config{
		Certificates: []tls.Certificate{identity}, MinVersion: tls.VersionTLS13, ServerName: endName,
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authorities, RootCAs: authorities,
	}
}
