package lab

import (
	"slices"
	"time"
)

// Artifact is one thing that a brain has learned about a host, by which it recognises it.
type Artifact struct {
	Type   string `json:"type"`
	Value  string `json:"value"`
	Vendor string `json:"vendor,omitempty"`
}

// Note is a remark on a host, an account or a detection.
type Note struct {
	ID         int       `json:"id"`
	Text       string    `json:"note"`
	CreatedBy  string    `json:"created_by"`
	Created    time.Time `json:"date_created"`
	ModifiedBy string    `json:"modified_by,omitempty"`
	Modified   time.Time `json:"date_modified,omitzero"`
}

// Subject is what hosts, accounts and detections have in common.
type Subject struct {
	ID        int      `json:"id"`
	State     string   `json:"state"` // "active" when empty
	Threat    int      `json:"threat"`
	Certainty int      `json:"certainty"`
	Tags      []string `json:"tags"`
	Notes     []Note   `json:"notes"` // oldest first
	Sensor    string   `json:"sensor,omitempty"`
	// Modified is when it was last written to.
	Modified time.Time `json:"modified,omitzero"`
}

// Scored is what hosts and accounts have in common beyond Subject: what RUX shows of an entity.
type Scored struct {
	Name           string    `json:"name"`
	Urgency        int       `json:"urgency"`
	Importance     int       `json:"importance"` // 0 low, 1 medium, 2 high
	PrivilegeLevel int       `json:"privilege_level,omitempty"`
	Profile        string    `json:"profile,omitempty"`
	LastDetection  time.Time `json:"last_detection,omitzero"`
	LastSeen       time.Time `json:"last_seen,omitzero"`
	// LDAP is what the directory knows; nil shows as null.
	LDAP map[string]any `json:"ldap,omitempty"`
}

// Host is a host as the brain holds it.
type Host struct {
	Subject
	Scored
	IP            string     `json:"ip"` // last_source; may be empty
	PreviousIPs   []string   `json:"previous_ips,omitempty"`
	Traffic       bool       `json:"active_traffic"`
	KeyAsset      bool       `json:"key_asset"`
	Artifacts     []Artifact `json:"artifacts,omitempty"`
	ProbableOwner string     `json:"probable_owner,omitempty"`
}

// Account is an account as the brain holds it. Its name is its uid.
type Account struct {
	Subject
	Scored
	DisplayName  string `json:"display_name,omitempty"`
	AccountType  string `json:"account_type"` // "kerberos" when empty
	ProbableHome string `json:"probable_home,omitempty"`
}

// Detection is a detection as the brain holds it.
type Detection struct {
	Subject
	Type string `json:"type"`
	// Category is the query's value: command, botnet, reconnaissance, lateral, exfiltration, info.
	Category string `json:"category"`
	// HostID and AccountID are the source; 0 is none. LinkedAccountID is shown by QUX alone.
	HostID          int    `json:"host_id,omitempty"`
	AccountID       int    `json:"account_id,omitempty"`
	LinkedAccountID int    `json:"linked_account_id,omitempty"`
	SrcIP           string `json:"src_ip,omitempty"` // the host's when empty

	Summary map[string]any   `json:"summary"`
	Details []map[string]any `json:"grouped_details"`

	TriageRuleID    int       `json:"triage_rule_id,omitempty"`
	FilteredByAI    bool      `json:"filtered_by_ai,omitempty"`
	FilteredByUser  bool      `json:"filtered_by_user,omitempty"`
	FilteredByRule  bool      `json:"filtered_by_rule,omitempty"`
	CustomDetection string    `json:"custom_detection,omitempty"`
	TargetsKeyAsset bool      `json:"targets_key_asset,omitempty"`
	First           time.Time `json:"first,omitzero"`
	Last            time.Time `json:"last,omitzero"`
}

// Triaged tells whether any of the four signs of triage is set.
func (d *Detection) Triaged() bool {
	return d.TriageRuleID != 0 || d.FilteredByAI || d.FilteredByUser || d.FilteredByRule
}

// Group is a group as the brain holds it.
type Group struct {
	ID          int    `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type"` // host, account, ip, domain
	Importance  string `json:"importance"`
	// Members are host ids in decimal, account uids, addresses and networks, or domains. Regex replaces them.
	Members []string `json:"members"`
	Regex   string   `json:"regex,omitempty"`
	// Evaluating says that the members of a regex group are not complete yet: half of them are missing.
	Evaluating bool      `json:"evaluating,omitempty"`
	Managed    bool      `json:"cognito_managed,omitempty"`
	Modified   time.Time `json:"modified,omitzero"`
	ModifiedBy string    `json:"modified_by,omitempty"`
}

func (h Host) clone() Host {
	h.Tags, h.Notes = slices.Clone(h.Tags), slices.Clone(h.Notes)
	h.PreviousIPs, h.Artifacts = slices.Clone(h.PreviousIPs), slices.Clone(h.Artifacts)
	return h
}

func (a Account) clone() Account {
	a.Tags, a.Notes = slices.Clone(a.Tags), slices.Clone(a.Notes)
	return a
}

func (d Detection) clone() Detection {
	d.Tags, d.Notes = slices.Clone(d.Tags), slices.Clone(d.Notes)
	return d
}

func (g Group) clone() Group {
	g.Members = slices.Clone(g.Members)
	return g
}
