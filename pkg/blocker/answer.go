package blocker

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// StatusError classifies an HTTP answer that is not a success: 401 and 403 unauthorized, 408, 425,
// 429 and 5xx transient (with the Retry-After of the device), 507 capacity, 501 unsupported, others
// permanent. detail is what the device said; it must hold no credential.
func StatusError(res *http.Response, detail string) *Error {
	text := fmt.Sprintf("HTTP %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	if detail != "" {
		text += ": " + detail
	}
	wait, _ := retryAfter(res.Header)
	return &Error{Class: statusClass(res.StatusCode), RetryAfter: wait, Err: errors.New(text)}
}

func statusClass(status int) ErrorClass {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return Unauthorized
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return Transient
	case http.StatusNotImplemented:
		return Unsupported
	case http.StatusInsufficientStorage:
		return Capacity
	}
	if status >= http.StatusInternalServerError {
		return Transient
	}
	return Permanent
}

// maxRetryAfter keeps a broken device from stopping its queue for a day.
const maxRetryAfter = time.Hour

// retryAfter reads the header in both of its forms (RFC 9110, section 10.2.3); said is false when there is none.
func retryAfter(h http.Header) (wait time.Duration, said bool) {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), 0), maxRetryAfter), true
	}
	return 0, false
}

// TransportError classifies an error of http.Client.Do or of reading a body. A connection that
// failed or timed out, or a device that is left alone, is transient, a certificate that does not verify permanent with its cure; an
// end of the caller's context stays as it is. The address is named without user and query.
func TransportError(err error) error {
	if err == nil {
		return nil
	}
	where, cause := "", err
	var failed *url.Error
	if errors.As(err, &failed) {
		where, cause = host(failed.URL), failed.Err
	}
	if errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	if cure := certificateCure(cause); cure != "" {
		return &Error{Class: Permanent, Err: fmt.Errorf("%s%w; %s", where, cause, cure)}
	}
	return &Error{Class: Transient, RetryAfter: entity.RetryAfter(cause), Err: fmt.Errorf("%s%w", where, cause)}
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Host + ": "
}

func certificateCure(err error) string {
	var (
		unknown  x509.UnknownAuthorityError
		name     x509.HostnameError
		invalid  x509.CertificateInvalidError
		verified *tls.CertificateVerificationError
		record   tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &unknown):
		return "set ca_file to the authority that signed the device's certificate"
	case errors.As(err, &name):
		return "set server_name to a name in the device's certificate"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "the port does not speak TLS: check the url"
	case errors.As(err, &invalid), errors.As(err, &verified):
		return "renew the device's certificate"
	}
	return ""
}
