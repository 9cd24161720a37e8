package panos

import (
	"encoding/xml"
	"time"
)

// Entry is one (address or user, tag) pair of a message.
type Entry struct {
	Name string
	Tag  string
	// Timeout is after how long the device drops the pair by itself, in whole seconds; 0 is never.
	Timeout time.Duration
	// Volatile addresses are forgotten at a reboot.
	Volatile bool
}

// Message is one uid-message: all of its entries are addresses, or all are users. The device
// unregisters before it registers, so an entry in both is renewed.
type Message struct {
	Users                bool
	Unregister, Register []Entry
}

type uidMessage struct {
	XMLName xml.Name   `xml:"uid-message"`
	Version string     `xml:"version"`
	Type    string     `xml:"type"`
	Payload uidPayload `xml:"payload"`
}

// uidPayload has each section at most once: the device takes no second one.
type uidPayload struct {
	Unregister     *uidSection `xml:"unregister"`
	Register       *uidSection `xml:"register"`
	UnregisterUser *uidSection `xml:"unregister-user"`
	RegisterUser   *uidSection `xml:"register-user"`
}

type uidSection struct {
	Entries []uidEntry `xml:"entry"`
}

type uidEntry struct {
	IP         string    `xml:"ip,attr,omitempty"`
	User       string    `xml:"user,attr,omitempty"`
	Persistent string    `xml:"persistent,attr,omitempty"`
	Member     uidMember `xml:"tag>member"`
}

type uidMember struct {
	Timeout int64  `xml:"timeout,attr,omitempty"`
	Tag     string `xml:",chardata"`
}

// Encode is the message as the parameter cmd carries it. An entry without a tag would take all
// tags of other tools with it, so a tag is always written.
func (m Message) Encode() ([]byte, error) {
	payload := uidPayload{Unregister: m.section(m.Unregister, false), Register: m.section(m.Register, true)}
	if m.Users {
		payload = uidPayload{UnregisterUser: payload.Unregister, RegisterUser: payload.Register}
	}
	return xml.Marshal(uidMessage{Version: "2.0", Type: "update", Payload: payload})
}

func (m Message) section(entries []Entry, register bool) *uidSection {
	if len(entries) == 0 {
		return nil
	}
	s := &uidSection{Entries: make([]uidEntry, len(entries))}
	for i, e := range entries {
		s.Entries[i] = m.entry(e, register)
	}
	return s
}

func (m Message) entry(e Entry, register bool) uidEntry {
	u := uidEntry{Member: uidMember{Tag: e.Tag}}
	if register {
		u.Member.Timeout = int64(e.Timeout / time.Second)
	}
	if m.Users {
		u.User = e.Name
		return u
	}
	u.IP = e.Name
	if register {
		u.Persistent = persistence(e.Volatile)
	}
	return u
}

func persistence(volatile bool) string {
	if volatile {
		return "0"
	}
	return "1"
}
