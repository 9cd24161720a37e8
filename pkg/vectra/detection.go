package vectra

import (
	"cmp"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// detectionWire is a detection of any version. Categories, scores and the mark for key assets
// have changed their names between versions: the long-lived ones come first.
type detectionWire struct {
	common
	Type          text          `json:"detection_type"`
	OldType       text          `json:"detection"`
	Category      text          `json:"detection_category"`
	OldCategory   text          `json:"category"`
	SourceIP      text          `json:"src_ip"`
	IsTargeting   flag          `json:"is_targeting_key_asset"`
	Targets       flag          `json:"targets_key_asset"`
	Host          loose[origin] `json:"src_host"`
	Account       loose[origin] `json:"src_account"`
	LinkedAccount loose[origin] `json:"src_linked_account"`
	IsTriaged     flag          `json:"is_triaged"`
	TriageRule    text          `json:"triage_rule_id"`
	ByAI          flag          `json:"filtered_by_ai"`
	ByUser        flag          `json:"filtered_by_user"`
	ByRule        flag          `json:"filtered_by_rule"`
	Summary       loose[traces] `json:"summary"`
	Details       list[traces]  `json:"grouped_details"`
}

// origin is the entity on which a detection was made, as the row tells it.
type origin struct {
	ID        text
	Name      text
	Threat    number
	Certainty number
	TScore    number `json:"t_score"`
	CScore    number `json:"c_score"`
	Groups    list[groupName]
}

func decodeDetection(row []byte) (object, error) {
	var w detectionWire
	if err := unmarshal(row, &w); err != nil {
		return object{}, err
	}
	t, err := w.target()
	if err != nil {
		return object{}, err
	}
	f := entity.Finding{Target: t, SourceHost: w.Host.v.origin(), SourceAccount: w.account()}
	f.Name = cmp.Or(f.Name, string(cmp.Or(w.Type, w.OldType)))
	f.Detection = w.detection()
	if f.SourceHost != nil {
		f.Detection.HostID = f.SourceHost.ID
	}
	if f.SourceAccount != nil {
		f.Detection.AccountID = f.SourceAccount.ID
	}
	return object{Finding: f, state: w.state()}, nil
}

func (w *detectionWire) detection() *entity.Detection {
	d := &entity.Detection{
		Category:        category(cmp.Or(w.Category, w.OldCategory)),
		Type:            string(cmp.Or(w.Type, w.OldType)),
		SourceIP:        string(w.SourceIP),
		State:           w.state(),
		TargetsKeyAsset: bool(w.IsTargeting || w.Targets),
		Triaged:         w.triaged(),
		Note:            string(w.Note),
	}
	d.Destinations = destinations(d.Type, w.Summary.v, w.Details)
	return d
}

// triaged reads each of the signs: lists leave is_triaged out where details have it.
func (w *detectionWire) triaged() bool {
	return bool(w.IsTriaged || w.ByAI || w.ByUser || w.ByRule) || w.TriageRule != ""
}

// account is the account that the row names; an appliance may name only the combined one.
func (w *detectionWire) account() *entity.Origin {
	if o := w.Account.v.origin(); o != nil {
		return o
	}
	return w.LinkedAccount.v.origin()
}

func (o origin) origin() *entity.Origin {
	id, ok := identifier(o.ID)
	if !ok {
		return nil
	}
	return &entity.Origin{
		ID: id, Name: string(o.Name), Groups: hostGroups(o.Groups),
		Score: entity.Score{Threat: first(o.Threat, o.TScore).n, Certainty: first(o.Certainty, o.CScore).n},
	}
}

// categories are the canonical names; answers begin with their first word in every version.
var categories = []string{"command_and_control", "botnet", "reconnaissance", "lateral_movement", "exfiltration", "info"}

// category is one name for what the families write as "COMMAND & CONTROL" and
// "command_and_control". Unknown ones keep their normalised text.
func category(t text) string {
	n := strings.ToLower(strings.TrimSpace(string(t)))
	n = strings.Join(strings.Fields(strings.ReplaceAll(n, "&", " and ")), "_")
	for _, c := range categories {
		word, _, _ := strings.Cut(c, "_")
		if strings.HasPrefix(n, word) {
			return c
		}
	}
	return n
}
