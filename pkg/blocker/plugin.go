package blocker

import (
	"context"
	"log/slog"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Plugin describes a program to Serve. S is the struct of its settings; its tags
// carry help, defaults and bounds, and fields of type secret.String are kept in the
// secret store (see package schema).
type Plugin[S any] struct {
	// Name is the program's name without "var-plugin-".
	Name string
	// Version is the plugin's own.
	Version string
	// Help is one sentence for lists and the reference.
	Help string
	// Label is the default name in receipt tags, Aliases are further names in routing tags.
	Label   string
	Aliases []string
	// Kinds are all that the plugin can block with some settings.
	Kinds []entity.Kind
	// Open makes a blocker of checked settings. It does not talk to devices.
	Open func(ctx context.Context, settings S, instance Instance) (Blocker, error)
}

// Instance is what the host tells of the blocker that a plugin is to be.
type Instance struct {
	// Name is the blocker's name; Owner marks what this installation puts on devices.
	Name, Owner string
	// Parallel is how many requests may be in flight per device; at least 1.
	Parallel int
	// Rate is how many requests may begin per second and device, for ClientOptions; 0 is no limit.
	Rate float64
	// Timeout is the limit of one request to a device, for ClientOptions.
	Timeout time.Duration
	// Kinds are those that the operator wants of it.
	Kinds []entity.Kind
	// Log reaches the host with level and attributes intact.
	Log *slog.Logger
}
