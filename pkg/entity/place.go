package entity

import (
	"cmp"
	"slices"
	"strings"
)

// PlaceOf is the canonical text of where a blocker's elements go: a line for each name, sorted. A name is
// a class ("source"), or "device" and the device's name.
func PlaceOf(values map[string]string) string {
	var lines []string
	for name, value := range values {
		lines = append(lines, name+placed+strings.Join(strings.Fields(value), " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

const placed = " = "

// Elsewhere says that settings have changed such that what is held lies in another place than the
// blocker's of now: the group, tag or feed of its class changed or is gone, or another part of a device of
// the same name is meant. It names both places; empty when the place is the same or nobody knows.
// Another device, or one less, is no other place: Holding.Devices tells of that.
func (h Holding) Elsewhere(place string) (change string) {
	if h.Place == "" || place == "" {
		return ""
	}
	now := values(place)
	for line := range strings.SplitSeq(h.Place, "\n") {
		name, was, _ := strings.Cut(line, placed)
		is, known := now[name]
		switch {
		case name == string(h.Class()) && is != was:
			return was + " became " + cmp.Or(is, "nothing")
		case strings.HasPrefix(name, "device ") && known && is != was:
			return name + ": " + was + " became " + is
		}
	}
	return ""
}

func values(place string) map[string]string {
	all := map[string]string{}
	for line := range strings.SplitSeq(place, "\n") {
		name, value, _ := strings.Cut(line, placed)
		all[name] = value
	}
	return all
}
