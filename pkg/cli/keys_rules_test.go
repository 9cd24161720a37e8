package cli

import (
	"fmt"
	"testing"
)

// difference is what a key makes: a decision that is there with these lines and not without, or
// the other way round.
type difference struct {
	without, with string
	row           string
	lost          bool
}

func (d difference) test(t *testing.T) {
	s := newStage(t)
	for lines, want := range map[string]bool{d.without: d.lost, d.with: !d.lost} {
		if rows := s.decided(lines); has(rows, d.row) != want {
			t.Errorf("with %q %q is there: %v, want %v; there is\n%q", lines, d.row, !want, want, rows)
		}
	}
}

func ruleKeys() map[string]func(*testing.T) {
	all := map[string]difference{
		"detections.enabled":   {"", "detections.enabled = false", "block detection", true},
		"detections.block_tag": {"", `detections.block_tag = "isolate"`, "block detection Hidden DNS Tunnel: tag isolate", false},
		"detections.unblock_tag": {
			`detections.types = ["Hidden DNS Tunnel"]`, "detections.types = [\"Hidden DNS Tunnel\"]\ndetections.unblock_tag = \"let-go\"",
			"spare detection Hidden DNS Tunnel: release tag let-go", false,
		},
		"detections.types":                {"", `detections.types = ["Hidden HTTPS Tunnel"]`, "block detection Hidden HTTPS Tunnel: ", false},
		"detections.host_score.threat":    hostScore(92, "and", 70, 93, "and", 70),
		"detections.host_score.match":     hostScore(92, "or", 99, 92, "and", 99),
		"detections.host_score.certainty": hostScore(92, "and", 70, 92, "and", 71),
		"detections.host_urgency": {
			cloudOnly, cloudOnly + "detections.host_urgency = 93", "block detection Hidden DNS Tunnel: host urgency 93", false,
		},
	}
	for plural, kind := range map[string]string{"hosts": "host", "accounts": "account"} {
		for key, d := range kindKeys(plural, kind) {
			all[plural+"."+key] = d
		}
	}
	tests := map[string]func(*testing.T){}
	for key, d := range all {
		tests[key] = d.test
	}
	return tests
}

// cloudOnly reads the brain that knows urgency.
const cloudOnly = "brain.hq.api = \"3.4\"\nbrain.hq.url = \"CLOUD\"\n"

// hostScore is a score that matches the risky host's detection, and one that does not by a single key.
func hostScore(threat int, match string, certainty, threat2 int, match2 string, certainty2 int) difference {
	line := "detections.host_score = { threat = %d, match = %q, certainty = %d }"
	return difference{
		without: fmt.Sprintf(line, threat2, match2, certainty2), with: fmt.Sprintf(line, threat, match, certainty),
		row: "block detection Hidden DNS Tunnel: host score",
	}
}

// kindKeys are the keys that hosts and accounts have in common.
func kindKeys(plural, kind string) map[string]difference {
	row := func(action string, id int, reason string) string {
		return fmt.Sprintf("%s %s %s-%d: %s", action, kind, kind, id, reason)
	}
	line := func(text string, a ...any) string { return plural + "." + fmt.Sprintf(text, a...) }
	score := func(threat int, match string, certainty int) string {
		return line("score = { threat = %d, match = %q, certainty = %d }", threat, match, certainty)
	}
	types := line("detection_types = [%q]", map[string]string{"hosts": "Hidden HTTPS Tunnel", "accounts": "Azure AD Suspicious Sign-On"}[plural])
	typed := func(threat int, match string, certainty int) string {
		return types + "\n" + line("detection_types_score = { threat = %d, match = %q, certainty = %d }", threat, match, certainty)
	}
	byScore, byType := row("block", risky, "score"), row("block", seen, "detection type")
	return map[string]difference{
		"enabled":                         {"", line("enabled = false"), row("block", tagged, "tag"), true},
		"block_tag":                       {"", line(`block_tag = "isolate"`), row("block", isolated, "tag isolate"), false},
		"unblock_tag":                     {"", line(`unblock_tag = "let-go"`), row("spare", let, "release tag let-go"), false},
		"block_group":                     {"", line(`block_group = "Bad"`), row("block", bad, "group Bad"), false},
		"no_block_group":                  {"", line(`no_block_group = "Good"`), row("spare", good, "no-block group Good"), false},
		"score.threat":                    {score(93, "and", 70), score(92, "and", 70), byScore, false},
		"score.match":                     {score(92, "and", 99), score(92, "or", 99), byScore, false},
		"score.certainty":                 {score(92, "and", 71), score(92, "and", 70), byScore, false},
		"urgency":                         {cloudOnly, cloudOnly + line("urgency = 93"), row("block", risky, "urgency 93"), false},
		"detection_types":                 {"", types, byType, false},
		"detection_types_score.threat":    {typed(61, "and", 40), typed(60, "and", 40), byType, false},
		"detection_types_score.match":     {typed(60, "and", 99), typed(60, "or", 99), byType, false},
		"detection_types_score.certainty": {typed(60, "and", 41), typed(60, "and", 40), byType, false},
	}
}
