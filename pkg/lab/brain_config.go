package lab

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// BrainConfig says which brain to simulate.
type BrainConfig struct {
	// Version is the newest API version it speaks, "2.1" to "2.5" (QUX) or "3" to "3.4" (RUX). Older versions of
	// the same family are spoken under their own paths, as the real products do.
	Version string
	// Tokens are the personal tokens it accepts (QUX only).
	Tokens []string
	// ClientID and ClientSecret are the API client it accepts (OAuth2: RUX, and QUX from 2.5).
	ClientID, ClientSecret string
	// TokenLife is how long an access token lives; 0 is six hours.
	TokenLife time.Duration
	// RefreshLife is how long a refresh token lives (RUX); 0 is a day.
	RefreshLife time.Duration
	// Clock tells the time; nil is real time.
	Clock func() time.Time
}

// Quirks are ways in which brains in the field differ from what a client hopes for. All are off at first.
type Quirks struct {
	// StrictQuery answers 400 to query parameters that the version does not know; otherwise they are ignored.
	StrictQuery bool `json:"strict_query"`
	// LinkScheme, LinkHost and LinkVersion replace these parts of every URL in an answer, next pages included.
	LinkScheme  string `json:"link_scheme"`
	LinkHost    string `json:"link_host"`
	LinkVersion string `json:"link_version"`
	// LostPage is a page from which lists answer 404 although the page before it promised more; 0 is none.
	LostPage int `json:"lost_page"`
	// RepeatRows is how many rows of a page come again at the head of the next one.
	RepeatRows int `json:"repeat_rows"`
	// UnstableTies turns the order of rows that are equal in the ordering round on every second page.
	UnstableTies bool `json:"unstable_ties"`
	// BareGroups answers lists of groups as a bare array.
	BareGroups bool `json:"bare_groups"`
	// NoMemberRoute answers 404 to lists of a group's members, as appliances before 9.2 do.
	NoMemberRoute bool `json:"no_member_route"`
	// MembersByUID shows account members as {uid} in 3.4 too, MembersByID as {id, name} everywhere.
	MembersByUID bool `json:"members_by_uid"`
	MembersByID  bool `json:"members_by_id"`
	// AccountTypeText shows account_type as a string instead of a list.
	AccountTypeText bool `json:"account_type_text"`
	// InvalidTags are tags that the brain refuses: 200 with status "failure".
	InvalidTags []string `json:"invalid_tags"`
	// NoBulkTags answers 404 to bulk tagging.
	NoBulkTags bool `json:"no_bulk_tags"`
	// TokenRedirect is the origin that the token endpoint redirects to.
	TokenRedirect string `json:"token_redirect"`
	// RefuseRefresh answers 401 to every refresh; NoRefreshToken gives none out (RUX).
	RefuseRefresh  bool `json:"refuse_refresh"`
	NoRefreshToken bool `json:"no_refresh_token"`
}

// apiVersion is a version of the API in a form that compares.
type apiVersion struct{ major, minor int }

func parseVersion(text string) (apiVersion, error) {
	major, minor, _ := strings.Cut(text, ".")
	v := apiVersion{}
	var err error
	if v.major, err = strconv.Atoi(major); err != nil || v.major < 2 || v.major > 3 {
		return v, fmt.Errorf("lab: no brain speaks API version %q; say 2.1 to 2.5 or 3 to 3.4", text)
	}
	if minor == "" {
		return v, nil
	}
	if v.minor, err = strconv.Atoi(minor); err != nil || v.minor < 0 || v.minor > 5 {
		return v, fmt.Errorf("lab: no brain speaks API version %q; say 2.1 to 2.5 or 3 to 3.4", text)
	}
	return v, nil
}

func (v apiVersion) rux() bool { return v.major == 3 }

// since tells whether v is at least minor of its family, QUX and RUX counted apart. A negative minor is never.
func (v apiVersion) since(qux, rux int) bool {
	want := qux
	if v.rux() {
		want = rux
	}
	return want >= 0 && v.minor >= want
}

func (v apiVersion) String() string {
	if v.minor == 0 {
		return strconv.Itoa(v.major)
	}
	return fmt.Sprintf("%d.%d", v.major, v.minor)
}

// never stands for "no version of this family" in since.
const never = -1
