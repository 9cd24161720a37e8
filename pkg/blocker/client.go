package blocker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/var-project/var/pkg/internal/failpoint"
)

// ClientOptions bound what a client does to one device.
type ClientOptions struct {
	TLS TLS
	// Parallel is how many requests may be in flight; less than 1 counts as 1. A request is in
	// flight until its answer's body is closed.
	Parallel int
	// Rate is how many requests may begin per second; 0 is no limit.
	Rate float64
	// Timeout bounds one request with its answer's body; 0 is no limit. Waiting for a turn does not count.
	Timeout time.Duration
}

// NewClient makes an HTTP client for one device. It keeps connections, verifies TLS, takes the
// proxy from the environment, and follows no redirect: a redirect could carry credentials elsewhere.
func NewClient(o ClientOptions) (*http.Client, error) {
	config, err := o.TLS.Config()
	if err != nil {
		return nil, err
	}
	parallel := max(o.Parallel, 1)
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: parallel,
		IdleConnTimeout:     90 * time.Second,
	}
	limit := rate.Inf
	if o.Rate > 0 {
		limit = rate.Limit(o.Rate)
	}
	return &http.Client{
		Transport:     &bounded{transport, make(chan struct{}, parallel), rate.NewLimiter(limit, 1), o.Timeout},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// timeoutError tells the client's own limit from a deadline of the caller.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no complete answer within %s", e.after) }

// Timeout marks the error as one for net.Error.
func (e *timeoutError) Timeout() bool { return true }

type bounded struct {
	*http.Transport
	slots   chan struct{}
	limiter *rate.Limiter
	timeout time.Duration
}

// RoundTrip waits for a turn and then makes the request under the timeout.
func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := b.turn(req.Context()); err != nil {
		return nil, err
	}
	ctx, cancel := b.limited(req.Context())
	done := sync.OnceFunc(func() { cancel(); <-b.slots })
	failpoint.Hit("device.request")
	res, err := b.Transport.RoundTrip(req.WithContext(ctx))
	failpoint.Hit("device.answer")
	if err != nil {
		err = told(ctx, err)
		done()
		return nil, err
	}
	res.Body = &heldBody{res.Body, ctx, done}
	return res, nil
}

func (b *bounded) turn(ctx context.Context) error {
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := b.limiter.Wait(ctx); err != nil {
		<-b.slots
		if ctx.Err() == nil {
			return context.DeadlineExceeded
		}
		return err
	}
	return nil
}

func (b *bounded) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if b.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, b.timeout, &timeoutError{b.timeout})
}

// told gives the cause of a cancelled request, so that the limit which ended it is named.
func told(ctx context.Context, err error) error {
	var own *timeoutError
	if errors.As(context.Cause(ctx), &own) {
		return own
	}
	return err
}

type heldBody struct {
	io.ReadCloser
	ctx  context.Context //nolint:containedctx // the request's own, needed to name the limit that ended it
	done func()
}

// Read names the client's own limit when that cut the body short.
func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = told(b.ctx, err)
	}
	return n, err
}

// Close gives the turn back.
func (b *heldBody) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}
