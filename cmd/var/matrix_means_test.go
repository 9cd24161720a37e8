package main_test

import (
	"testing"
)

// means is one way of blocking: a blocker, its devices, and how to see what is in force on them.
type means interface {
	// furnish puts the devices into the world, with what their administrators have on them.
	furnish(t *testing.T, s *stage)
	config(s *stage) string
	ends() []string
	label() string
	// elements are what it leaves of these; none of a kind that it cannot block.
	elements(w wish) []string
	// inForce is what the devices enforce, by place, foreign elements included.
	inForce(t *testing.T, s *stage) map[string][]string
	// place is where elements of a kind show on one of the ends.
	place(end, kind string) string
	// plant puts elements where the predecessor had them.
	plant(t *testing.T, s *stage, kind string, elements []string)
}

// wish is what blocking a target would have to put in force.
type wish struct {
	kind               string
	addresses, domains []string
	sam                string
}

// wishes are those of the player of each kind: as it is at first, and after it has moved.
func wishes(kind string, moved bool) wish {
	switch {
	case kind == "host" && moved:
		return wish{kind: kind, addresses: []string{"10.20.30.99"}}
	case kind == "host":
		return wish{kind: kind, addresses: []string{"10.20.30.42"}}
	case kind == "account" && moved:
		return wish{kind: kind, sam: "jdoe2"}
	case kind == "account":
		return wish{kind: kind, sam: "jdoe"}
	case kind == "detection" && moved:
		return wish{kind: kind, addresses: []string{"185.199.108.200"}, domains: []string{"c3.example.org"}}
	case kind == "detection":
		return wish{kind: kind, addresses: []string{"185.199.108.153"}, domains: []string{"c2.example.org"}}
	case moved:
		return wish{kind: kind, addresses: []string{"185.199.112.7", "185.199.114.0/24"}, domains: []string{"worse.example.org"}}
	}
	return wish{kind: kind, addresses: []string{"185.199.112.7", "185.199.113.0/24"}, domains: []string{"malware.example.org"}}
}
