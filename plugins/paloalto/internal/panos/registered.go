package panos

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/var-project/var/pkg/blocker"
)

// Registered is one address or user that bears a tag.
type Registered struct {
	Name string
	// Remaining is how long the device keeps the tag; 0 is for ever, or not told.
	Remaining time.Duration
}

type registered struct {
	IP      string   `xml:"ip,attr"`
	User    string   `xml:"user,attr"`
	Members []member `xml:"tag>member"`
}

type member struct {
	Timeout string `xml:"timeout,attr"`
	Tag     string `xml:",chardata"`
}

type named struct {
	Name string `xml:"name,attr"`
}

// showAddresses has limit and start-point beside the filter, showUsers inside it (seen: pan-os-python).
type showAddresses struct {
	XMLName xml.Name `xml:"show"`
	Limit   int      `xml:"object>registered-ip>limit"`
	Start   int      `xml:"object>registered-ip>start-point"`
	Tag     named    `xml:"object>registered-ip>tag>entry"`
}

type showUsers struct {
	XMLName xml.Name `xml:"show"`
	Limit   int      `xml:"object>registered-user>all>limit"`
	Start   int      `xml:"object>registered-user>all>start-point"`
}

type countAddresses struct {
	XMLName xml.Name `xml:"show"`
	Option  string   `xml:"object>registered-ip>all>option"`
}

// CountAddresses is how many addresses are registered in the vsys, by whatever tool.
func (e *Endpoint) CountAddresses(ctx context.Context) (int, error) {
	a, err := e.show(ctx, countAddresses{Option: "count"})
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(a.Result.Count))
	if err != nil || n < 0 {
		return 0, &blocker.Error{Class: blocker.Transient, Err: fmt.Errorf("the count of registered addresses is %q", a.Result.Count)}
	}
	return n, nil
}

// Addresses lists the registered addresses that bear the tag.
func (e *Endpoint) Addresses(ctx context.Context, tag string) ([]Registered, error) {
	return e.pages(ctx, tag, func(start int) any {
		return showAddresses{Limit: pageSize, Start: start, Tag: named{tag}}
	})
}

// Users lists the registered users that bear the tag. The device cannot filter users by tag.
func (e *Endpoint) Users(ctx context.Context, tag string) ([]Registered, error) {
	return e.pages(ctx, tag, func(start int) any { return showUsers{Limit: pageSize, Start: start} })
}

// fresh picks the entries that bear the tag and were not seen before, and remembers all: a filter
// by tag may be missing, and an entry lists the tags of other tools too.
func fresh(page []registered, tag string, seen map[string]bool) []Registered {
	var picked []Registered
	for _, r := range page {
		name := r.IP + r.User
		if seen[name] {
			continue
		}
		seen[name] = true
		if m := r.member(tag); m != nil {
			picked = append(picked, Registered{Name: name, Remaining: m.remaining()})
		}
	}
	return picked
}

func (r registered) member(tag string) *member {
	for i := range r.Members {
		if strings.TrimSpace(r.Members[i].Tag) == tag {
			return &r.Members[i]
		}
	}
	return nil
}

// maxTimeout is the longest timeout a device takes, in seconds: 30 days.
const maxTimeout = 2_592_000

func (m member) remaining() time.Duration {
	seconds, err := strconv.ParseUint(m.Timeout, 10, 31)
	if err != nil || seconds > maxTimeout {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// show runs an operational command.
func (e *Endpoint) show(ctx context.Context, command any) (*answer, error) {
	r, err := e.run(ctx, command)
	if err != nil {
		return nil, err
	}
	return r.shown()
}

func (e *Endpoint) run(ctx context.Context, command any) (*reply, error) {
	cmd, err := xml.Marshal(command)
	if err != nil {
		return nil, err
	}
	return e.call(ctx, url.Values{"type": {"op"}, "cmd": {string(cmd)}})
}

func (r *reply) shown() (*answer, error) {
	a, err := r.read()
	if err != nil {
		return nil, err
	}
	if file := a.outfile(); file != "" {
		return nil, &blocker.Error{Class: blocker.Unsupported, Err: errors.New("the device answers with a file instead of a list; PAN-OS 8.0 or later is needed")}
	}
	return a, nil
}
