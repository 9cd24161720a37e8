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

func TestAWebhookIsWhereItsURLSays(t *testing.T) {
	for _, err := range []error{
		syscall.ECONNREFUSED, context.DeadlineExceeded, tls.RecordHeaderError{}, &net.DNSError{Name: "a", IsNotFound: true},
	} {
		got := Explain(err, "notify.webhook.soc").Error()
		if !strings.Contains(got, "notify.webhook.soc.url") || strings.Contains(got, ".port") || strings.Contains(got, ".server") {
			t.Errorf("%s: it has one key for its place: url", got)
		}
	}
}

func TestExplainLeavesTheRest(t *testing.T) {
	if got := Explain(errors.New("550 no"), "notify.x").Error(); got != "550 no" {
		t.Errorf("got %q, want what it was", got)
	}
}
