package lab

import (
	"errors"
	"fmt"
	"maps"
	"time"
)

// longSince is how long a device had been running when it came into the world.
const longSince = 30 * 24 * time.Hour

// webState is the answer of the web interface that tells of the last start, in milliseconds (seen: two
// monitoring projects). FortiOS 7.6 leaves the times out.
func webState(f *FortiGate, _ *fortiVDOM, _ *fortiRequest) (any, error) {
	state := map[string]any{"model_name": "FortiGate", "model_number": "VM64", "model": "FGVM64", "hostname": "lab-fortigate"}
	if !f.atLeast("7.6.0") {
		state["snapshot_utc_time"], state["utc_last_reboot"] = f.now().UnixMilli(), f.booted.UnixMilli()
	}
	return state, nil
}

// boot ends sessions, lockouts and transactions, and loses what is in memory only. Bans are no configuration;
// whether a device keeps them over a restart is not confirmed, so bans says otherwise. What was pushed into a
// feed stays unless feeds says that it goes (fortios-api.md, sections 7 and 8).
func (f *FortiGate) boot(bans, feeds bool) {
	f.door = newFortiDoor()
	clear(f.pending)
	f.booted = f.now()
	for _, v := range f.vdoms {
		if bans {
			v.bans = nil
		}
		if feeds {
			clear(v.feeds)
		}
	}
}

func opReboot(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	f.boot(given(c.Bans, true), given(c.Feeds, false))
	return nil
}

// opFailover lets the other member of a cluster answer: another serial number, the same configuration.
func opFailover(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	f.cfg.Serial = c.Serial
	f.boot(given(c.Bans, false), given(c.Feeds, false))
	return nil
}

// opBackup keeps a copy of the configuration under a name. Bans and what was pushed into feeds are in no backup.
func opBackup(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	if c.Name == "" {
		return errors.New("name is needed")
	}
	kept := map[string]*fortiVDOM{}
	for name, v := range f.vdoms {
		kept[name] = v.clone()
	}
	f.backups[c.Name] = kept
	return nil
}

// opRestore loads a backup, with which a device starts anew.
func opRestore(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	kept, ok := f.backups[c.Name]
	if !ok {
		return fmt.Errorf("no backup %q; there are %v", c.Name, sortedKeys(f.backups))
	}
	for name, v := range kept {
		loaded := v.clone()
		loaded.bans, loaded.feeds = f.vdoms[name].bans, maps.Clone(f.vdoms[name].feeds)
		maps.DeleteFunc(loaded.feeds, func(feed string, _ *fortiFeed) bool { return !loaded.has(tableFeed, feed) })
		f.vdoms[name] = loaded
	}
	f.boot(given(c.Bans, true), given(c.Feeds, false))
	return nil
}

// opReplace puts another machine in the place of this one. It has the configuration of the backup that is
// named, else the one of now, and nothing of what is not configuration.
func opReplace(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	if c.Serial == "" || c.Serial == f.cfg.Serial {
		return errors.New("serial is needed: that of the other machine")
	}
	if c.Name != "" {
		if err := opRestore(f, v, c); err != nil {
			return err
		}
	}
	f.cfg.Serial = c.Serial
	f.boot(true, true)
	return nil
}

func given(value *bool, otherwise bool) bool {
	if value == nil {
		return otherwise
	}
	return *value
}
