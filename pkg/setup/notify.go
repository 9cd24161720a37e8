package setup

import (
	"context"
	"maps"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/secret"
)

// notifyTable holds all channels.
const notifyTable = "notify"

// notify goes over the channels by which var tells what it does.
func (t *talk) notify(ctx context.Context) error {
	err := t.optional(ctx, "mail", "server", "security", "from", "to", "user")
	if err == nil {
		err = t.optional(ctx, "syslog", "server", "protocol", "format")
	}
	if err == nil {
		err = t.webhooks(ctx)
	}
	if err == nil {
		err = t.optional(ctx, "audit", "file")
	}
	if err != nil {
		return err
	}
	return t.keys(ctx, without(t.top(notifyTable), "mail", "syslog", "webhook", "audit"), "timeout")
}

// optional goes over a channel of which there is one or none. Its first key is one that it must have, so that the answer
// to it makes the table.
func (t *talk) optional(ctx context.Context, name string, first ...string) error {
	top := t.top(notifyTable)
	p := top.below(fieldOf(top.Fields, name))
	_, there := t.draft.Get(p.path)
	use, err := t.yes(ctx, p.path, p.Help+" Use it?", there)
	switch {
	case err != nil || !use && !there:
		return err
	case !use:
		t.forgetSecrets(p.path)
		return t.draft.Remove(p.path)
	}
	return t.channel(ctx, p, name, first...)
}

// channel asks for the keys and secrets of a channel and tries it, until that goes well or is left so.
func (t *talk) channel(ctx context.Context, p place, name string, first ...string) error {
	for next := otherSettings; next != goOn; {
		if next == otherSettings {
			if err := t.channelKeys(ctx, p, first...); err != nil {
				return err
			}
		}
		var err error
		if next, err = t.tryChannel(ctx, p, name); err != nil {
			return err
		}
	}
	return nil
}

// channelKeys asks until nothing is wrong with the channel as a whole.
func (t *talk) channelKeys(ctx context.Context, p place, first ...string) error {
	for {
		if err := t.keys(ctx, p, first...); err != nil {
			return err
		}
		wrong := t.fault(t.draft, p.path)
		if wrong == nil {
			return t.channelSecrets(ctx, p)
		}
		if err := t.tell(p.path + ": " + wrong.Error()); err != nil {
			return err
		}
	}
}

// channelSecrets asks for what a channel logs in with, and forgets what was typed for another way.
func (t *talk) channelSecrets(ctx context.Context, p place) error {
	needed := map[string]bool{}
	for _, w := range t.config().Notify.Secrets() {
		if !strings.HasPrefix(w.Name, p.path+".") {
			continue
		}
		needed[w.Name] = true
		if err := t.secret(ctx, Need{w.Name, w.Help, w.Optional, w.Former}); err != nil {
			return err
		}
	}
	maps.DeleteFunc(t.given, func(name string, _ secret.String) bool {
		return strings.HasPrefix(name, p.path+".") && !needed[name]
	})
	return nil
}

func (t *talk) forgetSecrets(path string) {
	maps.DeleteFunc(t.given, func(name string, _ secret.String) bool { return strings.HasPrefix(name, path+".") })
}

// tryChannel looks whether the other end would take a message, and sends none.
func (t *talk) tryChannel(ctx context.Context, p place, name string) (next string, err error) {
	if err := t.tell("trying " + name + " …"); err != nil {
		return "", err
	}
	checks, err := find(ctx, t, func() []Check { return t.Trial.Channel(ctx, name, t.config(), maps.Clone(t.given)) })
	if err != nil {
		return "", err
	}
	if err := t.tellChecks(checks); err != nil || len(failed(checks)) == 0 {
		return goOn, err
	}
	wrong := trouble{join(p.path, "again"), "Not all went well.", otherSettings, failed(checks)}
	return t.whatNow(ctx, wrong, Option{otherSettings, "go over the settings again"})
}

// webhookTables is what the menu of webhooks is called, and where they stand.
const webhookTables = notifyTable + ".webhook"

// webhooks goes over the webhooks for as long as the person wants to see or to add one.
func (t *talk) webhooks(ctx context.Context) error {
	for {
		names := t.named(webhookTables)
		choice, err := t.menu(ctx, menu{webhookTables, "URLs that events are posted to, such as a channel of Slack or Teams, each under a name of its own.", names, false, false})
		switch name, out := strings.CutPrefix(choice, takeOut); {
		case err != nil || choice == goOn:
			return err
		case out:
			err = t.remove(join(webhookTables, name), freshly(webhookTables, name), join(webhookTables, name))
		case choice == another:
			err = t.newWebhook(ctx, names)
		default:
			err = t.webhook(ctx, name)
		}
		if err != nil {
			return err
		}
	}
}

func (t *talk) newWebhook(ctx context.Context, taken []string) error {
	name, err := t.newName(ctx, webhookTables, "Name of the webhook, which stands in the state and in the names of its secrets.", "chat", taken)
	if err != nil {
		return err
	}
	t.fresh[freshly(webhookTables, name)] = true
	at := fieldOf(t.webhookPlace(name).Fields, "template")
	if err := t.draft.Set(join(join(webhookTables, name), at.Name), at.Default); err != nil {
		return err
	}
	return t.webhook(ctx, name)
}

func (t *talk) webhookPlace(name string) place {
	all := fieldOf(t.top(notifyTable).Fields, "webhook")
	path := join(webhookTables, name)
	return place{path: path, secrets: path, Field: all}
}

func (t *talk) webhook(ctx context.Context, name string) error {
	return t.channel(ctx, t.webhookPlace(name), config.WebhookChannel(name), "template", "url")
}
