// Package syslog tells events to a log server or SIEM: one message for each, with a header of RFC 5424 or RFC 3164, as
// CEF, structured data or a sentence, over UDP, TCP or TLS.
package syslog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

// How messages travel, are parted on a stream, begin and are written.
const (
	UDP = "udp"
	TCP = "tcp"
	TLS = "tls"

	// Octet is the octet counting of RFC 6587 section 3.4.1, LF a line for each message, its section 3.4.2.
	Octet = "octet"
	LF    = "lf"

	RFC5424 = "rfc5424"
	RFC3164 = "rfc3164"

	CEF        = "cef"
	Structured = "structured"
	Standard   = "standard"
)

// Config says where messages go, and in which form. What is empty is the first of the words above, and local0.
type Config struct {
	// Server is a name or address; Port 0 is the usual one of the protocol.
	Server   string
	Port     int
	Protocol string
	Framing  string
	Header   string
	Format   string
	Facility string
	// TLS is for the protocol TLS; nil: the system's authorities, and the name of Server.
	TLS *tls.Config
}

// Channel sends messages to one server.
type Channel struct {
	form    form
	carrier carrier
}

// carrier takes messages to a server and answers how many of them, from the first on, it has for certain, or nobody
// can know better.
type carrier interface {
	carry(ctx context.Context, messages [][]byte) (taken int, err error)
}

// New refuses words that it does not know. It connects to nothing.
func New(c Config, o notify.Origin) (*Channel, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	f := form{origin: o, facility: facilities[c.Facility], header: c.Header, format: c.Format, most: mostStream}
	if c.Protocol == UDP {
		f.most = mostDatagram
		return &Channel{f, datagrams{address: c.address()}}, nil
	}
	return &Channel{f, stream{c.address(), c.Framing == Octet, c.tls(), farewell}}, nil
}

// Send tells each event that was not told before. Over TCP and TLS the server's end of the connection says that it has
// read all; what broke off before is sent again, so that a server may get it twice, with the same id. Over UDP nobody
// knows more than that something listens.
func (c *Channel) Send(ctx context.Context, b notify.Batch) (int, error) {
	lead := about(b)
	events := slices.Concat(lead, b.Events)
	if len(events) == 0 {
		return 0, nil
	}
	messages := make([][]byte, len(events))
	for i, e := range events {
		messages[i] = c.form.message(e)
	}
	taken, err := c.carrier.carry(ctx, messages)
	if err != nil {
		err = notify.Explain(fmt.Errorf("syslog: %w", err), "notify.syslog")
	}
	return max(0, taken-len(lead)), err
}

// Close has nothing to end: each batch has a connection of its own.
func (*Channel) Close() error { return nil }

// What is told of a batch itself, as if it were an event.
const (
	actionTest   = "test"
	actionMissed = "missed"
)

func about(b notify.Batch) (events []notify.Event) {
	tell := func(action string, s notify.Severity, why string) {
		e := entity.Event{At: b.At, Action: action, Reasons: []string{why}}
		events = append(events, notify.Event{Event: e, Severity: s})
	}
	if b.Test {
		tell(actionTest, notify.SeverityInfo, "a person wants to see whether this arrives")
	}
	if b.Missed > 0 {
		tell(actionMissed, notify.SeverityWarning, strconv.Itoa(b.Missed)+" events were too old to be told; see var history")
	}
	return events
}

func (c Config) complete() (Config, error) {
	if c.Server == "" {
		return c, errors.New("syslog: no server: set notify.syslog.server")
	}
	for _, w := range []struct {
		key   string
		value *string
		known []string
	}{
		{"protocol", &c.Protocol, []string{UDP, TCP, TLS}},
		{"framing", &c.Framing, []string{Octet, LF}},
		{"header", &c.Header, []string{RFC5424, RFC3164}},
		{"format", &c.Format, []string{CEF, Structured, Standard}},
		{"facility", &c.Facility, facilityNames()},
	} {
		if err := oneOf(w.key, w.value, w.known); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c Config) address() string {
	port := c.Port
	if port == 0 {
		port = map[string]int{UDP: 514, TCP: 601, TLS: 6514}[c.Protocol]
	}
	return net.JoinHostPort(c.Server, strconv.Itoa(port))
}

// tls is nil for TCP.
func (c Config) tls() *tls.Config {
	if c.Protocol != TLS {
		return nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		config = c.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = c.Server
	}
	return config
}
