package vectra

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Bounds of the pause after 429: the default when the brain names none, the longest one that is waited for, and
// the longest one that is obeyed: while it lasts, calls fail at once.
const (
	defaultPause = 30 * time.Second
	longestWait  = 2 * time.Minute
	longestPause = time.Hour
)

// do sends a call with credentials until it has an answer that is worth having, and turns
// every other answer into an error.
func (c *Console) do(ctx context.Context, k call) (answer, error) {
	return c.repeat(ctx, k, func() (answer, error) { return c.authorized(ctx, k) })
}

// repeat tries a call as often as it bears.
func (c *Console) repeat(ctx context.Context, k call, attempt func() (answer, error)) (answer, error) {
	for try := 1; ; try++ {
		a, err := attempt()
		if a.status == http.StatusTooManyRequests {
			c.gate.shut(c.now().Add(pause(a.header, c.now())))
		}
		if try >= k.tries || !c.again(ctx, k, a, err) {
			return a, c.verdict(k, a, err)
		}
		if cut := c.between(ctx, a, try); cut != nil {
			return answer{}, c.verdict(k, answer{}, &lost{err: cut})
		}
		if k.fresh {
			return answer{}, &stale{c.verdict(k, a, err)}
		}
	}
}

// between waits before the next try; after 429 the gate does, for all.
func (c *Console) between(ctx context.Context, a answer, try int) error {
	if a.status == http.StatusTooManyRequests {
		return nil
	}
	return c.wait(ctx, max(backoff(try), retryAfter(a.header, c.now())))
}

// again reports that a call should be repeated.
func (c *Console) again(ctx context.Context, k call, a answer, err error) bool {
	if err != nil {
		var l *lost
		return ctx.Err() == nil && errors.As(err, &l) && !hopeless(err) && !(k.once && l.arrived)
	}
	switch a.status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return !k.once && retryAfter(a.header, c.now()) <= longestWait
	}
	return false
}

// hopeless is a failure on the way that a repeat at once does not cure. A brain that needs
// more than the timeout is not helped by asking again, nor is one that wants to be left alone.
func hopeless(err error) bool {
	return untrusted(err) || errors.Is(err, errLarge) || errors.Is(err, errTimeout) || errors.Is(err, errShut)
}

func untrusted(err error) bool {
	var (
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
	)
	return errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &name)
}

// pause is how long a 429 closes the gate.
func pause(h http.Header, now time.Time) time.Duration {
	if h.Get("Retry-After") == "" {
		return defaultPause
	}
	return max(retryAfter(h, now), time.Second)
}

// retryAfter reads the header in both of its forms (RFC 9110, section 10.2.3); zero when it
// is not there. What cannot be read counts as the default pause.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if value == "" {
		return 0
	}
	if s, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(s)*time.Second, longestPause)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), longestPause)
	}
	return defaultPause
}
