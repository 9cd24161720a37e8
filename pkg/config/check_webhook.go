package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// secretPlaces are hosts whose webhook URLs are secrets: whoever knows one may post there.
var secretPlaces = []string{"hooks.slack.com", "webhook.office.com", "logic.azure.com", "powerplatform.com", "discord.com", "chat.googleapis.com"}

func (k *checker) webhook(path, name string, w Webhook) {
	if w.URL != "" {
		if err := webhookURL(w.URL, name); err != nil {
			k.add(join(path, "url"), "%v", err)
		}
	}
	if w.Proxy != "" {
		if _, err := address(w.Proxy, "http", "https", "socks5"); err != nil {
			k.add(join(path, "proxy"), "%v", err)
		}
	}
	if u, err := url.Parse(w.URL); err == nil && u.Scheme == "http" {
		k.noTLS(path, w.TLS, "url is http")
	}
}

// webhookURL never repeats what it was given: it may be a secret.
func webhookURL(text, name string) error {
	store := fmt.Sprintf(`take it out and store the whole of it with "var secret set %s"`, WebhookURL(name))
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("is not a URL: write https:// and a host")
	}
	switch {
	case u.User != nil:
		return errors.New("holds a user name: secrets never stand in the file; " + store)
	case u.RawQuery != "" || u.ForceQuery || isSecretPlace(u.Hostname()):
		return errors.New("is a secret itself, for who knows it may post there: " + store)
	}
	return CheckWebhookURL(text)
}

func isSecretPlace(host string) bool {
	for _, place := range secretPlaces {
		if host == place || strings.HasSuffix(host, "."+place) {
			return true
		}
	}
	return false
}

// CheckWebhookURL says what is wrong with the URL of a webhook, wherever it was kept, and does not repeat it. http is
// for this machine only: what travels tells who is blocked.
func CheckWebhookURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("is not a URL: write https:// and a host")
	case u.Scheme == "http" && u.Hostname() != "" && !loopback(u):
		return errors.New("must be https:// unless it is on this machine")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return errors.New("must be https:// and a host")
	case u.Fragment != "":
		return errors.New("must be without #")
	}
	return nil
}
