package stage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/tools/bench/internal/scenario"
)

// quxVersion is what var takes a brain for that is not in the cloud.
const quxVersion = "2.5"

// tunnels is the type of all detections of an estate.
const tunnels = "Hidden HTTPS Tunnel"

// What var looks for, and what it leaves, on hosts and detections.
var (
	blockTags = map[string]string{scenario.Host: "vectra_host_block", scenario.Detection: "block"}
	markers   = map[string]string{scenario.Host: "VAR Host Blocked", scenario.Detection: "VAR Detection Blocked"}
	labels    = map[string]string{"fortigate": "Fortinet Client", "paloalto": "PAN Client", "external-command": "External Call Client"}
)

// addBrain adds a brain that has groups and nothing else.
func (s *Stage) addBrain(name string) error {
	for _, what := range []string{"client_id", "client_secret"} {
		if err := s.secret("brain."+name+"."+what, secretOf(name)); err != nil {
			return err
		}
	}
	b := lab.NewBrain(lab.BrainConfig{Version: cmp.Or(s.setup.API, quxVersion), ClientID: secretOf(name), ClientSecret: secretOf(name), Clock: s.world.Now})
	b.PutGroups(
		lab.Group{ID: 1, Name: noBlockHosts, Type: "host", Members: []string{}},
		lab.Group{ID: 2, Name: noBlockAccounts, Type: "account", Members: []string{}},
	)
	s.world.Add(name, b)
	s.brains = append(s.brains, b)
	return nil
}

// Fill gives every brain its estate. The targets are to be blocked.
func (s *Stage) Fill() { s.fill(s.want) }

// Seed gives every brain its estate, in which the targets are blocked already: as tags in the brain and entries on
// the devices, from which var learns what it holds. Where only var can make the entries, the targets are to be
// blocked.
func (s *Stage) Seed() error {
	if !s.setup.Adopt {
		s.Fill()
		return nil
	}
	s.fill(s.heldTags)
	var all []string
	for brain := range s.brains {
		for target := 0; target < s.setup.Targets; target += s.setup.Sharing {
			all = append(all, s.element(brain, target))
		}
	}
	for _, devices := range s.devices {
		for _, d := range devices {
			if err := d.hold(all); err != nil {
				return fmt.Errorf("have %s hold %d elements: %w", d.name(), len(all), err)
			}
		}
	}
	return nil
}

// fill makes estates in which each target bears tags.
func (s *Stage) fill(tags func(brain, target int) []string) {
	for brain, b := range s.brains {
		e := lab.NewEstate(lab.EstateSize{Seed: uint64(brain), Hosts: s.setup.Estate, Detections: s.setup.Estate})
		for i := range e.Hosts {
			e.Hosts[i].IP = hostAddress(brain, i)
		}
		for i := range e.Detections {
			e.Detections[i] = s.detection(i)
		}
		for i := range s.setup.Targets {
			if s.setup.Kind == scenario.Host {
				e.Hosts[i].Tags = tags(brain, i)
			} else {
				e.Detections[i].Tags = tags(brain, i)
			}
		}
		b.Fill(e)
	}
}

// detection is one of the host in its place, with an address as its only destination.
func (s *Stage) detection(i int) lab.Detection {
	d := lab.Tunnel(i+1, i+1, destination(i/s.setup.Sharing), "")
	d.Details[0]["target_domains"] = []string{}
	delete(d.Details[0], "external_target")
	return d
}

func hostAddress(brain, i int) string {
	return fmt.Sprintf("10.%d.%d.%d", 64+2*brain+i>>16, i>>8&255, i&255)
}

func destination(i int) string { return fmt.Sprintf("185.%d.%d.%d", 200+i>>16, i>>8&255, i&255) }

// element is what a block of a target leaves on the devices.
func (s *Stage) element(brain, target int) string {
	if s.setup.Kind == scenario.Host {
		return hostAddress(brain, target)
	}
	return destination(target / s.setup.Sharing)
}

func (s *Stage) want(int, int) []string { return []string{blockTags[s.setup.Kind]} }

func (s *Stage) heldTags(brain, target int) []string {
	tags := []string{blockTags[s.setup.Kind], markers[s.setup.Kind]}
	for n := range s.setup.Blockers {
		tags = append(tags, "VAR ID:"+s.label(n)+":"+s.element(brain, target))
	}
	return tags
}

// Unwant takes the block tag off every target: nothing is a reason to hold it any more.
func (s *Stage) Unwant() {
	for _, b := range s.brains {
		var hosts []lab.Host
		var detections []lab.Detection
		for id := 1; id <= s.setup.Targets; id++ {
			if s.setup.Kind == scenario.Host {
				h, _ := b.Host(id)
				h.Tags = s.unwanted(h.Tags)
				hosts = append(hosts, h)
			} else {
				d, _ := b.Detection(id)
				d.Tags = s.unwanted(d.Tags)
				detections = append(detections, d)
			}
		}
		b.PutHosts(hosts...)
		b.PutDetections(detections...)
	}
}

func (s *Stage) unwanted(tags []string) []string {
	return slices.DeleteFunc(tags, func(tag string) bool { return tag == blockTags[s.setup.Kind] })
}
