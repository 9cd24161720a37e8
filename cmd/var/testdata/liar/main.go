// Command liar stands in the place of the FortiGate plugin and confirms everything
// without doing it: what believes it is not worth believing.
package main

import (
	"context"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

type settings struct {
	Mode          string   `toml:"mode" help:"As the FortiGate plugin's."`
	InternalGroup string   `toml:"internal_group" help:"As the FortiGate plugin's."`
	ExternalGroup string   `toml:"external_group" help:"As the FortiGate plugin's."`
	Devices       []device `toml:"device" help:"As the FortiGate plugin's."`
}

type device struct {
	ID    string        `toml:"name" required:"true" help:"As the FortiGate plugin's."`
	URL   string        `toml:"url" help:"As the FortiGate plugin's."`
	Token secret.String `toml:"token" help:"As the FortiGate plugin's."`
	blocker.TLS
}

type liar struct{}

func (liar) Elements(_ context.Context, t entity.Target) ([]string, error) {
	return blocker.Addresses(t), nil
}

func (liar) Block(_ context.Context, t entity.Target) (blocker.Receipt, error) {
	return blocker.Receipt{Elements: blocker.Addresses(t)}, nil
}

func (liar) Unblock(context.Context, entity.Target, blocker.Receipt) error { return nil }

func main() {
	blocker.Serve(blocker.Plugin[settings]{
		Name: "fortigate", Version: "1.0.0", Help: "Confirms without acting.", Label: "Fortinet Client",
		Kinds: []entity.Kind{entity.KindHost, entity.KindDetection, entity.KindStatic},
		Open: func(context.Context, settings, blocker.Instance) (blocker.Blocker, error) {
			return liar{}, nil
		},
	})
}
