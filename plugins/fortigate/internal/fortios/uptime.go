package fortios

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// earliest is before any device that answers was made; what lies before it is no time of a start.
var earliest = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// Booted asks when the device last started, by its own clock. The resource is one of the web interface,
// in milliseconds (seen: two monitoring projects); FortiOS 7.6 answers without it, which is the zero time.
func (b *Batch) Booted(ctx context.Context) (time.Time, error) {
	env, err := b.Get(ctx, Path("monitor", "web-ui", "state"), nil)
	if err != nil {
		return time.Time{}, err
	}
	var state struct {
		Booted *int64 `json:"utc_last_reboot"`
	}
	if err := json.Unmarshal(env.Results, &state); err != nil || state.Booted == nil {
		return time.Time{}, errors.New("the device does not tell when it started")
	}
	at := time.UnixMilli(*state.Booted).UTC().Truncate(time.Second)
	if at.Before(earliest) || at.After(earliest.AddDate(200, 0, 0)) {
		return time.Time{}, errors.New("the device tells no time of its start that could be")
	}
	return at, nil
}
