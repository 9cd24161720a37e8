package lab

import (
	"encoding/json"
	"fmt"
)

// panChange is what an operation of the admin API is told; each uses some of it.
type panChange struct {
	Target  string   `json:"target"` // serial number; default: the device itself
	VSYS    string   `json:"vsys"`   // default: the first
	IP      string   `json:"ip"`
	User    string   `json:"user"`
	Tags    []string `json:"tags"`
	Timeout int64    `json:"timeout"` // seconds; 0: for ever
	// Persistent says whether a registration survives a reboot. Default: true.
	Persistent *bool `json:"persistent"`
	Seconds    int64 `json:"seconds"`
	Count      int   `json:"count"`

	Name   string     `json:"name"`
	Filter string     `json:"filter"`
	Rule   *PANOSRule `json:"rule"`
	Admin  string     `json:"admin"`
	Key    string     `json:"key"`
	Serial string     `json:"serial"`

	panSettings
}

// panSettings are the switches of a running device; absent ones stay as they are.
type panSettings struct {
	Version      *string `json:"version"`
	Capacity     *int    `json:"capacity"`
	Concurrent   *int    `json:"concurrent"`
	Passive      *bool   `json:"passive"`
	Refresh      *bool   `json:"refresh"` // registering again renews the timeout
	NoUserID     *bool   `json:"no_user_id"`
	NoOperations *bool   `json:"no_operations"`
}

type panOp func(p *PANOS, v *panVsys, c panChange) error

// panOperations are what an administrator, another tool, or time may do to a device.
var panOperations = map[string]panOp{
	"tag":        panTagOp,
	"untag":      panUntagOp,
	"fill":       panFillOp,
	"dag":        func(_ *PANOS, v *panVsys, c panChange) error { return setFilter(v.dags, c) },
	"dug":        func(_ *PANOS, v *panVsys, c panChange) error { return setFilter(v.dugs, c) },
	"rule":       panRuleOp,
	"advance":    panAdvanceOp,
	"reboot":     panRebootOp,
	"hold":       panHoldOp,
	"release":    panReleaseOp,
	"set":        panSetOp,
	"backup":     panBackupOp,
	"restore":    panRestoreOp,
	"replace":    panReplaceOp,
	"set-rights": panRightsOp,
	"set-key":    panKeyOp,
}

// Change applies one of the operations that docs/lab.md lists.
func (p *PANOS) Change(op string, args json.RawMessage) error {
	do, ok := panOperations[op]
	if !ok {
		return unknownOp(op)
	}
	var c panChange
	if len(args) > 0 {
		if err := json.Unmarshal(args, &c); err != nil {
			return fmt.Errorf("lab: op %q: %w", op, err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	v, err := p.changed(&c)
	if err == nil {
		err = do(p, v, c)
	}
	if err != nil {
		return fmt.Errorf("lab: op %q: %w", op, err)
	}
	return nil
}

func (p *PANOS) changed(c *panChange) (*panVsys, error) {
	if c.Target == "" {
		c.Target = p.cfg.Serial
	}
	d := p.devices[c.Target]
	if d == nil {
		return nil, fmt.Errorf("no target %q; there are %v", c.Target, sortedKeys(p.devices))
	}
	if c.VSYS == "" {
		c.VSYS = d.order[0]
	}
	if d.vsys[c.VSYS] == nil {
		return nil, fmt.Errorf("no vsys %q; there are %v", c.VSYS, d.order)
	}
	d.expire(p.now())
	return d.vsys[c.VSYS], nil
}
