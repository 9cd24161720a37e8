package lab

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

var detectionList = &listing[Detection]{
	path:   "detections",
	rows:   func(c *brainCall) []*Detection { return c.detections.rows },
	params: detectionParams(),
	order: map[string]func(a, b *Detection) int{
		"id":             by(func(d *Detection) int { return d.ID }),
		"threat":         by(func(d *Detection) int { return d.Threat }),
		"t_score":        by(func(d *Detection) int { return d.Threat }),
		"certainty":      by(func(d *Detection) int { return d.Certainty }),
		"c_score":        by(func(d *Detection) int { return d.Certainty }),
		"last_timestamp": byTime(func(d *Detection) time.Time { return d.Last }),
	},
	show: showDetection,
	preset: func(c *brainCall) func(*Detection) bool {
		if yes, _ := parseTruth(c.query.Get("include_info_category")); yes || !c.version.since(never, 4) {
			return nil
		}
		return func(d *Detection) bool { return d.Category != "info" }
	},
}

func detectionParams() map[string]param[Detection] {
	threat := func(d *Detection) int { return d.Threat }
	certainty := func(d *Detection) int { return d.Certainty }
	out := subjectParams(before34, func(d *Detection) *Subject { return &d.Subject })
	maps.Copy(out, map[string]param[Detection]{
		"fields":                      ignored[Detection](everywhere),
		"exclude_fields":              ignored[Detection](from(never, 4)),
		"state":                       exact(everywhere, func(d *Detection) string { return d.State }),
		"tags":                        anyTag(everywhere, func(d *Detection) []string { return d.Tags }),
		"min_id":                      atLeast(everywhere, func(d *Detection) int { return d.ID }),
		"max_id":                      atMost(everywhere, func(d *Detection) int { return d.ID }),
		"note_modified_timestamp_gte": since(everywhere, func(d *Detection) time.Time { return noteTime(&d.Subject) }),
		"detection_type":              exact(everywhere, func(d *Detection) string { return d.Type }),
		"detection":                   exact(before34, func(d *Detection) string { return d.Type }),
		"detection_category":          text(everywhere, inCategory),
		"category":                    text(before34, inCategory),
		"threat":                      equal(onQUX, threat),
		"threat_score":                equal(onRUX, threat),
		"threat_gte":                  atLeast(everywhere, threat),
		"certainty":                   equal(everywhere, certainty),
		"certainty_gte":               atLeast(everywhere, certainty),
		"host_id":                     equal(everywhere, func(d *Detection) int { return d.HostID }),
		"src_account":                 equal(onRUX, func(d *Detection) int { return d.AccountID }),
		"id":                          oneOf(onRUX, func(d *Detection) int { return d.ID }),
		"entity_id":                   {from(never, 3), ofEntity},
		"type":                        ignored[Detection](from(never, 3)),
		"src_ip":                      {everywhere, fromIP},
		"is_triaged":                  truth(everywhere, (*Detection).Triaged),
		"is_targeting_key_asset":      truth(everywhere, func(d *Detection) bool { return d.TargetsKeyAsset }),
		"last_timestamp":              since(everywhere, func(d *Detection) time.Time { return d.Last }),
		"last_timestamp_gte":          since(everywhere, func(d *Detection) time.Time { return d.Last }),
		"last_timestamp_lte":          until(onRUX, func(d *Detection) time.Time { return d.Last }),
		"destination":                 text(from(3, 0), mentions),
		"proto":                       text(from(3, 0), mentions),
		"include_info_category":       ignored[Detection](from(never, 4)),
		"description":                 ignored[Detection](onQUX),
	})
	return out
}

// inCategory matches loosely, as the brains do: "command", "command_and_control" and "command & control" are one.
func inCategory(d *Detection, value string) bool {
	return strings.HasPrefix(ruxCategory(d.Category), plainCategory(value))
}

func plainCategory(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "&", "and")
	return strings.ReplaceAll(text, " ", "_")
}

var quxCategories = map[string]string{
	"command": "COMMAND & CONTROL", "botnet": "BOTNET ACTIVITY", "reconnaissance": "RECONNAISSANCE",
	"lateral": "LATERAL MOVEMENT", "exfiltration": "EXFILTRATION", "info": "INFO",
}

func ruxCategory(category string) string { return plainCategory(quxCategories[category]) }

func showCategory(v apiVersion, category string) string {
	if v.rux() {
		return ruxCategory(category)
	}
	return quxCategories[category]
}

func ofEntity(c *brainCall, value string) (func(*Detection) bool, bool) {
	id, err := strconv.Atoi(value)
	switch c.query.Get("type") {
	case "host":
		return func(d *Detection) bool { return d.HostID == id }, err == nil
	case "account":
		return func(d *Detection) bool { return d.AccountID == id }, err == nil
	}
	return nil, false
}

func fromIP(c *brainCall, value string) (func(*Detection) bool, bool) {
	return func(d *Detection) bool { return c.sourceIP(d) == value }, true
}

