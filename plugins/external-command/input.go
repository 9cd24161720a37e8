package main

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// input is what a command reads from standard input: the target as it is known, and what this call is about.
type input struct {
	Action  string `json:"action"`
	Blocker string `json:"blocker"`
	entity.Target
	// Destinations are those that this call is about.
	Destinations []string `json:"destinations,omitempty"`
	// Receipt is what is to be undone; only on unblock.
	Receipt *entity.Receipt `json:"receipt,omitempty"`
}

func destinations(c command, one call) []string {
	if c.subject != "destination" {
		return nil
	}
	return one.about
}

func equal(a, b []string) bool { return slices.Equal(entity.Union(a), entity.Union(b)) }
