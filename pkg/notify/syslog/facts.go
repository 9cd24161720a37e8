package syslog

import (
	"net"
	"net/netip"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

// The most bytes of what is told: an address or name, a reason, a list.
const (
	mostName   = 255
	mostReason = 500
	mostList   = 1000
)

// why are the reasons of an event: the rules, and the words of the person behind it.
func why(e notify.Event) []string {
	if e.By.Reason == "" {
		return e.Reasons
	}
	return append(append([]string(nil), e.Reasons...), e.By.Reason)
}

// what happened, and how it ended unless well.
func what(e notify.Event) string {
	if e.Outcome == "" || e.Outcome == entity.OutcomeDone {
		return e.Action
	}
	return e.Action + " " + e.Outcome
}

// firsts are the first address of each kind among elements, and the first name of a host in the domain name system.
type firsts struct{ v4, v6, mac, domain string }

func firstOf(elements []string) (f firsts) {
	for _, e := range elements {
		switch address, err := netip.ParseAddr(e); {
		case err == nil && address.Is4():
			keep(&f.v4, e)
		case err == nil:
			keep(&f.v6, e)
		case isMAC(e):
			keep(&f.mac, e)
		case strings.Contains(e, ".") && !strings.ContainsAny(e, "/:@"):
			keep(&f.domain, e)
		}
	}
	return f
}

func keep(first *string, one string) {
	if *first == "" {
		*first = one
	}
}

func isMAC(text string) bool {
	mac, err := net.ParseMAC(text)
	return err == nil && len(mac) == 6
}
