package config

import (
	"maps"
	"slices"

	"github.com/var-project/var/pkg/schema"
)

// MailPassword is the name of the secret with which var logs in to the mail server.
const MailPassword = "notify.mail.password"

// formerMail is the variable in which the predecessor had the password of its mail user.
const formerMail = "VAR_Email"

// WebhookURL is the name of the secret that is the URL of the webhook of this name, where the file has none.
func WebhookURL(name string) string { return "notify.webhook." + name + ".url" }

// WebhookToken is the name of the secret that the webhook of this name sends as its bearer token, where there is one.
func WebhookToken(name string) string { return "notify.webhook." + name + ".token" }

// WebhookChannel is what the webhook of this name is called among channels; the others are called as their tables.
func WebhookChannel(name string) string { return "webhook." + name }

// LogsIn says whether the mail server is logged in to.
func (m Mail) LogsIn() bool { return m.User != "" && m.Auth != mailNoAuth }

// Secrets are those that the channels ask for, with their full names.
func (n Notify) Secrets() []schema.Wanted {
	var all []schema.Wanted
	if n.Mail != nil && n.Mail.LogsIn() {
		all = append(all, schema.Wanted{Name: MailPassword, Help: "Password of the mail user.", Former: []string{formerMail}})
	}
	for _, name := range slices.Sorted(maps.Keys(n.Webhook)) {
		if n.Webhook[name].URL == "" {
			all = append(all, schema.Wanted{Name: WebhookURL(name), Help: "URL of the webhook."})
		}
		all = append(all, schema.Wanted{Name: WebhookToken(name), Help: "Bearer token for the webhook.", Optional: true})
	}
	return all
}
