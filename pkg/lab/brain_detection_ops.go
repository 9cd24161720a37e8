package lab

import (
	"encoding/json"
	"net/http"
	"strings"
)

// showDetectionDetail always says whether it is triaged.
func showDetectionDetail(c *brainCall, d *Detection) jsonObject {
	out := showDetection(c, d)
	if !c.version.rux() {
		out = append(out, jsonMember{"is_triaged", d.Triaged()})
	}
	return out
}

// summaries are a subject's detections in short; those of accounts carry their URL.
func summaries(c *brainCall, detections []*Detection, account bool) []jsonObject {
	out := make([]jsonObject, 0, len(detections))
	for _, d := range detections {
		out = append(out, summary(c, d, account))
	}
	return out
}

func summary(c *brainCall, d *Detection, account bool) jsonObject {
	threat, certainty := d.scores()
	out := jsonObject{
		{"detection_id", d.ID},
		{"detection_type", d.Type},
		{"detection_category", showCategory(c.version, d.Category)},
		{"is_targeting_key_asset", d.TargetsKeyAsset},
		{"state", d.State},
		{"threat", threat},
		{"certainty", certainty},
		{"is_triaged", d.Triaged()},
		{"tags", list(d.Tags)},
		{"summary", orEmpty(d.Summary)},
		{"assigned_to", nil},
		{"assigned_date", nil},
		{"filtered_by_ai", d.FilteredByAI},
		{"filtered_by_user", d.FilteredByUser},
		{"filtered_by_rule", d.FilteredByRule},
	}
	if account {
		out = append(out, jsonMember{"detection_url", c.link("detections", d.ID)})
	}
	return out
}

func serveDetection(_ *Brain, c *brainCall) brainAnswer {
	d := c.detections.byID[c.ids[0]]
	if d == nil {
		return notFound()
	}
	return brainAnswer{http.StatusOK, trimmed(c, showDetectionDetail(c, d))}
}

// patchDetection takes the note of old.
func patchDetection(b *Brain, c *brainCall) brainAnswer {
	d := c.detections.byID[c.ids[0]]
	if d == nil {
		return notFound()
	}
	var in struct {
		Note *string `json:"note"`
	}
	if json.Unmarshal(c.body, &in) != nil || in.Note == nil {
		return badValue("note")
	}
	overwriteNote(b, c, &d.Subject, *in.Note)
	return brainAnswer{http.StatusOK, showDetectionDetail(c, d)}
}

// patchDetections marks detections as fixed, or as not fixed. The mark comes as text.
func patchDetections(b *Brain, c *brainCall) brainAnswer {
	var in struct {
		IDs  []int           `json:"detectionIdList"`
		Mark json.RawMessage `json:"mark_as_fixed"`
	}
	if json.Unmarshal(c.body, &in) != nil {
		return badValue("detectionIdList")
	}
	fixed, ok := parseTruth(strings.Trim(string(in.Mark), `"`))
	if !ok {
		return badValue("mark_as_fixed")
	}
	if markFixed(b, c, in.IDs, fixed) == 0 {
		return brainAnswer{http.StatusNotFound, jsonObject{{"_meta", jsonObject{
			{"level", "errors"}, {"message", "Failed to mark detections: no valid detection ids provided"},
		}}}}
	}
	return brainAnswer{http.StatusOK, jsonObject{{"_meta", jsonObject{
		{"level", "Success"}, {"message", "Successfully marked detections"},
	}}}}
}

func markFixed(b *Brain, c *brainCall, ids []int, fixed bool) int {
	count := 0
	for _, id := range ids {
		d := c.detections.byID[id]
		if d == nil {
			continue
		}
		count++
		d.Modified = b.now()
		if fixed {
			d.State = "fixed"
		} else {
			d.State = "active"
		}
	}
	return count
}
