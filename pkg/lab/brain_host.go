package lab

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

var hostList = &listing[Host]{
	path:   "hosts",
	rows:   func(c *brainCall) []*Host { return c.hosts.rows },
	params: hostParams(),
	order: map[string]func(a, b *Host) int{
		"id":                       by(func(h *Host) int { return h.ID }),
		"name":                     by(func(h *Host) string { return h.Name }),
		"threat":                   by(func(h *Host) int { return h.Threat }),
		"t_score":                  by(func(h *Host) int { return h.Threat }),
		"certainty":                by(func(h *Host) int { return h.Certainty }),
		"c_score":                  by(func(h *Host) int { return h.Certainty }),
		"last_detection_timestamp": byTime(func(h *Host) time.Time { return h.LastDetection }),
	},
	show:   showHost,
	preset: liveHosts,
}

func hostParams() map[string]param[Host] {
	key := func(h *Host) bool { return h.KeyAsset }
	traffic := func(h *Host) bool { return h.Traffic }
	targets := func(*Host) bool { return false }
	out := map[string]param[Host]{
		"threat":                      equal(everywhere, func(h *Host) int { return h.Threat }),
		"threat_gte":                  atLeast(everywhere, func(h *Host) int { return h.Threat }),
		"certainty":                   equal(everywhere, func(h *Host) int { return h.Certainty }),
		"certainty_gte":               atLeast(everywhere, func(h *Host) int { return h.Certainty }),
		"last_source":                 exact(everywhere, func(h *Host) string { return h.IP }),
		"mac_address":                 text(everywhere, hasMAC),
		"key_asset":                   truth(everywhere, key),
		"is_key_asset":                truth(onQUX, key),
		"is_targeting_key_asset":      truth(onQUX, targets),
		"targets_key_asset":           truth(onQUX, targets),
		"active_traffic":              truth(onQUX, traffic),
		"has_active_traffic":          truth(onQUX, traffic),
		"last_detection_timestamp":    since(everywhere, func(h *Host) time.Time { return h.LastDetection }),
		"include_detection_summaries": ignored[Host](onQUX),
		"all":                         ignored[Host](onQUX),
	}
	maps.Copy(out, subjectParams(everywhere, func(h *Host) *Subject { return &h.Subject }))
	maps.Copy(out, scoredParams(func(h *Host) *Scored { return &h.Scored }))
	return out
}

func hasMAC(h *Host, mac string) bool {
	return slices.ContainsFunc(h.Artifacts, func(a Artifact) bool { return a.Type == "mac" && strings.EqualFold(a.Value, mac) })
}

// liveHosts is what QUX lists unless all=true: hosts with active detections, with traffic, and key assets.
func liveHosts(c *brainCall) func(*Host) bool {
	if all, ok := parseTruth(c.query.Get("all")); c.version.rux() || ok && all {
		return nil
	}
	return func(h *Host) bool { return h.Traffic || h.KeyAsset || slices.ContainsFunc(c.byHost[h.ID], isActive) }
}

func isActive(d *Detection) bool { return d.State == "active" }

