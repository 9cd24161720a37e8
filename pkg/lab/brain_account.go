package lab

import (
	"cmp"
	"maps"
	"net/http"
	"time"
)

var accountList = &listing[Account]{
	path:   "accounts",
	rows:   func(c *brainCall) []*Account { return c.accounts.rows },
	params: accountParams(),
	order: map[string]func(a, b *Account) int{
		"id":                       by(func(a *Account) int { return a.ID }),
		"name":                     by(func(a *Account) string { return a.Name }),
		"threat":                   by(func(a *Account) int { return a.Threat }),
		"t_score":                  by(func(a *Account) int { return a.Threat }),
		"certainty":                by(func(a *Account) int { return a.Certainty }),
		"c_score":                  by(func(a *Account) int { return a.Certainty }),
		"last_detection_timestamp": byTime(func(a *Account) time.Time { return a.LastDetection }),
	},
	show: showAccountRow,
}

func accountParams() map[string]param[Account] {
	threat := func(a *Account) int { return a.Threat }
	certainty := func(a *Account) int { return a.Certainty }
	out := map[string]param[Account]{
		"threat":                      equal(onQUX, threat),
		"threat_gte":                  atLeast(onQUX, threat),
		"certainty":                   equal(onQUX, certainty),
		"certainty_gte":               atLeast(onQUX, certainty),
		"uid":                         exact(everywhere, func(a *Account) string { return a.Name }),
		"id":                          oneOf(onRUX, func(a *Account) int { return a.ID }),
		"first_seen":                  ignored[Account](onQUX),
		"last_seen":                   since(onQUX, func(a *Account) time.Time { return a.LastSeen }),
		"last_source":                 ignored[Account](onQUX),
		"include_detection_summaries": ignored[Account](onQUX),
		"all":                         ignored[Account](everywhere),
	}
	maps.Copy(out, subjectParams(everywhere, func(a *Account) *Subject { return &a.Subject }))
	maps.Copy(out, scoredParams(func(a *Account) *Scored { return &a.Scored }))
	return out
}

func showAccountRow(c *brainCall, a *Account) jsonObject {
	out := showAccount(c, a)
	if yes, _ := parseTruth(c.query.Get("include_detection_summaries")); yes && !c.version.rux() {
		out = append(out, jsonMember{"detection_summaries", summaries(c, c.byAcct[a.ID], true)})
	}
	return out
}

func showAccount(c *brainCall, a *Account) jsonObject {
	out := jsonObject{
		{"id", a.ID},
		{"url", c.link("accounts", a.ID)},
		{"name", a.Name},
		{"display_name", cmp.Or(a.DisplayName, a.Name)},
		{"subaccounts", []string{a.Name}},
		{"associated_accounts", []string{}},
		{"state", a.State},
		{"threat", a.Threat},
		{"certainty", a.Certainty},
		{"severity", severity(&a.Subject)},
		{"account_type", accountType(c, a)},
		{"tags", list(a.Tags)},
	}
	out = append(out, showNotes(c, &a.Subject)...)
	return append(out, jsonObject{
		{"privilege_level", numberOrNull(a.PrivilegeLevel)},
		{"privilege_category", orNull(privilege(a.PrivilegeLevel))},
		{"last_detection_timestamp", stamp(a.LastDetection)},
		{"detection_set", c.detectionSet(c.byAcct[a.ID])},
		{"probable_home", orNull(a.ProbableHome)},
		{"assignment", nil},
		{"past_assignments", []string{}},
		{"sensors", []string{sensor(&a.Subject)}},
		{"ldap", orNothing(a.LDAP)},
	}...)
}

// orNothing is null for an account that the directory does not know.
func orNothing(ldap map[string]any) any {
	if ldap == nil {
		return nil
	}
	return ldap
}

func showAccountDetail(c *brainCall, a *Account) jsonObject {
	return append(showAccount(c, a), jsonObject{
		{"host_access_history", []jsonObject{}},
		{"service_access_history", []jsonObject{}},
		{"detection_summaries", summaries(c, c.byAcct[a.ID], true)},
	}...)
}

// accountType is a list since 2.2, and text before.
func accountType(c *brainCall, a *Account) any {
	kind := cmp.Or(a.AccountType, "kerberos")
	if c.quirks.AccountTypeText || !c.version.since(2, 0) {
		return kind
	}
	return []string{kind}
}

func serveAccount(_ *Brain, c *brainCall) brainAnswer {
	a := c.accounts.byID[c.ids[0]]
	if a == nil {
		return notFound()
	}
	return brainAnswer{http.StatusOK, trimmed(c, showAccountDetail(c, a))}
}
