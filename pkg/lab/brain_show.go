package lab

import (
	"html"
	"strings"
	"time"
)

const (
	embeddedNotes      = 10   // newest notes that an object shows
	embeddedNoteLength = 256  // bytes of each of them
	embeddedMembers    = 2000 // members that a group shows
)

// stamp writes a time as the API does: whole seconds unless there is more, null when it is not set.
func stamp(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case t.Nanosecond() != 0:
		return t.UTC().Format("2006-01-02T15:04:05.000000Z")
	default:
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
}

func whole(t time.Time) any { return stamp(t.Truncate(time.Second)) }

// orNull is null for the empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func numberOrNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func list(tags []string) []string {
	if tags == nil {
		return []string{}
	}
	return tags
}

// severity names the quadrant of threat and certainty; null without a score.
func severity(s *Subject) any {
	switch {
	case s.Threat == 0 && s.Certainty == 0:
		return nil
	case s.Threat >= 50 && s.Certainty >= 50:
		return "Critical"
	case s.Threat >= 50:
		return "High"
	case s.Certainty >= 50:
		return "Medium"
	default:
		return "Low"
	}
}

// lowerSeverity is how hosts write it.
func lowerSeverity(s *Subject) any {
	if text, ok := severity(s).(string); ok {
		return strings.ToLower(text)
	}
	return nil
}

func privilege(level int) string {
	switch {
	case level == 0:
		return ""
	case level <= 3:
		return "Low"
	case level <= 6:
		return "Medium"
	default:
		return "High"
	}
}

// showNotes gives the keys that every noted object has. Before 2.2 there is only the text, with HTML escaped.
func showNotes(c *brainCall, s *Subject) jsonObject {
	var text, by any
	if n := len(s.Notes); n > 0 {
		newest := s.Notes[n-1]
		text, by = newest.Text, newest.CreatedBy
		if newest.ModifiedBy != "" {
			by = newest.ModifiedBy
		}
		if !c.version.since(2, 0) {
			text = html.EscapeString(newest.Text)
		}
	}
	out := jsonObject{{"note", text}}
	if c.version.since(2, 0) {
		out = append(out, jsonMember{"notes", embedded(s)})
	}
	return append(out, jsonMember{"note_modified_by", by}, jsonMember{"note_modified_timestamp", whole(noteTime(s))})
}

// embedded shows the newest notes, cut short: whoever wants all of the text reads the notes resource.
func embedded(s *Subject) []jsonObject {
	out := []jsonObject{}
	for i := len(s.Notes) - 1; i >= 0 && len(out) < embeddedNotes; i-- {
		n := s.Notes[i]
		n.Text = n.Text[:min(len(n.Text), embeddedNoteLength)]
		out = append(out, showNote(&n, whole))
	}
	return out
}

// showNote writes the creation time with when: the answer to a create has microseconds, later ones have not.
func showNote(n *Note, when func(time.Time) any) jsonObject {
	return jsonObject{
		{"id", n.ID},
		{"date_created", when(n.Created)},
		{"date_modified", when(n.Modified)},
		{"created_by", n.CreatedBy},
		{"modified_by", orNull(n.ModifiedBy)},
		{"note", n.Text},
	}
}

// inlineGroup is a group as hosts and detections show it.
func inlineGroup(g *Group) jsonObject {
	return jsonObject{
		{"id", g.ID},
		{"name", g.Name},
		{"description", g.Description},
		{"type", g.Type},
		{"last_modified", whole(g.Modified)},
		{"last_modified_by", g.ModifiedBy},
	}
}

func inlineGroups(groups []*Group) []jsonObject {
	out := make([]jsonObject, len(groups))
	for i, g := range groups {
		out[i] = inlineGroup(g)
	}
	return out
}

func (c *brainCall) detectionSet(detections []*Detection) []string {
	out := make([]string, len(detections))
	for i, d := range detections {
		out[i] = c.link("detections", d.ID)
	}
	return out
}
