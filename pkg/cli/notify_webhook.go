package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/infile"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/notify/webhook"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/secretstore"
)

// webhookChannel opens the webhook that is a channel of this name.
func (s *system) webhookChannel(ctx context.Context, channel string) (notify.Channel, error) {
	name := strings.TrimPrefix(channel, config.WebhookChannel(""))
	w := s.cfg.Notify.Webhook[name]
	target, err := s.webhookURL(ctx, channel, w)
	if err != nil {
		return nil, err
	}
	token, err := s.webhookToken(ctx, name)
	if err != nil {
		return nil, err
	}
	form, err := formIn(w.TemplateFile)
	if err != nil {
		return nil, fmt.Errorf("notify.%s.template_file: %w", channel, err)
	}
	safe, err := tlsOf(w.TLS)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyOf(w.Proxy)
	if err != nil {
		return nil, err
	}
	return webhook.New(webhook.Config{
		Name: name, URL: secret.New(target), Token: token, Template: w.Template, Form: form, Timeout: w.Timeout, Proxy: proxy, TLS: safe,
	}, s.origin())
}

// webhookToken is empty where there is none.
func (s *system) webhookToken(ctx context.Context, name string) (secret.String, error) {
	token, err := s.channelSecret(ctx, config.WebhookToken(name))
	if errors.Is(err, secretstore.ErrNotFound) {
		err = nil
	}
	return token, err
}

// longestForm bounds a template of one's own, in bytes.
const longestForm = 1 << 20

// formIn is the text of a template; none where no file is named.
func formIn(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	f, err := infile.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestForm))
	return string(text), err
}