func showHost(c *brainCall, h *Host) jsonObject {
	url := c.link("hosts", h.ID)
	out := jsonObject{
		{"id", h.ID},
		{"name", h.Name},
		{"active_traffic", h.Traffic},
		{"has_active_traffic", h.Traffic},
		{"t_score", h.Threat},
		{"threat", h.Threat},
		{"c_score", h.Certainty},
		{"certainty", h.Certainty},
		{"severity", lowerSeverity(&h.Subject)},
		{"last_source", h.IP},
		{"ip", h.IP},
		{"previous_ips", list(h.PreviousIPs)},
		{"last_detection_timestamp", stamp(h.LastDetection)},
		{"key_asset", h.KeyAsset},
		{"is_key_asset", h.KeyAsset},
		{"targets_key_asset", false},
		{"is_targeting_key_asset", false},
		{"state", h.State},
		{"detection_set", c.detectionSet(c.byHost[h.ID])},
		{"host_artifact_set", showArtifacts(h.Artifacts)},
		{"sensor", sensor(&h.Subject)},
		{"sensor_name", "sensor-hq"},
		{"tags", list(h.Tags)},
	}
	out = append(out, showNotes(c, &h.Subject)...)
	out = append(out, jsonObject{
		{"url", url},
		{"host_url", url},
		{"last_modified", whole(h.Modified)},
		{"assigned_to", nil},
		{"assigned_date", nil},
		{"assignment", nil},
		{"past_assignments", []string{}},
		{"groups", inlineGroups(c.groupsOf(h))},
		{"has_custom_model", false},
		{"privilege_level", numberOrNull(h.PrivilegeLevel)},
		{"privilege_category", orNull(privilege(h.PrivilegeLevel))},
		{"probable_owner", orNull(h.ProbableOwner)},
		{"detection_profile", orNull(h.Profile)},
		{"host_session_luids", []string{}},
		{"host_luid", sensor(&h.Subject)},
	}...)
	if yes, _ := parseTruth(c.query.Get("include_detection_summaries")); yes && !c.version.rux() {
		out = append(out, jsonMember{"detection_summaries", summaries(c, c.byHost[h.ID], false)})
	}
	return out
}

// showHostDetail adds what lists leave out.
func showHostDetail(c *brainCall, h *Host) jsonObject {
	ldap := any(nil)
	if yes, _ := parseTruth(c.query.Get("include_ldap")); h.LDAP != nil && (yes || c.version.rux()) {
		ldap = h.LDAP
	}
	return append(showHost(c, h), jsonObject{
		{"last_seen", stamp(h.LastSeen)},
		{"ldap", ldap},
		{"detection_summaries", summaries(c, c.byHost[h.ID], false)},
		{"campaign_summaries", []string{}},
		{"suspicious_admin_learnings", jsonObject{}},
		{"shell_knocker", jsonObject{}},
		{"has_shell_knocker_learnings", false},
		{"vcenter", nil},
		{"crowdstrike", nil},
		{"carbon_black", nil},
	}...)
}

// showArtifacts: only a MAC has a vendor.
func showArtifacts(artifacts []Artifact) []jsonObject {
	out := make([]jsonObject, len(artifacts))
	for i, a := range artifacts {
		o := jsonObject{{"type", a.Type}, {"value", a.Value}}
		if a.Type == "mac" {
			o = append(o, jsonMember{"vendor", orNull(a.Vendor)})
		}
		out[i] = append(o, jsonMember{"source", nil}, jsonMember{"siem", false})
	}
	return out
}

func sensor(s *Subject) string {
	if s.Sensor == "" {
		return "eti2pc2s"
	}
	return s.Sensor
}

func serveHost(_ *Brain, c *brainCall) brainAnswer {
	h := c.hosts.byID[c.ids[0]]
	if h == nil {
		return notFound()
	}
	return brainAnswer{http.StatusOK, trimmed(c, showHostDetail(c, h))}
}

// patchHost sets the key asset mark, which comes as text, and the note of old.
func patchHost(b *Brain, c *brainCall) brainAnswer {
	h := c.hosts.byID[c.ids[0]]
	if h == nil {
		return notFound()
	}
	var in struct {
		KeyAsset json.RawMessage `json:"key_asset"`
		Note     *string         `json:"note"`
	}
	if json.Unmarshal(c.body, &in) != nil {
		return badValue("body")
	}
	if in.KeyAsset != nil {
		mark, ok := parseTruth(strings.Trim(string(in.KeyAsset), `"`))
		if !ok {
			return badValue("key_asset")
		}
		h.KeyAsset, h.Modified = mark, b.now()
	}
	if in.Note != nil {
		overwriteNote(b, c, &h.Subject, *in.Note)
	}
	return brainAnswer{http.StatusOK, showHostDetail(c, h)}
}
