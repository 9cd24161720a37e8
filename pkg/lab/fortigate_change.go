package lab

import (
	"encoding/json"
	"fmt"
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
	Bans    *bool           `json:"bans"`
	Feeds   *bool           `json:"feeds"`
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
	"backup":         opBackup,
	"restore":        opRestore,
	"replace":        opReplace,
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
