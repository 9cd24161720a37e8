package blocker

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// hanging is two devices, of which one does not answer.
type hanging struct{}

func (hanging) BlockAll(context.Context, []entity.Target) []Outcome { return nil }

func (hanging) UnblockAll(ctx context.Context, rs []Release) []error {
	return UnblockOn(ctx, []device{"up", "hangs"}, rs, func(ctx context.Context, d device, rs []Release) []error {
		if d == "up" {
			return make([]error, len(rs))
		}
		<-ctx.Done()
		return []error{ctx.Err()}
	})
}

func TestADeviceThatHangsDoesNotSilenceTheOthers(t *testing.T) {
	synctest.Test(t, deviceHangs)
}

func deviceHangs(t *testing.T) {
	c := served(t, Batch(hanging{}))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	stream, err := c.Unblock(ctx, &wirepb.UnblockRequest{Releases: wire.ToReleases([]Release{{Target: hosts("0")[0]}})})
	answers := collected(t, stream, err)
	if len(answers) != 1 {
		t.Fatalf("%d answers, want what the devices said before the deadline", len(answers))
	}
	var devices []string
	for _, e := range entity.Errors(wire.FromError(answers[0].GetError())) {
		devices = append(devices, e.Device+" "+string(e.Class))
	}
	if want := []string{"hangs unknown"}; !slices.Equal(devices, want) {
		t.Errorf("errors are of %q, want %q", devices, want)
	}
}

func (hanging) Probe(ctx context.Context) []DeviceReport {
	return ProbeOn(ctx, []device{"up", "hangs"}, func(ctx context.Context, d device) []Check {
		if d == "hangs" {
			<-ctx.Done()
		}
		return []Check{{Name: "read", Err: ctx.Err()}}
	})
}

func TestAProbeTellsOfTheDevicesThatAnswerAlthoughOneHangs(t *testing.T) {
	synctest.Test(t, probeHangs)
}

func probeHangs(t *testing.T) {
	c := served(t, Batch(hanging{}))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	stream, err := c.Probe(ctx, &wirepb.ProbeRequest{})
	failed := map[string]bool{}
	for _, m := range collected(t, stream, err) {
		r := wire.FromReport(m)
		failed[r.Device] = r.Checks[0].Err != nil
	}
	if diff := cmp.Diff(map[string]bool{"up": false, "hangs": true}, failed); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
}
