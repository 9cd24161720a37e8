package feed

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// pushSince is the first version that entries can be pushed to.
const pushSince = "7.2.1"

// resource is the configuration of the feed.
type resource struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Update string `json:"update-method"`
	Status string `json:"status"`
}

// push changes entries of the feed. command is "add" or "remove": "snapshot" would take away what
// was pushed since the feed was read.
func (w *Way) push(ctx context.Context, b *fortios.Batch, command string, entries []string) error {
	_, err := b.Post(ctx, fortios.Path("monitor", "system", "external-resource", "dynamic"), map[string]any{
		"commands": []any{map[string]any{"name": w.Feed, "command": command, "entries": entries}},
	})
	if version, _ := b.Device(); fortios.IsUnknownResource(err) && !fortios.AtLeast(version, pushSince) {
		return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
			"feeds are pushed to FortiOS %s and later, this is %s: %w", pushSince, version, err)}
	}
	return err
}

// describe reads how the feed is configured and whether entries can be pushed to it.
func (w *Way) describe(ctx context.Context, b *fortios.Batch) (string, error) {
	r, err := fortios.One[resource](ctx, b, fortios.Path("cmdb", "system", "external-resource", w.Feed))
	if fortios.IsMissing(err) {
		return "", w.absent()
	}
	if err != nil {
		return "", err
	}
	detail := fmt.Sprintf("type %s, update-method %s, status %s", r.Type, r.Update, r.Status)
	if r.Type != "address" || r.Update != "push" || r.Status == "disable" {
		return detail, &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
			"feed %q must be enabled, of type address and with update-method push", w.Feed)}
	}
	return detail, nil
}
