package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

func opBan(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	ip, err := netip.ParseAddr(c.IP)
	if err != nil {
		return err
	}
	v.ban([]netip.Addr{ip}, defaultSource(c.Source), f.now(), c.Seconds)
	return nil
}

func opUnban(_ *FortiGate, v *fortiVDOM, c fortiChange) error {
	ip, err := netip.ParseAddr(c.IP)
	if err != nil {
		return err
	}
	v.bans = slices.DeleteFunc(v.bans, func(b fortiBan) bool {
		return b.ip == ip && (c.Source == "" || b.source == c.Source)
	})
	return nil
}

func defaultSource(source string) string {
	if source == "" {
		return banSource
	}
	return source
}

func opFeedAdd(f *FortiGate, v *fortiVDOM, c fortiChange) error { return f.editFeed(v, c, feedAdd) }
func opFeedRemove(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	return f.editFeed(v, c, feedRemove)
}

func (f *FortiGate) editFeed(v *fortiVDOM, c fortiChange, command string) error {
	if !v.has(tableFeed, c.Feed) {
		return fmt.Errorf("no feed %q", c.Feed)
	}
	d := v.feed(c.Feed)
	d.apply(command, c.Entries)
	d.updated = f.now()
	return nil
}

// opRights limits every token to none, read or write in an area: firewall, user or system.
func opRights(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	if !slices.Contains([]string{rightsNone, rightsRead, rightsWrite}, c.Rights) {
		return fmt.Errorf("rights are none, read or write, not %q", c.Rights)
	}
	f.rights[c.Area] = c.Rights
	return nil
}

// opFill creates foreign addresses, and puts them into a group when one is named.
func opFill(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	for i := range c.Count {
		name := fmt.Sprintf("%s%05d", c.Prefix, i)
		body := map[string]any{"name": name, "subnet": fmt.Sprintf("10.%d.%d.%d/32", i>>16&255, i>>8&255, i&255)}
		if err := f.create(v, v.tables[tableAddress], body, &fortiEnvelope{}); err != nil {
			return err
		}
		c.Members = append(c.Members, name)
	}
	if c.Group == "" {
		return nil
	}
	return opAddMembers(f, v, c)
}

func opAdvance(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	f.ahead += time.Duration(c.Seconds) * time.Second
	return nil
}

func opSet(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	s := c.fortiSettings
	assign(&f.cfg.Version, s.Version)
	assign(&f.cfg.Build, s.Build)
	assign(&f.cfg.MemberLimit, s.MemberLimit)
	assign(&f.cfg.ObjectLimit, s.ObjectLimit)
	assign(&f.cfg.FeedLimit, s.FeedLimit)
	assign(&f.cfg.LockoutFailures, s.LockoutFailures)
	assign(&f.cfg.QueryToken, s.QueryToken)
	assign(&f.cliError, s.CLIError)
	assign(&f.duplicateOK, s.DuplicateMembers)
	if c.Serial != "" {
		f.cfg.Serial = c.Serial
	}
	return nil
}

func assign[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
