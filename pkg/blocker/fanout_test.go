package blocker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

type device string

func (d device) Name() string { return string(d) }

func hosts(ips ...string) []entity.Target {
	ts := make([]entity.Target, len(ips))
	for i, ip := range ips {
		ts[i] = entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: ip}, Host: &entity.Host{IP: ip}}
	}
	return ts
}

func TestBlockOnUnitesReceiptsAndNamesTheFailedDevice(t *testing.T) {
	soon, late := time.Unix(100, 0), time.Unix(200, 0)
	got := BlockOn(t.Context(), []device{"fw1", "fw2"}, hosts("192.0.2.1", "192.0.2.2"),
		func(_ context.Context, d device, ts []entity.Target) []Outcome {
			if d == "fw1" {
				return []Outcome{
					{Receipt: Receipt{Elements: []string{"a"}, Until: late, Former: "first"}},
					{Receipt: Receipt{Elements: []string{"b"}}},
				}
			}
			return []Outcome{
				{Receipt: Receipt{Elements: []string{"c"}, Until: soon, Former: "second"}, Pending: true},
				{Err: &Error{Class: Transient, Element: "b", RetryAfter: time.Second, Err: errors.New("busy")}},
			}
		})
	want := []Outcome{
		{Receipt: Receipt{Elements: []string{"a", "c"}, Until: soon, Former: "first"}, Pending: true},
		{Receipt: Receipt{Elements: []string{"b"}}},
	}
	if diff := cmp.Diff(want, []Outcome{got[0], {Receipt: got[1].Receipt}}); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	var e *Error
	if !errors.As(got[1].Err, &e) || e.Device != "fw2" || e.Element != "b" || e.Class != Transient || e.RetryAfter != time.Second {
		t.Errorf("error is %#v, want the transient one of fw2", got[1].Err)
	}
	if got[0].Err != nil {
		t.Errorf("the first target failed: %v", got[0].Err)
	}
}

func TestAPanickingDeviceFailsAloneAndUnknown(t *testing.T) {
	devices := []device{"good", "bad"}
	blow := func(d device) {
		if d == "bad" {
			panic("boom")
		}
	}
	outcomes := BlockOn(t.Context(), devices, hosts("192.0.2.1"), func(_ context.Context, d device, _ []entity.Target) []Outcome {
		blow(d)
		return []Outcome{{Receipt: Receipt{Elements: []string{"192.0.2.1"}}}}
	})
	if ClassOf(outcomes[0].Err) != entity.Unknown || !slices.Equal(outcomes[0].Receipt.Elements, []string{"192.0.2.1"}) {
		t.Errorf("outcome is %+v, want unknown with the good device's element", outcomes[0])
	}
	errs := UnblockOn(t.Context(), devices, make([]Release, 1), func(_ context.Context, d device, _ []Release) []error {
		blow(d)
		return []error{nil}
	})
	if got := fmt.Sprint(errs[0]); got != "bad: the plugin panicked: boom" {
		t.Errorf("unblock says %q", got)
	}
	lists := ListOn(t.Context(), devices, func(_ context.Context, d device) (Inventory, error) {
		blow(d)
		return Inventory{Serial: "1", Entries: []Entry{{Element: "e"}}}, nil
	})
	if lists[0].Err != nil || len(lists[0].Entries) != 1 || lists[0].Serial != "1" || lists[1].Err == nil || lists[1].Device != "bad" {
		t.Errorf("lists are %+v", lists)
	}
	reports := ProbeOn(t.Context(), devices, func(_ context.Context, d device) []Check {
		blow(d)
		return []Check{{Name: "login"}}
	})
	if reports[0].Checks[0].Err != nil || reports[1].Checks[0].Err == nil {
		t.Errorf("reports are %+v", reports)
	}
}

func TestADeviceThatAnswersTooLittleLeavesTheRestUnknown(t *testing.T) {
	outcomes := BlockOn(t.Context(), []device{"fw1"}, hosts("192.0.2.1", "192.0.2.2"),
		func(context.Context, device, []entity.Target) []Outcome { return []Outcome{{}} })
	if outcomes[0].Err != nil || ClassOf(outcomes[1].Err) != entity.Unknown {
		t.Errorf("outcomes are %+v", outcomes)
	}
	errs := UnblockOn(t.Context(), []device{"fw1"}, make([]Release, 1),
		func(context.Context, device, []Release) []error { return nil })
	if ClassOf(errs[0]) != entity.Unknown {
		t.Errorf("error is %v, want unknown", errs[0])
	}
}

func TestOnDeviceKeepsClassesApart(t *testing.T) {
	busy := &Error{Class: Transient, RetryAfter: time.Minute, Err: errors.New("busy")}
	tests := map[string]struct {
		err  error
		want []Error
	}{
		"nil":     {nil, nil},
		"classed": {busy, []Error{{Class: Transient, Device: "fw1", RetryAfter: time.Minute}}},
		"wrapped": {fmt.Errorf("add member: %w", busy), []Error{{Class: Transient, Device: "fw1", RetryAfter: time.Minute}}},
		"plain":   {errors.New("odd"), []Error{{Class: Permanent, Device: "fw1"}}},
		"joined": {
			errors.Join(busy, errors.New("odd")),
			[]Error{{Class: Transient, Device: "fw1", RetryAfter: time.Minute}, {Class: Permanent, Device: "fw1"}},
		},
		"given up":      {fmt.Errorf("read: %w", context.DeadlineExceeded), []Error{{Class: entity.Unknown, Device: "fw1"}}},
		"already named": {&Error{Class: Capacity, Device: "fw9"}, []Error{{Class: Capacity, Device: "fw9"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []Error
			for _, e := range entity.Errors(OnDevice("fw1", tt.err)) {
				got = append(got, Error{Class: e.Class, Device: e.Device, RetryAfter: e.RetryAfter})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
	if busy.Device != "" {
		t.Error("the vendor's own error was changed")
	}
}

type memory map[string]bool

func (m memory) BlockAll(_ context.Context, ts []entity.Target) []Outcome {
	for _, t := range ts {
		m[t.ID] = true
	}
	return make([]Outcome, len(ts))
}

func (m memory) UnblockAll(_ context.Context, rs []Release) []error {
	for _, r := range rs {
		delete(m, r.Target.ID)
	}
	return make([]error, len(rs))
}

func TestBatchBlocksAndUnblocksOne(t *testing.T) {
	m := memory{}
	b := Batch(m)
	if _, err := b.Block(t.Context(), hosts("192.0.2.1")[0]); err != nil || !m["192.0.2.1"] {
		t.Fatalf("not blocked: %v %v", m, err)
	}
	if err := b.Unblock(t.Context(), hosts("192.0.2.1")[0], Receipt{}); err != nil || len(m) != 0 {
		t.Fatalf("not unblocked: %v %v", m, err)
	}
	if _, ok := inner(b).(Batcher); !ok {
		t.Error("the batcher is hidden")
	}
}
