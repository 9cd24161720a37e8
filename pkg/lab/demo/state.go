package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

var (
	firewalls = []string{"fw1", "fw2", "pa1"}
	brains    = []string{"branch", "cloud", "hq"}
)

func everybody() []string { return slices.Concat(firewalls, brains) }

// firewall is what the demo reads from the state of a firewall: members of groups by name, and
// registered addresses and users with their tags.
type firewall struct {
	VDOMs map[string]struct {
		Addresses map[string]address  `json:"addresses"`
		V6        map[string]address  `json:"addresses6"`
		Groups    map[string][]string `json:"groups"`
		Groups6   map[string][]string `json:"groups6"`
	} `json:"vdoms"`
	Devices map[string]struct {
		VSYS map[string]struct {
			Groups     map[string][]string `json:"groups"`
			UserGroups map[string][]string `json:"user_groups"`
		} `json:"vsys"`
	} `json:"devices"`
}

type address struct {
	Value string `json:"value"`
}

// holds reports that an element is in a group of the firewall: on PAN-OS in one that a rule
// uses, on a FortiGate in one whose members are addresses that stand for it.
func holds(state json.RawMessage, element string) bool {
	var f firewall
	if err := json.Unmarshal(state, &f); err != nil {
		return false
	}
	for _, v := range f.VDOMs {
		if memberOf(v.Groups, v.Addresses, element) || memberOf(v.Groups6, v.V6, element) {
			return true
		}
	}
	for _, d := range f.Devices {
		for _, v := range d.VSYS {
			if listed(v.Groups, element) || listed(v.UserGroups, element) {
				return true
			}
		}
	}
	return false
}

func memberOf(groups map[string][]string, addresses map[string]address, element string) bool {
	for _, members := range groups {
		for _, m := range members {
			if a, ok := addresses[m]; ok && standsFor(a.Value, element) {
				return true
			}
		}
	}
	return false
}

// standsFor compares a FortiGate's value, "10.1.2.3 255.255.255.255" or "fd00::1/128", with an element.
func standsFor(value, element string) bool {
	value = strings.TrimSuffix(strings.TrimSuffix(value, " 255.255.255.255"), "/128")
	return value == element
}

func listed(groups map[string][]string, element string) bool {
	for _, members := range groups {
		if slices.Contains(members, element) {
			return true
		}
	}
	return false
}

// entityState is what an analyst sees of a host, account or detection.
type entityState struct {
	ID    int      `json:"id"`
	Name  string   `json:"name"`
	Tags  []string `json:"tags"`
	Notes []struct {
		Note string `json:"note"`
	} `json:"notes"`
}

func (s *stage) host(ctx context.Context, brain string, id int) (entityState, error) {
	state, err := s.admin.state(ctx, brain)
	if err != nil {
		return entityState{}, err
	}
	var all struct {
		Hosts []entityState `json:"hosts"`
	}
	if err := json.Unmarshal(state, &all); err != nil {
		return entityState{}, err
	}
	for _, h := range all.Hosts {
		if h.ID == id {
			return h, nil
		}
	}
	return entityState{}, fmt.Errorf("%s has no host %d", brain, id)
}

// recorded wants the marker on a host, or not, a note that begins so, and the analyst's own tag still there.
func (s *stage) recorded(ctx context.Context, id int, marked bool, note, foreign string) error {
	h, err := s.host(ctx, "hq", id)
	if err != nil {
		return err
	}
	if slices.Contains(h.Tags, "VAR Host Blocked") != marked {
		return fmt.Errorf("%s bears the tags %q", h.Name, h.Tags)
	}
	if foreign != "" && !slices.Contains(h.Tags, foreign) {
		return fmt.Errorf("%s lost the analyst's tag %q: %q", h.Name, foreign, h.Tags)
	}
	for _, n := range slices.Backward(h.Notes) {
		if strings.HasPrefix(n.Note, note) {
			s.say("%-18s tags: %s", h.Name, strings.Join(h.Tags, " | "))
			s.say("%-18s note: %s", "", n.Note)
			return nil
		}
	}
	return fmt.Errorf("%s has no note that begins with %q", h.Name, note)
}
