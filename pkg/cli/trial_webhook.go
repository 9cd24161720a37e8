package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/notify/webhook"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/setup"
)

// probeWebhook connects to where a webhook posts to, or to the proxy before it, and asks nothing there. The address may
// be a secret: only its host is told.
func (s *system) probeWebhook(ctx context.Context, name string, w config.Webhook) []setup.Check {
	check := setup.Check{Of: name, Name: "reach"}
	text, err := s.webhookURL(ctx, name, w)
	if err == nil {
		check.Detail, err = reachURL(ctx, text, w)
	}
	if err != nil {
		check.Err = webhookCure(err, "notify."+name)
	}
	return []setup.Check{check}
}

// templateProblems are templates of one's own that cannot be read, or that make no message.
func templateProblems(cfg *config.Config) []config.Problem {
	var all []config.Problem
	for _, name := range slices.Sorted(maps.Keys(cfg.Notify.Webhook)) {
		w := cfg.Notify.Webhook[name]
		if w.TemplateFile == "" {
			continue
		}
		form, err := formIn(w.TemplateFile)
		if err == nil {
			_, err = webhook.New(webhook.Config{Name: name, URL: secret.New("https://localhost"), Form: form}, notify.Origin{})
		}
		if err != nil {
			all = append(all, cfg.Problem("notify."+config.WebhookChannel(name)+".template_file", inert.Line(err.Error())))
		}
	}
	return all
}

func (s *system) webhookURL(ctx context.Context, name string, w config.Webhook) (string, error) {
	if w.URL != "" {
		return w.URL, nil
	}
	full := "notify." + name + ".url"
	value, err := s.channelSecret(ctx, full)
	if err == nil {
		if bad := config.CheckWebhookURL(value.Reveal()); bad != nil {
			err = fmt.Errorf("the secret %s %w", full, bad)
		}
	}
	return value.Reveal(), err
}

func reachURL(ctx context.Context, text string, w config.Webhook) (where string, err error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", errors.New("the URL is none") // what it is may be a secret
	}
	safe, err := tlsOf(w.TLS)
	if err != nil {
		return u.Host, err
	}
	way, err := proxyOf(w.Proxy)
	if err != nil {
		return u.Host, err
	}
	between, err := way(&http.Request{URL: &url.URL{Scheme: u.Scheme, Host: u.Host}})
	if err != nil {
		return u.Host, err
	}
	if between != nil {
		return "the proxy " + between.Host + " answers; what is behind it was not asked", dialed(ctx, between, nil)
	}
	return u.Host, dialed(ctx, u, safe)
}

// dialed connects to the host of a URL, and hangs up.
func dialed(ctx context.Context, u *url.URL, safe *tls.Config) error {
	dial := (&net.Dialer{}).DialContext
	port := map[string]string{"https": "443", "socks5": "1080"}[u.Scheme]
	if u.Scheme == "https" {
		dial = (&tls.Dialer{Config: safe}).DialContext
	}
	if port == "" {
		port = "80"
	}
	if u.Port() != "" {
		port = u.Port()
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	return conn.Close()
}

// webhookCure says what to do: about the certificate, or else about the address.
func webhookCure(err error, table string) error {
	if errors.As(err, new(*tls.CertificateVerificationError)) {
		return notify.Explain(err, table)
	}
	if errors.As(err, new(*net.OpError)) {
		return fmt.Errorf("%w; check %s.url, and the firewalls between", err, table)
	}
	return err
}
