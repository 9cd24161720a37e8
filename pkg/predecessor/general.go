package predecessor

import (
	"fmt"
	"strings"
	"time"
)

// response carries over a config.py of Vectra Automated Response.
func (s source) response(folder string) {
	i := s.to
	i.Kind = "Vectra Automated Response"
	s.passedOver()
	f := s.brains()
	s.interval()
	explicit, p := s.flag("EXPLICIT_UNBLOCK")
	i.set("run.explicit_unblock", explicit, "", p.Origin)
	s.ownFlags()
	s.window()
	s.rules(hostNames, explicit, f)
	s.rules(accountNames, explicit, f)
	s.detections(explicit)
	s.static(folder)
	s.clients(folder)
	s.mail()
	s.syslog()
	s.logFile()
	s.unknown()
}

// passedOver names the statements that are no assignments.
func (s source) passedOver() {
	for _, p := range s.passed {
		s.to.leave(Origin{s.file, p.line, p.text}, "passed over: nothing is executed")
	}
}

const (
	leastInterval = time.Second
	mostInterval  = 24 * time.Hour
)

// interval carries over the pause between passes.
func (s source) interval() {
	p := s.get("SLEEP_MINUTES")
	if !p.there {
		return
	}
	minutes, ok := number(p.value)
	if !ok {
		s.wrong(p, "a number of minutes")
		return
	}
	wanted := time.Duration(min(max(minutes, -1), 1e6) * float64(time.Minute))
	interval, note := min(max(wanted, leastInterval), mostInterval), ""
	if interval != wanted {
		note = fmt.Sprintf("%s minutes are not between %s and %s", python(p.value), leastInterval, mostInterval)
	}
	s.to.set("run.interval", interval, strings.TrimPrefix(note+"; it counts from the start of a pass", "; "), p.Origin)
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, v == v
	}
	return 0, false
}

// detections carries over what selects destinations. Their host score is not read by urgency on any brain.
func (s source) detections(explicit bool) {
	s.tags("detections", "EXTERNAL_BLOCK_DETECTION_TAG", "EXTERNAL_UNBLOCK_DETECTION_TAG", "unblock", explicit)
	types, p := s.texts("EXTERNAL_BLOCK_DETECTION_TYPES")
	s.to.set("detections.types", types, "", p.Origin)
	s.score("detections.host_score", "EXTERNAL_BLOCK_HOST_TC", match{})
}

// ownTag reports a tag that would be taken for the record of what is blocked.
func ownTag(tag string) bool { return strings.HasPrefix(tag, "VAR ") }
