package lab

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// fortiChange is what an operation of the admin API is told; each uses some of it.
type fortiChange struct {
	VDOM    string          `json:"vdom"`  // default: the management domain
	Table   string          `json:"table"` // as "firewall/address"
	Name    string          `json:"name"`
	To      string          `json:"to"`
	Object  json.RawMessage `json:"object"`
	Force   bool            `json:"force"`
	Group   string          `json:"group"`
	Members []string        `json:"members"`
	Feed    string          `json:"feed"`
	Entries []string        `json:"entries"`
	IP      string          `json:"ip"`
	Source  string          `json:"source"`
	Seconds int64           `json:"seconds"`
	Area    string          `json:"area"`
	Rights  string          `json:"rights"`
	Count   int             `json:"count"`
	Prefix  string          `json:"prefix"`
	Serial  string          `json:"serial"`
	Bans    bool            `json:"bans"`
	Feeds   bool            `json:"feeds"`
	fortiSettings
}

// fortiSettings are the switches of a running device; absent ones stay as they are.
type fortiSettings struct {
	Version          *string `json:"version"`
	Build            *int    `json:"build"`
	MemberLimit      *int    `json:"member_limit"`
	ObjectLimit      *int    `json:"object_limit"`
	FeedLimit        *int    `json:"feed_limit"`
	LockoutFailures  *int    `json:"lockout_failures"`
	QueryToken       *bool   `json:"query_token"`
	CLIError         *string `json:"cli_error"`           // string, array or absent
	DuplicateMembers *bool   `json:"duplicate_member_ok"` // a member may be added twice
}

type fortiOp func(f *FortiGate, v *fortiVDOM, c fortiChange) error

// fortiOperations are what an administrator, another tool, or time may do to a device.
var fortiOperations = map[string]fortiOp{
	"create":         opCreate,
	"update":         opUpdate,
	"delete":         opDelete,
	"rename":         opRename,
	"add-members":    opAddMembers,
	"remove-members": opRemoveMembers,
	"ban":            opBan,
	"unban":          opUnban,
	"feed-add":       opFeedAdd,
	"feed-remove":    opFeedRemove,
	"rights":         opRights,
	"fill":           opFill,
	"advance":        opAdvance,
	"reboot":         opReboot,
	"failover":       opFailover,
	"set":            opSet,
}

// Change applies one of the operations that docs/lab.md lists.
func (f *FortiGate) Change(op string, args json.RawMessage) error {
	do, ok := fortiOperations[op]
	if !ok {
		return unknownOp(op)
	}
	var c fortiChange
	if len(args) > 0 {
		if err := json.Unmarshal(args, &c); err != nil {
			return fmt.Errorf("lab: op %q: %w", op, err)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.VDOM == "" {
		c.VDOM = f.order[0]
	}
	v := f.vdoms[c.VDOM]
	if v == nil {
		return fmt.Errorf("lab: op %q: no VDOM %q", op, c.VDOM)
	}
	if err := do(f, v, c); err != nil {
		return fmt.Errorf("lab: op %q: %w", op, err)
	}
	return nil
}

func (v *fortiVDOM) tableFor(c fortiChange) (*fortiTable, error) {
	if t := v.tables[c.Table]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("no table %q; there are %v", c.Table, sortedKeys(v.tables))
}

func opCreate(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	body, err := decodeObject(c.Object)
	if err != nil {
		return err
	}
	return f.create(v, t, body, &fortiEnvelope{})
}

func opUpdate(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	body, err := decodeObject(c.Object)
	if err != nil {
		return err
	}
	return f.update(v, t, c.Name, body, &fortiEnvelope{})
}

// opDelete deletes an object; with force it is first taken out of the groups and policies that name it.
func opDelete(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	if c.Force {
		v.release(t.schema.table(), c.Name)
	}
	return f.destroy(v, t, c.Name)
}

// release takes a name out of every group and policy.
func (v *fortiVDOM) release(table, name string) {
	for _, user := range v.tables {
		for key, row := range user.rows {
			if changed, ok := respelled(user.schema, table, row, name, nil); ok {
				v.put(user, key, changed)
			}
		}
	}
}

func without(names []string, gone ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(gone, n) })
}

func opRename(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	t, err := v.tableFor(c)
	if err != nil {
		return err
	}
	return f.update(v, t, c.Name, map[string]any{t.schema.key: c.To}, &fortiEnvelope{})
}

func opAddMembers(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	return f.editGroup(v, c, func(names []string) []string { return append(without(names, c.Members...), c.Members...) })
}

func opRemoveMembers(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	return f.editGroup(v, c, func(names []string) []string { return without(names, c.Members...) })
}

// editGroup edits the IPv4 group of that name, else the IPv6 one.
func (f *FortiGate) editGroup(v *fortiVDOM, c fortiChange, edit func([]string) []string) error {
	t := v.tables[tableGroup]
	if !v.has(tableGroup, c.Group) || c.Table == tableGroup6 {
		t = v.tables[tableGroup6]
	}
	row, ok := t.rows[c.Group]
	if !ok {
		return fmt.Errorf("no group %q", c.Group)
	}
	row = row.with("member", edit(row.names("member")))
	if err := f.check(v, t, row); err != nil {
		return err
	}
	v.put(t, c.Group, row)
	return nil
}

func opBan(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	ip, err := netip.ParseAddr(c.IP)
	if err != nil {
		return err
	}
	v.ban(ip, defaultSource(c.Source), f.now(), c.Seconds)
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

// opReboot closes sessions and lifts lockouts. Whether bans and pushed feeds survive a reboot is not documented:
// bans and feeds say which of them are lost.
func opReboot(f *FortiGate, _ *fortiVDOM, c fortiChange) error {
	f.door = newFortiDoor()
	clear(f.pending)
	for _, v := range f.vdoms {
		if c.Bans {
			v.bans = nil
		}
		if c.Feeds {
			clear(v.feeds)
		}
	}
	return nil
}

// opFailover lets the other member of a cluster answer: another serial number, the same configuration.
func opFailover(f *FortiGate, v *fortiVDOM, c fortiChange) error {
	f.cfg.Serial = c.Serial
	return opReboot(f, v, c)
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
