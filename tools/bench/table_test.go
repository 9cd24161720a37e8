package main

import (
	"maps"
	"slices"

	"github.com/var-project/var/tools/bench/internal/scenario"
)

// row is what one sort of scenario costs in requests, by work and by who is asked.
type row struct {
	setup func(n int) scenario.Setup
	asks  map[scenario.Work]map[role]asks
}

func (r row) works() map[scenario.Work]bool {
	works := map[scenario.Work]bool{}
	for _, w := range slices.Collect(maps.Keys(r.asks)) {
		works[w] = true
	}
	return works
}

// What a look at a brain costs: ten requests at most, whatever is held, as long as one page of each kind does.
var (
	look = asks{"POST token": {fixed: 1}, "GET hosts": {fixed: 2}, "GET accounts": {fixed: 2}, "GET detections": {fixed: 2}, "GET groups": {fixed: 2}}
)

// Each target that changes has one note. Tags go in bulk: one call for the marker that all share, one for each
// element and blocker.
func tagged(verb, kind string, blockers int) asks {
	return with(look, asks{
		"POST note on " + kind:   {target: 1},
		verb + " tag on " + kind: {fixed: 1, element: blockers},
	})
}

// A RUX brain has the tags of each target read again and written as a whole.
func patched(look asks) asks {
	return with(look, asks{"POST note on host": {target: 1}, "PATCH tags of host": {target: 1}, "GET tags of host": {target: 1}})
}

// What a look at a device costs.
var (
	listGroups     = asks{"GET state": {fixed: 1}, "GET addrgrp": {fixed: 1}, "GET addrgrp6": {fixed: 1}}
	listQuarantine = asks{"GET state": {fixed: 1}, "GET banned": {fixed: 1}}
	listFeed       = asks{"GET state": {fixed: 1}, "GET external-resource/entry-list": {fixed: 1}}
	listPaloAlto   = asks{"show system info": {fixed: 1}, "show registered-ip limit": {fixed: 2}, "show registered-user all": {fixed: 1}}
	nobody         = asks{}
)

// life blocks and releases hosts or detections by one means.
func life(kind string, means scenario.Means, block, release asks) map[scenario.Work]map[role]asks {
	return map[scenario.Work]map[role]asks{
		scenario.Block:   {brain: tagged("POST", kind, 1), role(means): block},
		scenario.Release: {brain: tagged("DELETE", kind, 1), role(means): release},
	}
}

// idle finds all as it should be.
func idle(look, list asks, means scenario.Means) map[scenario.Work]map[role]asks {
	return map[scenario.Work]map[role]asks{scenario.Nothing: {brain: look, role(means): list}}
}

var (
	blockGroups = with(listGroups, asks{
		"GET addrgrp":  {fixed: 2},
		"POST address": {element: 1}, "POST addrgrp/member": {shard: 1}, "POST addrgrp": {shard: 1},
	})
	releaseGroups = with(listGroups, asks{
		"GET address": {fixed: 2}, "GET addrgrp": {fixed: 2, shard: 1},
		"DELETE address": {element: 1}, "DELETE addrgrp/member": {shard: 1}, "DELETE addrgrp": {shard: 1},
	})
	blockQuarantine   = with(listQuarantine, asks{"GET banned": {fixed: 3}, "POST banned/add_users": {fixed: 1}})
	releaseQuarantine = with(listQuarantine, asks{"GET banned": {fixed: 2}, "POST banned/clear_users": {fixed: 1}})
	push              = with(listFeed, asks{"GET external-resource/entry-list": {fixed: 3}, "POST external-resource/dynamic": {fixed: 1}})
	pull              = with(listFeed, asks{"GET external-resource/entry-list": {fixed: 2}, "POST external-resource/dynamic": {fixed: 1}})
	register          = with(listPaloAlto, asks{"show registered-ip all": {fixed: 1}, "register": {fixed: 1}})
	unregister        = with(listPaloAlto, asks{"show registered-ip limit": {fixed: 2, page: 1}, "unregister": {fixed: 1}})
	runs              = asks{"run": {target: 1}}
)

// table is written by hand: a request more per target is a change of this table.
var table = map[string]row{
	"groups":     {world(scenario.Groups), life(scenario.Host, scenario.Groups, blockGroups, releaseGroups)},
	"quarantine": {world(scenario.Quarantine), life(scenario.Host, scenario.Quarantine, blockQuarantine, releaseQuarantine)},
	"feed":       {world(scenario.Feed), life(scenario.Detection, scenario.Feed, push, pull)},
	"paloalto":   {world(scenario.PaloAlto), life(scenario.Host, scenario.PaloAlto, register, unregister)},
	"command":    {world(scenario.Command), life(scenario.Host, scenario.Command, runs, runs)},
	"shared":     {scenario.Shared, life(scenario.Detection, scenario.Groups, blockGroups, releaseGroups)},

	"idle groups":     {held(scenario.Groups), idle(look, with(listGroups, asks{"GET address": {fixed: 1}}), scenario.Groups)},
	"idle quarantine": {held(scenario.Quarantine), idle(look, listQuarantine, scenario.Quarantine)},
	"idle feed":       {held(scenario.Feed), idle(look, listFeed, scenario.Feed)},
	"idle paloalto":   {held(scenario.PaloAlto), idle(look, listPaloAlto, scenario.PaloAlto)},
	"idle command":    {held(scenario.Command), idle(look, nobody, scenario.Command)},

	"rux": {scenario.Tenant, map[scenario.Work]map[role]asks{
		scenario.Block:   {brain: patched(look), "paloalto": register},
		scenario.Release: {brain: patched(look), "paloalto": unregister},
	}},
	"brains": {func(n int) scenario.Setup { return scenario.Brains(manyBrains, n) }, map[scenario.Work]map[role]asks{
		scenario.Block:   {brain: tagged("POST", scenario.Host, 1), "paloalto": with(register, asks{"register": together, "show registered-ip all": together})},
		scenario.Release: {brain: tagged("DELETE", scenario.Host, 1), "paloalto": with(unregister, asks{"unregister": together})},
	}},
	"blockers": {func(n int) scenario.Setup { return scenario.Blockers(manyBlockers, 3, n) }, map[scenario.Work]map[role]asks{
		scenario.Block:   {brain: tagged("POST", scenario.Host, manyBlockers), "quarantine": blockQuarantine, "paloalto": register},
		scenario.Release: {brain: tagged("DELETE", scenario.Host, manyBlockers), "quarantine": releaseQuarantine, "paloalto": unregister},
	}},
	"start": {func(int) scenario.Setup { return scenario.All()[0].Setup }, map[scenario.Work]map[role]asks{
		scenario.Start: {brain: look, "groups": listGroups, "paloalto": listPaloAlto},
	}},
}

// together is what brains share that come at the same time, and what each has for itself that comes alone.
var together = count{fixed: 1, more: manyBrains - 1}

const (
	manyBrains   = 3
	manyBlockers = 2
)

// world is one brain and one blocker of a means.
func world(m scenario.Means) func(n int) scenario.Setup {
	return func(n int) scenario.Setup { return scenario.Life(m, n) }
}

// held is a world in which all is held already. Where it can be, it is taken over from tags and devices.
func held(m scenario.Means) func(n int) scenario.Setup {
	return func(n int) scenario.Setup {
		s := scenario.Idle(m, n)
		s.Adopt = m != scenario.Groups
		return s
	}
}
