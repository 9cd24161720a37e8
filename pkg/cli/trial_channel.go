package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/notify/mail"
	"github.com/var-project/var/pkg/notify/syslog"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/setup"
)

// Channel looks whether a channel would be heard, as far as that can be done without sending anything.
func (t *trial) Channel(ctx context.Context, name string, cfg *config.Config, given setup.Secrets) []setup.Check {
	ctx, cancel := within(ctx, trialTime)
	defer cancel()
	s, n := t.system(cfg, given), cfg.Notify
	hook, isHook := n.Webhook[strings.TrimPrefix(name, config.WebhookChannel(""))]
	switch {
	case name == "mail" && n.Mail != nil:
		return s.probeMail(ctx, *n.Mail)
	case name == "syslog" && n.Syslog != nil:
		return s.probeSyslog(ctx, *n.Syslog)
	case name == "audit" && n.Audit != nil:
		return []setup.Check{{Of: name, Name: "write", Err: fileRoom(n.Audit.File, "notify.audit.file")}}
	case isHook:
		return s.probeWebhook(ctx, name, hook)
	}
	return nil
}

// probeMail tells apart what the server has against us and against the recipients.
func (s *system) probeMail(ctx context.Context, m config.Mail) []setup.Check {
	reach := setup.Check{Of: "mail", Name: "reach", Detail: fmt.Sprintf("%s, port %d", m.Server, m.Port)}
	c, err := s.mailChannel(ctx, m, notify.Origin{Version: Version})
	if err == nil {
		err = c.Probe(ctx)
	}
	var refused *mail.RefusedError
	if !errors.As(err, &refused) {
		reach.Err = err
		return []setup.Check{reach}
	}
	return []setup.Check{reach, {Of: "mail", Name: "recipients", Err: refused}}
}

func (s *system) mailChannel(ctx context.Context, m config.Mail, o notify.Origin) (*mail.Channel, error) {
	safe, err := tlsOf(m.TLS)
	if err != nil {
		return nil, err
	}
	c := mail.Config{
		Server: m.Server, Port: m.Port, Security: m.Security, Auth: m.Auth, User: m.User, From: m.From, To: m.To, Subject: m.Subject, TLS: safe,
	}
	if m.LogsIn() {
		if c.Password, err = s.channelSecret(ctx, config.MailPassword); err != nil {
			return nil, err
		}
	}
	return mail.New(c, o)
}

func (s *system) probeSyslog(ctx context.Context, c config.Syslog) []setup.Check {
	check := setup.Check{Of: "syslog", Name: "reach", Detail: fmt.Sprintf("%s, port %d", c.Server, c.Port)}
	err := probeSyslog(ctx, c)
	if errors.Is(err, syslog.ErrUnprobed) {
		check.Detail, err = entity.NotChecked+err.Error(), nil
	}
	check.Err = err
	return []setup.Check{check}
}

func probeSyslog(ctx context.Context, s config.Syslog) error {
	c, err := syslogChannel(s, notify.Origin{Version: Version})
	if err != nil {
		return err
	}
	return c.Probe(ctx)
}

// channelSecret finds a secret of a channel.
func (s *system) channelSecret(ctx context.Context, name string) (secret.String, error) {
	for _, w := range s.cfg.Notify.Secrets() {
		if w.Name == name {
			value, _, err := s.secrets.Get(ctx, name, w.Former...)
			return value, err
		}
	}
	return secret.String{}, fmt.Errorf("secret %s is not asked for", name)
}

// tlsOf reads the keys with which a channel checks who it speaks to.
func tlsOf(t config.TLS) (*tls.Config, error) {
	return blocker.TLS{CAFile: t.CAFile, ServerName: t.ServerName, InsecureSkipVerify: t.InsecureSkipVerify}.Config()
}

// fileRoom reports why a file cannot be written, whose folder nobody makes, and leaves nothing behind.
func fileRoom(path, key string) error {
	folder := filepath.Dir(path)
	_, err := os.Stat(folder)
	if err == nil {
		err = roomIn(folder)
	}
	if err != nil {
		return fmt.Errorf("%w; make the folder %s for the user that var runs as, or set %s", err, folder, key)
	}
	return nil
}
