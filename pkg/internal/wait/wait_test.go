package wait

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestForWaitsUntilItIsOverOrTheContextEnds(t *testing.T) {
	why := errors.New("told to end")
	for name, tt := range map[string]struct {
		told, lasts time.Duration
		want        error
	}{
		"over":       {time.Hour, time.Minute, nil},
		"told first": {time.Second, time.Second, why},
		"told long":  {0, 0, why},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, tell := context.WithCancelCause(t.Context())
				began := time.Now()
				if tt.told == 0 {
					tell(why)
				}
				defer time.AfterFunc(tt.told, func() { tell(why) }).Stop()
				if err := For(ctx, time.Minute); !errors.Is(err, tt.want) || time.Since(began) != tt.lasts {
					t.Errorf("got %v after %s, want %v after %s", err, time.Since(began), tt.want, tt.lasts)
				}
			})
		})
	}
}
