package fortios

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// maxUptime is longer than any device has been running.
const maxUptime = 50 * 365 * 24 * time.Hour

// Uptime asks how long the device has been running. The resource is one of the web interface and gives two
// times of the device's clock in milliseconds (seen: several monitoring projects); FortiOS 7.6 answers without.
func (b *Batch) Uptime(ctx context.Context) (time.Duration, error) {
	env, err := b.Get(ctx, Path("monitor", "web-ui", "state"), nil)
	if err != nil {
		return 0, err
	}
	var state struct {
		Now    *int64 `json:"snapshot_utc_time"`
		Booted *int64 `json:"utc_last_reboot"`
	}
	if err := json.Unmarshal(env.Results, &state); err != nil || state.Now == nil || state.Booted == nil {
		return 0, errors.New("the device does not tell how long it has been running")
	}
	if up := *state.Now - *state.Booted; *state.Booted > 0 && up >= 0 && up < maxUptime.Milliseconds() {
		return time.Duration(up) * time.Millisecond, nil
	}
	return 0, errors.New("the device tells an uptime that cannot be")
}
