package lab

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultEvents = 500
	mostEvents    = 1000
)

// The event feeds tell what is now: each entity that has a score, and each detection, is one event, numbered by
// its place. A checkpoint is the number to go on from.

func entityScoring(_ *Brain, c *brainCall) brainAnswer {
	var events []jsonObject
	kinds := strings.Split(entityKind(c), ",")
	for _, e := range entities(c) {
		if e.Urgency > 0 && (kinds[0] == "" || slices.Contains(kinds, e.kind)) {
			events = append(events, scoringEvent(c, e, len(events)+1))
		}
	}
	return feed(c, events)
}

func scoringEvent(c *brainCall, e *entity, id int) jsonObject {
	types := []string{}
	var last any
	for _, d := range e.detections {
		if d.State == "active" {
			types = append(types, internalType(d))
			last = jsonObject{{"id", d.ID}, {"type", internalType(d)}, {"url", c.link("detections", d.ID)}}
		}
	}
	return jsonObject{
		{"id", id},
		{"entity_id", e.ID},
		{"type", e.kind},
		{"urgency_score", e.Urgency},
		{"importance", e.Importance},
		{"is_prioritized", e.Urgency >= prioritised},
		{"severity", severity(e.Subject)},
		{"name", e.Name},
		{"category", strings.ToUpper(e.kind) + "_SCORING"},
		{"attack_rating", e.Urgency / 10},
		{"event_timestamp", whole(e.Modified)},
		{"active_detection_types", types},
		{"last_detection", last},
	}
}

// internalType is the name that events use, unlike the one of the UI.
func internalType(d *Detection) string {
	suffix := map[string]string{"command": "_cnc", "exfiltration": "_exfil"}[d.Category]
	return strings.ReplaceAll(strings.ToLower(d.Type), " ", "_") + suffix
}

func detectionEvents(_ *Brain, c *brainCall) brainAnswer {
	var events []jsonObject
	info, _ := parseTruth(c.query.Get("include_info_category"))
	triaged, _ := parseTruth(c.query.Get("include_triaged"))
	for _, d := range c.detections.rows {
		if (d.Category != "info" || info) && (!d.Triaged() || triaged) {
			events = append(events, detectionEvent(c, d, len(events)+1))
		}
	}
	return feed(c, events)
}

func detectionEvent(c *brainCall, d *Detection, id int) jsonObject {
	entityID := d.HostID
	if d.kind() == "account" {
		entityID = d.AccountID
	}
	threat, certainty := d.scores()
	return jsonObject{
		{"id", id},
		{"detection_id", d.ID},
		{"entity_id", entityID},
		{"type", d.kind()},
		{"category", ruxCategory(d.Category)},
		{"detection_type", internalType(d)},
		{"d_type_vname", d.Type},
		{"threat", threat},
		{"certainty", certainty},
		{"triaged", d.Triaged()},
		{"src_ip", orNull(c.sourceIP(d))},
		{"url", c.link("detections", d.ID)},
		{"event_timestamp", whole(d.Last)},
	}
}

// feed cuts the events from the checkpoint on.
func feed(c *brainCall, events []jsonObject) brainAnswer {
	start, ok := positive(c.query.Get("from"), 0)
	limit, also := positive(c.query.Get("limit"), defaultEvents)
	if !ok || !also {
		return badValue("from")
	}
	start = min(max(start-1, 0), len(events))
	end := min(start+min(max(limit, 1), mostEvents), len(events))
	return brainAnswer{http.StatusOK, jsonObject{
		{"events", slices.Concat([]jsonObject{}, events[start:end])},
		{"next_checkpoint", end + 1},
		{"remaining_count", len(events) - end},
	}}
}

func positive(text string, unset int) (int, bool) {
	if text == "" {
		return unset, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}
