package cli

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// mute is a blocker without the power to probe, and does not answer one who asks.
type mute struct{}

func (mute) Info() entity.Blocker { return entity.Blocker{Name: "north"} }

func (mute) Probe(context.Context) ([]entity.DeviceReport, error) {
	return nil, errors.New("nobody probes here")
}

func TestAPluginThatCannotAskItsDevicesIsNamed(t *testing.T) {
	var out bytes.Buffer
	a := &App{Out: &out}
	if err := a.printChecks(probed(t.Context(), "north", mute{})); err != nil {
		t.Error(err)
	}
	if got, want := out.String(), "north\t-\tprobe\tnot checked\tits plugin cannot tell\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
