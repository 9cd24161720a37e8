package lab

import (
	"maps"
	"slices"
	"time"
)

// FortiGateState is what a device holds, by VDOM.
type FortiGateState struct {
	Serial  string                        `json:"serial"`
	Booted  time.Time                     `json:"booted"`
	Version string                        `json:"version"`
	VDOMs   map[string]FortiGateVDOMState `json:"vdoms"`
}

// FortiGateVDOMState is what one VDOM holds. Built-in addresses are left out.
type FortiGateVDOMState struct {
	Addresses  map[string]FortiAddressState `json:"addresses"`
	Addresses6 map[string]FortiAddressState `json:"addresses6"`
	Groups     map[string][]string          `json:"groups"`
	Groups6    map[string][]string          `json:"groups6"`
	Bans       []FortiBanState              `json:"bans"`
	Feeds      map[string]FortiFeedState    `json:"feeds"`
	Policies   []FortiPolicyState           `json:"policies"`
}

// FortiAddressState is an address object; Value is its subnet, prefix, range ("a-b") or name.
type FortiAddressState struct {
	Type    string `json:"type"`
	Value   string `json:"value"`
	Comment string `json:"comment"`
}

// FortiBanState is a ban; Remaining is in seconds, 0 for ever.
type FortiBanState struct {
	IP        string `json:"ip"`
	Source    string `json:"source"`
	Remaining int64  `json:"remaining"`
}

// FortiFeedState is a feed by what becomes of its entries.
type FortiFeedState struct {
	Valid    []string `json:"valid"`
	Invalid  []string `json:"invalid"`
	Overflow []string `json:"overflow"`
}

// FortiPolicyState is a policy by what it matches.
type FortiPolicyState struct {
	ID      int      `json:"id"`
	Name    string   `json:"name"`
	Enabled bool     `json:"enabled"`
	Action  string   `json:"action"`
	Source  []string `json:"source"`
	Target  []string `json:"destination"`
	Source6 []string `json:"source6"`
	Target6 []string `json:"destination6"`
}

// State is a FortiGateState.
func (f *FortiGate) State() any { return f.Holds() }

// Holds is what the device holds now.
func (f *FortiGate) Holds() FortiGateState {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := FortiGateState{Serial: f.cfg.Serial, Booted: f.booted.UTC(), Version: f.cfg.Version, VDOMs: map[string]FortiGateVDOMState{}}
	for _, name := range f.order {
		out.VDOMs[name] = f.stateOf(f.vdoms[name])
	}
	return out
}

func (f *FortiGate) stateOf(v *fortiVDOM) FortiGateVDOMState {
	v.expireBans(f.now())
	return FortiGateVDOMState{
		Addresses: v.addressState(tableAddress), Addresses6: v.addressState(tableAddress6),
		Groups: v.groupState(tableGroup), Groups6: v.groupState(tableGroup6),
		Bans: f.banState(v), Feeds: f.feedState(v), Policies: v.policyState(),
	}
}

func (v *fortiVDOM) addressState(table string) map[string]FortiAddressState {
	out := map[string]FortiAddressState{}
	for key, row := range v.tables[table].rows {
		if !isBuiltin(table, key) {
			out[key] = FortiAddressState{Type: row.text("type"), Value: addressValue(row), Comment: row.text("comment")}
		}
	}
	return out
}

func addressValue(row fortiRow) string {
	switch row.text("type") {
	case "ipmask":
		return row.text("subnet")
	case "ipprefix":
		return row.text("ip6")
	case "iprange":
		return row.text("start-ip") + "-" + row.text("end-ip")
	case "fqdn":
		return row.text("fqdn")
	}
	return ""
}

func (v *fortiVDOM) groupState(table string) map[string][]string {
	out := map[string][]string{}
	for key, row := range v.tables[table].rows {
		out[key] = slices.Clone(row.names("member"))
	}
	return out
}

func (f *FortiGate) banState(v *fortiVDOM) []FortiBanState {
	out := make([]FortiBanState, len(v.bans))
	for i, b := range v.bans {
		out[i] = FortiBanState{IP: b.ip.String(), Source: b.source}
		if !b.expires.IsZero() {
			out[i].Remaining = int64(b.expires.Sub(f.now()).Seconds())
		}
	}
	return out
}

func (f *FortiGate) feedState(v *fortiVDOM) map[string]FortiFeedState {
	out := map[string]FortiFeedState{}
	for key := range v.tables[tableFeed].rows {
		view := f.feedView(v, key)
		s := FortiFeedState{Valid: []string{}, Invalid: []string{}, Overflow: append([]string{}, view.overflow...)}
		for _, e := range view.entries {
			if e.Valid {
				s.Valid = append(s.Valid, e.Entry)
			} else {
				s.Invalid = append(s.Invalid, e.Entry)
			}
		}
		out[key] = s
	}
	return out
}

func (v *fortiVDOM) policyState() []FortiPolicyState {
	out := []FortiPolicyState{}
	for _, row := range v.tables[tablePolicy].all() {
		id, _ := row["policyid"].(int)
		out = append(out, FortiPolicyState{
			ID: id, Name: row.text("name"), Enabled: row.text("status") == "enable", Action: row.text("action"),
			Source: row.names("srcaddr"), Target: row.names("dstaddr"),
			Source6: row.names("srcaddr6"), Target6: row.names("dstaddr6"),
		})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
