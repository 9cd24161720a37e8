// Package entity holds the values that every part of var speaks: what may be
// blocked, what a block leaves on a device, and how an attempt ended.
package entity

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// Kind says what a target is. Kinds are open: a new one is no new protocol.
type Kind string

// The kinds of targets.
const (
	KindHost      Kind = "host"
	KindAccount   Kind = "account"
	KindDetection Kind = "detection"
	KindStatic    Kind = "static"
)

// Kinds lists the kinds in the order in which they are shown.
func Kinds() []Kind { return []Kind{KindHost, KindAccount, KindDetection, KindStatic} }

// Class is the way an element acts on a device. Elements are shared only within a class.
type Class string

// The classes of elements.
const (
	ClassSource      Class = "source"
	ClassAccount     Class = "account"
	ClassDestination Class = "destination"
)

// Class is the class of the elements that a target of this kind leaves behind.
func (k Kind) Class() Class {
	switch k {
	case KindHost:
		return ClassSource
	case KindAccount:
		return ClassAccount
	default:
		return ClassDestination
	}
}

// SourceStatic is the source of the static destination list.
const SourceStatic = "static"

// Ref names a target: the key everywhere. ID is unique within source and kind.
type Ref struct {
	Source string `json:"source"`
	Kind   Kind   `json:"kind"`
	ID     string `json:"id"`
}

// String is "source/kind/id", for logs and errors.
func (r Ref) String() string { return r.Source + "/" + string(r.Kind) + "/" + r.ID }

// Compare orders refs by source, kind and id; ids that are numbers by value.
func (r Ref) Compare(o Ref) int {
	switch {
	case r.Source != o.Source:
		return strings.Compare(r.Source, o.Source)
	case r.Kind != o.Kind:
		return strings.Compare(string(r.Kind), string(o.Kind))
	case len(r.ID) != len(o.ID):
		return cmp.Compare(len(r.ID), len(o.ID))
	}
	return strings.Compare(r.ID, o.ID)
}

// Score is what a brain thinks of an entity: threat and certainty 0–99, and on
// RUX urgency 0–100. Urgency is nil where the brain has none.
type Score struct {
	Threat    int  `json:"threat"`
	Certainty int  `json:"certainty"`
	Urgency   *int `json:"urgency,omitempty"`
	// Unread: the brain showed neither threat nor certainty, which is not a score of 0.
	Unread bool `json:"-"`
}

// Target is what may be blocked. Of the four details the one of its Kind is set.
type Target struct {
	Ref
	Name  string `json:"name"`
	Score Score  `json:"score"`
	// Tags are the tags in the brain without var's own.
	Tags []string `json:"tags,omitempty"`

	Host      *Host      `json:"host,omitempty"`
	Account   *Account   `json:"account,omitempty"`
	Detection *Detection `json:"detection,omitempty"`
	Static    *Static    `json:"static,omitempty"`
}

// Artifact is one hint at a host's identity, such as a MAC address or an EDR id.
type Artifact struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// Host carries what a brain knows of a host.
type Host struct {
	IP              string          `json:"ip,omitempty"`
	FullName        string          `json:"full_name,omitempty"`
	ProbableOwner   string          `json:"probable_owner,omitempty"`
	KeyAsset        bool            `json:"key_asset,omitempty"`
	TargetsKeyAsset bool            `json:"targets_key_asset,omitempty"`
	Artifacts       []Artifact      `json:"artifacts,omitempty"`
	MACs            []string        `json:"macs,omitempty"`
	VMwareName      string          `json:"vmware_name,omitempty"`
	VMwareUUID      string          `json:"vmware_uuid,omitempty"`
	AWSUUID         string          `json:"aws_uuid,omitempty"`
	Groups          []string        `json:"groups,omitempty"`
	Note            string          `json:"note,omitempty"`
	LastSeen        time.Time       `json:"last_seen,omitzero"`
	Raw             json.RawMessage `json:"raw,omitempty"`
}

// LDAP is the directory context of an account.
type LDAP struct {
	Description string `json:"description,omitempty"`
	Location    string `json:"location,omitempty"`
	SAM         string `json:"sam,omitempty"`
	Title       string `json:"title,omitempty"`
	UPN         string `json:"upn,omitempty"`
	CommonName  string `json:"common_name,omitempty"`
	Email       string `json:"email,omitempty"`
}

// Account carries what a brain knows of an account.
type Account struct {
	// UID is the name by which group members are told: "user@realm", "O365:user@tenant".
	UID         string `json:"uid,omitempty"`
	DisplayName string `json:"display_name,omitempty"`
	// Type is "kerberos", "o365", "aws" and the like; an account may have several.
	Type              []string `json:"type,omitempty"`
	Severity          string   `json:"severity,omitempty"`
	LDAP              LDAP     `json:"ldap,omitzero"`
	PrivilegeLevel    int      `json:"privilege_level,omitempty"`
	PrivilegeCategory string   `json:"privilege_category,omitempty"`
	ProbableHome      string   `json:"probable_home,omitempty"`
	// NormalizedName is the display name without its service prefix; FakeSAM is that without
	// its realm: the best guess at a sAMAccountName where the directory gave none.
	NormalizedName string `json:"normalized_name,omitempty"`
	FakeSAM        string `json:"fake_sam,omitempty"`
	// Context is the value of the tag "Context:<value>".
	Context string          `json:"context,omitempty"`
	Note    string          `json:"note,omitempty"`
	Raw     json.RawMessage `json:"raw,omitempty"`
}

// SAM is the account's sAMAccountName: the directory's, else the guess.
func (a *Account) SAM() string { return cmp.Or(a.LDAP.SAM, a.FakeSAM) }

// Detection carries what a brain knows of a detection. Destinations are
// canonical public addresses and domains, sorted, each once.
type Detection struct {
	HostID          string          `json:"host_id,omitempty"`
	AccountID       string          `json:"account_id,omitempty"`
	Category        string          `json:"category,omitempty"`
	Type            string          `json:"type,omitempty"`
	SourceIP        string          `json:"source_ip,omitempty"`
	State           string          `json:"state,omitempty"`
	Destinations    []string        `json:"destinations,omitempty"`
	TargetsKeyAsset bool            `json:"targets_key_asset,omitempty"`
	Triaged         bool            `json:"triaged,omitempty"`
	Note            string          `json:"note,omitempty"`
	Raw             json.RawMessage `json:"raw,omitempty"`
}

// Static is one line of the static destination list: a canonical address, network or domain.
type Static struct {
	Destination string `json:"destination"`
}

// Destinations are the elements of a detection or a static line; nil for other kinds.
func (t *Target) Destinations() []string {
	switch {
	case t.Detection != nil:
		return t.Detection.Destinations
	case t.Static != nil:
		return []string{t.Static.Destination}
	}
	return nil
}
