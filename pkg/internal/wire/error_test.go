package wire

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

func TestErrorsKeepClassDeviceElementAndWait(t *testing.T) {
	busy := &entity.Error{Class: entity.Transient, Device: "fw1", Element: "192.0.2.1", RetryAfter: time.Minute, Err: errors.New("busy")}
	full := &entity.Error{Class: entity.Capacity, Device: "fw2"}
	tests := map[string]struct {
		err  error
		text string
		want []string
	}{
		"plain":         {errors.New("odd"), "odd", []string{"permanent||"}},
		"without cause": {full, "fw2: failed", []string{"capacity|fw2|"}},
		"wrapped":       {fmt.Errorf("add member: %w", busy), "fw1: 192.0.2.1: add member: busy", []string{"transient|fw1|192.0.2.1"}},
		"joined":        {errors.Join(busy, full), "fw1: 192.0.2.1: busy\nfw2: failed", []string{"transient|fw1|192.0.2.1", "capacity|fw2|"}},
		"wrapped join":  {fmt.Errorf("all: %w", errors.Join(busy, full)), "fw1: 192.0.2.1: busy\nfw2: failed", []string{"transient|fw1|192.0.2.1", "capacity|fw2|"}},
		"two verbs":     {fmt.Errorf("%w; %w", busy, errors.New("odd")), "fw1: 192.0.2.1: busy\nodd", []string{"transient|fw1|192.0.2.1", "permanent||"}},
		"cancelled":     {fmt.Errorf("post: %w", context.Canceled), "post: context canceled", []string{"unknown||"}},
		"late":          {context.DeadlineExceeded, "context deadline exceeded", []string{"unknown||"}},
		"classed late":  {&entity.Error{Class: entity.Transient, Err: context.DeadlineExceeded}, "context deadline exceeded", []string{"transient||"}},
		"no UTF-8":      {errors.New("caf\xe9"), "caf\uFFFD", []string{"permanent||"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := FromError(ToError(tt.err))
			if got.Error() != tt.text {
				t.Errorf("text is %q, want %q", got, tt.text)
			}
			for i, e := range entity.Errors(got) {
				if have := fmt.Sprintf("%s|%s|%s", e.Class, e.Device, e.Element); have != tt.want[i] {
					t.Errorf("part %d is %s, want %s", i, have, tt.want[i])
				}
			}
			if entity.RetryAfter(got) != entity.RetryAfter(tt.err) {
				t.Errorf("wait is %s", entity.RetryAfter(got))
			}
		})
	}
	if FromError(ToError(nil)) != nil {
		t.Error("no error became one")
	}
}

func TestANegativeWaitIsNone(t *testing.T) {
	err := FromError(&wirepb.Error{RetryAfter: durationpb.New(-time.Hour)})
	if entity.RetryAfter(err) != 0 || entity.ClassOf(err) != entity.Permanent {
		t.Errorf("error is %#v", err)
	}
}

// Whatever a plugin sends, the core gets values that it can work with and send on.
func FuzzForeignMessages(f *testing.F) {
	seed := func(m proto.Message) {
		text, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	seed(ToOutcome(1, entity.Outcome{Receipt: entity.Receipt{Elements: []string{"b", "a"}, Until: time.Unix(1, 0)}, Err: errors.New("x")}))
	seed(ToTarget(entity.Target{Name: "n", Host: &entity.Host{Raw: []byte(`{}`)}}))
	f.Fuzz(func(t *testing.T, text []byte) {
		var response wirepb.BlockResponse
		if proto.Unmarshal(text, &response) == nil {
			o := FromOutcome(&response)
			if again := FromOutcome(ToOutcome(0, o)); len(again.Receipt.Elements) != len(o.Receipt.Elements) || entity.RetryAfter(o.Err) < 0 {
				t.Errorf("%+v became %+v", o, again)
			}
		}
		var target wirepb.Target
		if proto.Unmarshal(text, &target) == nil {
			if _, err := proto.Marshal(ToTarget(FromTarget(&target))); err != nil {
				t.Error(err)
			}
		}
	})
}
