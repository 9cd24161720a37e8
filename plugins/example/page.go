package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// page is what a device's file holds.
type page struct {
	// Fail has the device misbehave, as the setting does.
	Fail string `json:"fail,omitempty"`
	// Token is what the device asks for; nothing when empty.
	Token string `json:"token,omitempty"`
	// Serial and Booted are what the device tells of itself: another serial is another device, a later
	// start has lost what was in memory only.
	Serial  string    `json:"serial,omitempty"`
	Booted  time.Time `json:"booted,omitzero"`
	Entries []entry   `json:"entries"`
}

// entry is one element, under the mark of who put it there.
type entry struct {
	Element string       `json:"element"`
	Class   entity.Class `json:"class"`
	Until   time.Time    `json:"until,omitzero"`
	mark
}

// parse reads a file's text; no text is an empty page. A key that is not known is kept from being lost
// by refusing the file.
func parse(text []byte) (*page, error) {
	p := &page{}
	if len(bytes.TrimSpace(text)) == 0 {
		return p, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(p); err != nil {
		return nil, fmt.Errorf("is not a file of this plugin: %w", err)
	}
	return p, nil
}

func (p *page) text() ([]byte, error) {
	if p.Entries == nil {
		p.Entries = []entry{}
	}
	text, err := json.MarshalIndent(p, "", "  ")
	return append(text, '\n'), err
}

// place finds an element of a class under a mark, in the order in which entries stand.
func (p *page) place(e entry) (int, bool) {
	return slices.BinarySearchFunc(p.Entries, e, func(a, b entry) int {
		return cmp.Or(
			cmp.Compare(a.Element, b.Element), cmp.Compare(a.Class, b.Class),
			cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Blocker, b.Blocker))
	})
}

func (p *page) put(e entry) {
	i, found := p.place(e)
	if found {
		p.Entries[i] = e
		return
	}
	p.Entries = slices.Insert(p.Entries, i, e)
}

// take removes our entry, and an unmarked one only when it was adopted from somebody before us.
func (p *page) take(e entry, adopted bool) {
	if i, found := p.place(e); found {
		p.Entries = slices.Delete(p.Entries, i, i+1)
	}
	if e.mark = (mark{}); adopted {
		p.take(e, false)
	}
}
