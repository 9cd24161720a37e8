package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

const (
	// maxAnswer is how many bytes of an answer are read, shownAnswer how many are told.
	maxAnswer   = 64 << 10
	shownAnswer = 200
	// patience is how long the other end may ask to be left alone before it is left to a later delivery.
	patience = 5 * time.Second
	// longestBan is how long it may ask for at all.
	longestBan = 24 * time.Hour
)

// Busy says that the other end takes nothing for a while.
type Busy struct {
	Status string
	// For is how long; 0: it did not say.
	For time.Duration
}

// Error says what was answered.
func (b *Busy) Error() string {
	if b.For == 0 {
		return "the server takes nothing now: " + b.Status
	}
	return fmt.Sprintf("the server takes nothing for %s: %s", b.For, b.Status)
}

// RetryAfter is how long to leave it alone.
func (b *Busy) RetryAfter() time.Duration { return b.For }

func clientOf(c Config) *http.Client {
	proxy := c.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	var safe *tls.Config
	if c.TLS != nil {
		safe = c.TLS.Clone()
	}
	return &http.Client{
		Transport: &http.Transport{Proxy: proxy, TLSClientConfig: safe, ForceAttemptHTTP2: true, MaxIdleConns: 1, IdleConnTimeout: time.Minute},
		// Whoever answers so does not get the token, nor the message, passed on.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// deliver posts a message, and once more where the other end asks for a short while.
func (c *Channel) deliver(ctx context.Context, key string, text []byte) error {
	err := c.post(ctx, key, text)
	var busy *Busy
	if !errors.As(err, &busy) || busy.For == 0 || busy.For > patience || !lasts(ctx, busy.For) {
		return err
	}
	if c.pause(ctx, busy.For) != nil {
		return err
	}
	return c.post(ctx, key, text)
}

// lasts reports that a context does not end within a time.
func lasts(ctx context.Context, d time.Duration) bool {
	end, bounded := ctx.Deadline()
	return !bounded || time.Until(end) > d
}

func (c *Channel) post(ctx context.Context, key string, text []byte) error {
	timed, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("no answer within %s, which is %s.timeout: %w", c.timeout, c.table, context.DeadlineExceeded))
	defer cancel()
	req, err := http.NewRequestWithContext(timed, http.MethodPost, c.url.String(), bytes.NewReader(text))
	if err != nil {
		return c.bare(timed, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "var")
	req.Header.Set("Idempotency-Key", key)
	if !c.token.Empty() {
		req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	res, err := c.client.Do(req)
	if err != nil {
		return c.bare(timed, err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer)) // the status says it
	return c.verdict(res, answer)
}

// verdict is what an answer says. 2xx is taken; anything else is tried again later.
func (c *Channel) verdict(res *http.Response, answer []byte) error {
	status := fmt.Sprintf("%d %s", res.StatusCode, http.StatusText(res.StatusCode))
	if said := c.shown(string(answer)); said != "" {
		status += " (" + said + ")"
	}
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		return &Busy{Status: status, For: after(res.Header)}
	case code >= 300 && code < 400:
		return fmt.Errorf("the server sends whoever posts elsewhere: %s; set %s.url to where it leads", status, c.table)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Errorf("the server refuses whoever posts: %s; check %s.token and the url", status, c.table)
	case code >= 400 && code < 500:
		return fmt.Errorf("the server refuses it: %s; check %s.url and the template", status, c.table)
	}
	return fmt.Errorf("the server failed: %s", status)
}

// shown is what somebody else wrote, as it may be told.
func (c *Channel) shown(text string) string { return inert.Short(c.hidden.Text(text), shownAnswer) }

// after reads Retry-After, RFC 9110, 10.2.3: seconds or a date, which counts from the Date of the answer.
func after(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(0, time.Duration(min(seconds, int(longestBan.Seconds())))*time.Second), longestBan)
	}
	until, err := http.ParseTime(text)
	now, err2 := http.ParseTime(h.Get("Date"))
	if err != nil || err2 != nil {
		return 0
	}
	return min(max(0, until.Sub(now)), longestBan)
}

// bare is an error of a request without the URL that http puts into it, and with what to do.
func (c *Channel) bare(ctx context.Context, err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &unreachable{c.shown(notify.Explain(err, c.table).Error()), err}
}

// unreachable keeps the error behind a text without secrets.
type unreachable struct {
	text string
	err  error
}

func (u *unreachable) Error() string { return u.text }
func (u *unreachable) Unwrap() error { return u.err }
