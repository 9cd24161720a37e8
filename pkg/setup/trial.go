package setup

import (
	"context"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// Secrets are values by their full names: "brain.hq.token".
type Secrets map[string]secret.String

// Trial tries out what was answered, and changes nothing anywhere. Secrets that are given go before those that are
// stored.
type Trial interface {
	// Brain logs in to a brain and looks at each right that var needs there.
	Brain(ctx context.Context, name string, b config.Brain, given Secrets) BrainReport
	// Plugins lists what can block, by name. One that could not be asked is listed with its error.
	Plugins(ctx context.Context) []Plugin
	// Blocker has the plugin check its settings and each device answer. Problems have paths inside of the settings;
	// while there are some, no device was asked.
	Blocker(ctx context.Context, name string, b config.Blocker, given Secrets) (schema.Problems, []Check)
	// Channel looks whether a channel of the configuration would be heard, as far as that can be done without sending
	// anything. Its name is that of its table without notify: mail, syslog, webhook.NAME, audit.
	Channel(ctx context.Context, name string, cfg *config.Config, given Secrets) []Check
	// Counts says how many entities each rule of the configuration matches now, for each brain.
	Counts(ctx context.Context, cfg *config.Config, given Secrets) []Count
}

// BrainReport is what a brain showed.
type BrainReport struct {
	// Family is "QUX" or "RUX", API the newest version that answered; both are empty when nothing did.
	Family, API string
	Checks      []Check
}

// LogIn is the name of the check that tells whether the credentials are right.
const LogIn = "log in"

// Check is one thing that was tried.
type Check struct {
	// Of is the device or the brain that was asked.
	Of string
	// Name says what was tried: "read hosts", "write tags".
	Name string
	// Detail says more of it: what was found, or what is missing without it.
	Detail string
	// Err is why it failed; nil when it went well.
	Err error
}

// Plugin is a program that can block.
type Plugin struct {
	Name, Version, Help, Label string
	// Kinds are those that it can block.
	Kinds    []entity.Kind
	Settings schema.Description
	// Err is why the plugin could not be asked; nothing but the name is known then.
	Err error
}

// Count is how many entities a rule matches now.
type Count struct {
	Brain string
	Kind  entity.Kind
	// Rule is the key of the rule as it stands in the file: "hosts.score".
	Rule    string
	Matches int
	// Err is why the brain could not be asked; Matches means nothing then.
	Err error
}
