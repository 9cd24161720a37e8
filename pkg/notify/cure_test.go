package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
)

func TestExplainNamesTheKey(t *testing.T) {
	tests := map[string]struct {
		err  error
		want string
	}{
		"an unknown authority":   {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "set notify.x.ca_file"},
		"another name":           {&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "a"}}, "set notify.x.server_name"},
		"a certificate that ran": {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "renew"},
		"no TLS":                 {tls.RecordHeaderError{Msg: "first record"}, "check notify.x.port"},
		"nobody listens":         {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "check notify.x.server and notify.x.port"},
		"no such name":           {&net.DNSError{Name: "a", IsNotFound: true}, "check the name in notify.x.server"},
		"no answer":              {context.DeadlineExceeded, "the firewalls between"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Explain(fmt.Errorf("dial: %w", test.err), "notify.x")
			if !errors.Is(got, test.err) || !strings.Contains(got.Error(), test.want) {
				t.Errorf("got %v, want %q added", got, test.want)
			}
		})
	}
}

func TestExplainLeavesTheRest(t *testing.T) {
	if want := errors.New("550 no"); Explain(want, "notify.x") != want {
		t.Errorf("got %v, want %v as it is", Explain(want, "notify.x"), want)
	}
}
