package lab

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// uptime is as "show system info" tells it (seen: captured replies of several projects).
func uptime(up time.Duration) string {
	seconds := int64(up / time.Second)
	return fmt.Sprintf("%d days, %d:%02d:%02d", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}

// reboot forgets what was not registered to last.
func (d *panDevice) reboot(now time.Time) {
	d.booted = now
	for _, v := range d.vsys {
		v.addresses.drop(func(t panTag) bool { return !t.persistent })
		v.users.drop(func(t panTag) bool { return !t.persistent })
		clear(v.mappings)
	}
}

func panRebootOp(p *PANOS, _ *panVsys, c panChange) error {
	p.devices[c.Target].reboot(p.now())
	return nil
}

// panConfig is the configuration of a device by virtual system: what a backup holds. Registrations are none of it.
type panConfig map[string]panPolicy

type panPolicy struct {
	dags, dugs map[string]string
	rules      []PANOSRule
}

func (d *panDevice) config() panConfig {
	kept := panConfig{}
	for name, v := range d.vsys {
		kept[name] = panPolicy{maps.Clone(v.dags), maps.Clone(v.dugs), slices.Clone(v.rules)}
	}
	return kept
}

func (d *panDevice) load(c panConfig) {
	for name, v := range d.vsys {
		v.dags, v.dugs, v.rules = maps.Clone(c[name].dags), maps.Clone(c[name].dugs), slices.Clone(c[name].rules)
	}
}

// panBackupOp keeps the groups and rules under a name.
func panBackupOp(p *PANOS, _ *panVsys, c panChange) error {
	if c.Name == "" {
		return errors.New("name is needed")
	}
	p.backups[c.Name] = p.devices[c.Target].config()
	return nil
}

// panRestoreOp loads and commits a backup; what is registered stays.
func panRestoreOp(p *PANOS, _ *panVsys, c panChange) error {
	kept, ok := p.backups[c.Name]
	if !ok {
		return fmt.Errorf("no backup %q; there are %v", c.Name, sortedKeys(p.backups))
	}
	p.devices[c.Target].load(kept)
	return nil
}

// panReplaceOp puts another machine in the place of a device: the same configuration, or that of the backup
// which is named, and nothing registered.
func panReplaceOp(p *PANOS, _ *panVsys, c panChange) error {
	if c.Serial == "" || p.devices[c.Serial] != nil {
		return errors.New("serial is needed: that of the other machine")
	}
	policy := p.devices[c.Target].config()
	if c.Name != "" {
		kept, ok := p.backups[c.Name]
		if !ok {
			return fmt.Errorf("no backup %q; there are %v", c.Name, sortedKeys(p.backups))
		}
		policy = kept
	}
	fresh := newPanDevice(c.Serial, p.cfg.VSYS, p.now())
	fresh.load(policy)
	delete(p.devices, c.Target)
	p.devices[c.Serial] = fresh
	p.rename(c.Target, c.Serial)
	return nil
}

func (p *PANOS) rename(was, is string) {
	if p.cfg.Serial == was {
		p.cfg.Serial = is
	}
	p.cfg.Targets = slices.Clone(p.cfg.Targets)
	for i, serial := range p.cfg.Targets {
		if serial == was {
			p.cfg.Targets[i] = is
		}
	}
}
