package vectra

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheRealClockWaitsAsLongAsItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := (Config{}).filled().Wait(t.Context(), time.Hour); err != nil || time.Since(began) != time.Hour {
			t.Errorf("error %v after %s", err, time.Since(began))
		}
	})
}
