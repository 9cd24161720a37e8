package wire

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// Opening is what the host tells a plugin of the blocker that it is to be.
type Opening struct {
	Name, Owner string
	Settings    map[string]any
	// Secrets are revealed: they cross the socket, which is mutually authenticated and encrypted.
	Secrets  map[string]string
	Kinds    []entity.Kind
	Parallel int
	Rate     float64
	Timeout  time.Duration
}

// ToOpening makes the message of it. It fails when settings cannot be written as JSON.
func ToOpening(o Opening) (*wirepb.OpenRequest, error) {
	settings, err := ToValues(o.Settings)
	if err != nil {
		return nil, err
	}
	return &wirepb.OpenRequest{
		Settings: settings, Secrets: o.Secrets, Name: text(o.Name), Owner: text(o.Owner),
		Parallel: int32(min(o.Parallel, 1<<16)), Kinds: strung[string](o.Kinds), //nolint:gosec // bounded
		Timeout: durationpb.New(o.Timeout), Rate: o.Rate,
	}, nil
}
