package view

import (
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Why is everything about what a text means.
type Why struct {
	Schema int    `json:"schema"`
	Text   string `json:"text"`
	// Stopped are a pause or a panic.
	Stopped []string `json:"stopped,omitempty"`
	// NeverBlock is why nothing may block what was asked about, taken as an address, a domain or an account.
	NeverBlock string   `json:"never_block,omitempty"`
	Targets    []Target `json:"targets"`
	// History is that of the text, where it means no target.
	History []Event `json:"history,omitempty"`
	// Problems are what could not be asked.
	Problems []string `json:"problems,omitempty"`
}

// Target is everything about one target.
type Target struct {
	Source string        `json:"source"`
	Kind   entity.Kind   `json:"kind"`
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Target entity.Target `json:"target"`
	// Read says that the source was asked now. Else Recorded is when the journal's copy was last confirmed.
	Read     bool      `json:"read"`
	Recorded time.Time `json:"recorded,omitzero"`
	// NeverBlock is why nothing may block it; empty when something may.
	NeverBlock string   `json:"never_block,omitempty"`
	Order      *Order   `json:"order,omitempty"`
	Rules      []Rule   `json:"rules,omitempty"`
	Decisions  []Item   `json:"decisions,omitempty"`
	Gates      []Gate   `json:"gates,omitempty"`
	Holdings   []Held   `json:"holdings,omitempty"`
	Intents    []Intent `json:"intents,omitempty"`
	Notes      []string `json:"notes,omitempty"`
	History    []Event  `json:"history,omitempty"`
}

// Held is a holding with whoever else holds the same elements.
type Held struct {
	Holding
	// Confirmed is when the devices last had all of it by their own word: that of a block, or of their lists since.
	Confirmed time.Time `json:"confirmed,omitzero"`
	// Compared are the devices that did not have all of it when they were last compared, or could not be read.
	Compared []Device `json:"compared,omitempty"`
	Others   []Other  `json:"others,omitempty"`
}

// Other is another holder of an element.
type Other struct {
	Element string `json:"element"`
	Holder  string `json:"holder"`
}

// Intent is an action of which the journal does not know that it ended.
type Intent struct {
	Action   entity.Action `json:"action"`
	Blocker  string        `json:"blocker"`
	Elements []string      `json:"elements,omitempty"`
	At       time.Time     `json:"at"`
	// Settled: the devices have answered, the brain was not told yet.
	Settled bool `json:"settled"`
}
