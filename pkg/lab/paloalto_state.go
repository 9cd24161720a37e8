package lab

import "time"

// PANOSState is what a firewall, or a Panorama and the firewalls behind it, holds by serial number.
type PANOSState struct {
	Version string                      `json:"version"`
	Devices map[string]PANOSDeviceState `json:"devices"`
}

// PANOSDeviceState is what one device holds by virtual system.
type PANOSDeviceState struct {
	Booted time.Time                 `json:"booted"`
	VSYS   map[string]PANOSVsysState `json:"vsys"`
}

// PANOSVsysState is what is registered in a virtual system: by address or user, by tag.
type PANOSVsysState struct {
	Addresses map[string]map[string]PANOSTagState `json:"addresses"`
	Users     map[string]map[string]PANOSTagState `json:"users"`
	Groups    map[string][]string                 `json:"groups"`      // dynamic address groups and what they match
	UserGroup map[string][]string                 `json:"user_groups"` // dynamic user groups and whom they match
	Rules     []PANOSRule                         `json:"rules"`
}

// PANOSTagState is a tag; Remaining is in seconds, 0 for ever.
type PANOSTagState struct {
	Remaining  int64 `json:"remaining"`
	Persistent bool  `json:"persistent"`
}

// State is a PANOSState.
func (p *PANOS) State() any { return p.Holds() }

// Holds is what the device holds now.
func (p *PANOS) Holds() PANOSState {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := PANOSState{Version: p.cfg.Version, Devices: map[string]PANOSDeviceState{}}
	for serial, d := range p.devices {
		d.expire(p.now())
		state := PANOSDeviceState{Booted: d.booted.UTC(), VSYS: map[string]PANOSVsysState{}}
		for name, v := range d.vsys {
			state.VSYS[name] = p.vsysState(v)
		}
		out.Devices[serial] = state
	}
	return out
}

func (p *PANOS) vsysState(v *panVsys) PANOSVsysState {
	out := PANOSVsysState{
		Addresses: p.tagState(v.addresses), Users: p.tagState(v.users),
		Groups: map[string][]string{}, UserGroup: map[string][]string{}, Rules: append([]PANOSRule{}, v.rules...),
	}
	for name, filter := range v.dags {
		out.Groups[name] = matching(v.addresses, filter)
	}
	for name, filter := range v.dugs {
		out.UserGroup[name] = matching(v.users, filter)
	}
	return out
}

func (p *PANOS) tagState(t *panTable) map[string]map[string]PANOSTagState {
	out := make(map[string]map[string]PANOSTagState, len(t.entries))
	for key, e := range t.entries {
		out[key] = make(map[string]PANOSTagState, len(e.tags))
		for _, tag := range e.tags {
			s := PANOSTagState{Persistent: tag.persistent}
			if !tag.expires.IsZero() {
				s.Remaining = int64(tag.expires.Sub(p.now()).Seconds())
			}
			out[key][tag.name] = s
		}
	}
	return out
}