// mentions looks for a value inside the details.
func mentions(d *Detection, value string) bool {
	raw, err := json.Marshal([]any{d.Summary, d.Details})
	return err == nil && strings.Contains(string(raw), value)
}

func (c *brainCall) sourceIP(d *Detection) string {
	if h := c.hosts.byID[d.HostID]; d.SrcIP == "" && h != nil {
		return h.IP
	}
	return d.SrcIP
}

// showDetection is a row of a list: QUX leaves is_triaged out there.
func showDetection(c *brainCall, d *Detection) jsonObject {
	out := detectionHead(c, d)
	out = append(out, detectionSource(c, d)...)
	out = append(out, showNotes(c, &d.Subject)...)
	out = append(out, jsonObject{
		{"sensor", sensor(&d.Subject)},
		{"sensor_name", "sensor-hq"},
		{"tags", list(d.Tags)},
		{"triage_rule_id", numberOrNull(d.TriageRuleID)},
		{"assigned_to", nil},
		{"assigned_date", nil},
		{"groups", []jsonObject{}},
		{"is_marked_custom", d.CustomDetection != ""},
		{"is_custom_model", false},
		{"filtered_by_ai", d.FilteredByAI},
		{"filtered_by_user", d.FilteredByUser},
		{"filtered_by_rule", d.FilteredByRule},
		{"summary", orEmpty(d.Summary)},
		{"grouped_details", details(d.Details)},
		{"campaign_summaries", []jsonObject{}},
	}...)
	if c.version.rux() {
		out = append(out, jsonMember{"is_triaged", d.Triaged()}, jsonMember{"type", d.kind()},
			jsonMember{"data_source", jsonObject{{"type", d.source()}, {"connection_name", "lab"}, {"connection_id", "lab-1"}}})
	}
	return out
}

// detectionHead leaves out what 3.4 removed.
func detectionHead(c *brainCall, d *Detection) jsonObject {
	url := c.link("detections", d.ID)
	threat, certainty := d.scores()
	out := jsonObject{
		{"id", d.ID},
		{"url", url},
		{"detection_url", url},
		{"category", showCategory(c.version, d.Category)},
		{"detection", d.Type},
		{"detection_category", showCategory(c.version, d.Category)},
		{"detection_type", d.Type},
		{"custom_detection", orNull(d.CustomDetection)},
		{"description", nil},
		{"src_ip", orNull(c.sourceIP(d))},
		{"state", d.State},
		{"t_score", threat},
		{"c_score", certainty},
		{"threat", threat},
		{"certainty", certainty},
		{"created_timestamp", stamp(d.First)},
		{"first_timestamp", stamp(d.First)},
		{"last_timestamp", stamp(d.Last)},
		{"targets_key_asset", d.TargetsKeyAsset},
		{"is_targeting_key_asset", d.TargetsKeyAsset},
	}
	if before34(c.version) {
		return out
	}
	gone := []string{"category", "t_score", "c_score", "targets_key_asset"}
	return out.only(func(key string) bool { return !slices.Contains(gone, key) })
}

// scores of a triaged detection are nought.
func (d *Detection) scores() (threat, certainty int) {
	if d.Triaged() {
		return 0, 0
	}
	return d.Threat, d.Certainty
}

func (d *Detection) kind() string {
	if d.HostID == 0 && d.AccountID != 0 {
		return "account"
	}
	return "host"
}

func (d *Detection) source() string {
	if d.kind() == "account" {
		return "o365"
	}
	return "network"
}

func detectionSource(c *brainCall, d *Detection) jsonObject {
	out := jsonObject{{"src_account", nil}, {"src_host", nil}}
	if a := c.accounts.byID[d.AccountID]; a != nil {
		out[0].value = sourceAccount(c, a)
	}
	if h := c.hosts.byID[d.HostID]; h != nil {
		out[1].value = sourceHost(c, h)
	}
	if a := c.accounts.byID[d.LinkedAccountID]; a != nil && !c.version.rux() {
		out = append(out, jsonMember{"src_linked_account", sourceAccount(c, a)})
	}
	return out
}

func sourceHost(c *brainCall, h *Host) jsonObject {
	return jsonObject{
		{"id", h.ID},
		{"ip", h.IP},
		{"name", h.Name},
		{"url", c.link("hosts", h.ID)},
		{"is_key_asset", h.KeyAsset},
		{"groups", inlineGroups(c.groupsOf(h))},
		{"threat", h.Threat},
		{"certainty", h.Certainty},
	}
}

func sourceAccount(c *brainCall, a *Account) jsonObject {
	return jsonObject{
		{"id", a.ID},
		{"name", a.Name},
		{"url", c.link("accounts", a.ID)},
		{"threat", a.Threat},
		{"certainty", a.Certainty},
		{"privilege_level", numberOrNull(a.PrivilegeLevel)},
		{"privilege_category", orNull(privilege(a.PrivilegeLevel))},
	}
}

func orEmpty(m map[string]any) any {
	if m == nil {
		return jsonObject{}
	}
	return m
}

func details(list []map[string]any) any {
	if list == nil {
		return []jsonObject{}
	}
	return list
}
