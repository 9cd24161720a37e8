package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
)

// Explain adds what to do about an error of a connection to a server: which key of the channel's table, such as
// "notify.mail", to look at. It adds nothing where nothing is known.
func Explain(err error, table string) error {
	if cure := cure(err, table); cure != "" {
		return fmt.Errorf("%w; %s", err, cure)
	}
	return err
}

func cure(err error, table string) string {
	if cure := certificateCure(err, table); cure != "" {
		return cure
	}
	var name *net.DNSError
	at := placeIn(table)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return "check the name in " + at.server
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: check " + at.all
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return "no answer in time: check " + at.all + ", and the firewalls between"
	}
	return ""
}

// place are the keys that say where a server is.
type place struct{ server, port, all string }

// placeIn are those of a channel's table. A webhook has one for all of it.
func placeIn(table string) place {
	if strings.HasPrefix(table, "notify.webhook.") {
		url := table + ".url"
		return place{url, url, url}
	}
	server, port := table+".server", table+".port"
	return place{server, port, server + " and " + port}
}

func certificateCure(err error, table string) string {
	var (
		unknown  x509.UnknownAuthorityError
		name     x509.HostnameError
		verified *tls.CertificateVerificationError
		record   tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &unknown):
		return "set " + table + ".ca_file to the authority that signed the server's certificate"
	case errors.As(err, &name):
		return "set " + table + ".server_name to a name in the server's certificate"
	case errors.As(err, &verified):
		return "renew the server's certificate"
	case errors.As(err, &record):
		return "that port does not begin with TLS: check " + placeIn(table).port
	}
	return ""
}
