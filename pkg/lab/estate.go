package lab

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Estate is what a brain may be filled with.
type Estate struct {
	Hosts      []Host
	Accounts   []Account
	Detections []Detection
	Groups     []Group
}

// EstateSize says how large an estate to make. Everything else follows from it and the seed.
type EstateSize struct {
	Seed     uint64
	FirstID  int // of hosts, accounts and detections; 0 is 1
	Hosts    int
	Accounts int
	// Detections are spread over the first hosts, one each, and wrap around.
	Detections int
	// Tagged is how many of the first hosts carry Tag.
	Tagged int
	Tag    string
	// Scored is how many of the last hosts have threat 90, certainty 90 and urgency 95; the others stay below 50.
	Scored int
}

// NewEstate makes an estate. The same size gives the same estate.
func NewEstate(size EstateSize) Estate {
	m := estateMaker{EstateSize: size, rand: rand.New(rand.NewPCG(size.Seed, 1))}
	m.FirstID = max(m.FirstID, 1)
	var e Estate
	for i := range size.Hosts {
		e.Hosts = append(e.Hosts, m.host(i))
	}
	for i := range size.Accounts {
		e.Accounts = append(e.Accounts, m.account(i))
	}
	for i := range size.Detections {
		e.Detections = append(e.Detections, m.detection(i))
	}
	return e
}

// Fill adds an estate to what the brain holds.
func (b *Brain) Fill(e Estate) {
	b.PutHosts(e.Hosts...)
	b.PutAccounts(e.Accounts...)
	b.PutDetections(e.Detections...)
	b.PutGroups(e.Groups...)
}

type estateMaker struct {
	EstateSize
	rand *rand.Rand
}

func (m *estateMaker) host(i int) Host {
	h := Host{
		Subject: Subject{ID: m.FirstID + i, Threat: m.rand.IntN(50), Certainty: m.rand.IntN(50), Tags: []string{}, Modified: day},
		Scored:  Scored{Name: fmt.Sprintf("ws-%06d", i), Urgency: m.rand.IntN(50), LastDetection: day, LastSeen: day},
		IP:      fmt.Sprintf("10.%d.%d.%d", 64+i>>16, i>>8&255, i&255),
		Traffic: true,
		Artifacts: []Artifact{
			{Type: "mac", Value: fmt.Sprintf("00:11:22:%02x:%02x:%02x", i>>16&255, i>>8&255, i&255), Vendor: "Example Corp"},
			{Type: "dns", Value: fmt.Sprintf("ws-%06d.example.net", i)},
		},
	}
	if i < m.Tagged {
		h.Tags = append(h.Tags, m.Tag)
	}
	if i >= m.Hosts-m.Scored {
		h.Threat, h.Certainty, h.Urgency = 90, 90, 95
	}
	return h
}

func (m *estateMaker) account(i int) Account {
	return Account{
		Subject: Subject{ID: m.FirstID + i, Threat: m.rand.IntN(50), Certainty: m.rand.IntN(50), Tags: []string{}, Modified: day},
		Scored: Scored{
			Name: fmt.Sprintf("user%06d@example.net", i), Urgency: m.rand.IntN(50),
			LastDetection: day.Add(time.Duration(m.rand.IntN(86400)) * time.Second), LastSeen: day,
		},
	}
}

// detection is a tunnel to a public address that no other detection has.
func (m *estateMaker) detection(i int) Detection {
	host := m.FirstID + i%max(m.Hosts, 1)
	ip := fmt.Sprintf("185.%d.%d.%d", 200+i/65536, i/256%256, i%256)
	return Tunnel(m.FirstID+i, host, ip, fmt.Sprintf("c2-%06d.example.org", i))
}
