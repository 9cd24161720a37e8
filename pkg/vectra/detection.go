package vectra

import (
	"bytes"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// detectionRow is a detection of any version. Categories, scores and the mark for key assets
// have changed their names between versions: the long-lived ones come first.
type detectionRow struct {
	common
	kind, oldKind, category, oldCategory, sourceIP text
	targetsKeyAsset, triaged                       bool
	triageRule                                     text
	host, account, linkedAccount                   origin
	// summary and details are passed over at first: what they tell of destinations is often not wanted.
	summary, details []byte
}

// origin is the entity on which a detection was made, as the row tells it.
type origin struct {
	id, name                                   text
	threat, certainty, oldThreat, oldCertainty number
	groups                                     []groupName
}

func (w *detectionRow) scan(r *reader) {
	*w = detectionRow{host: w.host.emptied(), account: w.account.emptied(), linkedAccount: w.linkedAccount.emptied()}
	for key := range r.Keys() {
		switch string(key) {
		case "detection_type":
			w.kind = r.text()
		case "detection":
			w.oldKind = r.text()
		case "detection_category":
			w.category = r.text()
		case "category":
			w.oldCategory = r.text()
		case "src_ip":
			w.sourceIP = r.text()
		case "is_targeting_key_asset", "targets_key_asset":
			w.targetsKeyAsset = r.flag() || w.targetsKeyAsset
		case "is_triaged", "filtered_by_ai", "filtered_by_user", "filtered_by_rule":
			w.triaged = r.flag() || w.triaged
		case "triage_rule_id":
			w.triageRule = r.text()
		case "src_host":
			w.host.scan(r)
		case "src_account":
			w.account.scan(r)
		case "src_linked_account":
			w.linkedAccount.scan(r)
		case "summary":
			w.summary = r.Raw()
		case "grouped_details":
			w.details = r.Raw()
		default:
			w.read(r, key)
		}
	}
}

func (o *origin) emptied() origin { return origin{groups: o.groups[:0]} }

func (o *origin) scan(r *reader) {
	*o = o.emptied()
	for key := range r.Keys() {
		switch string(key) {
		case "id":
			o.id = r.text()
		case "name":
			o.name = r.text()
		case "threat":
			o.threat = r.number()
		case "certainty":
			o.certainty = r.number()
		case "t_score":
			o.oldThreat = r.number()
		case "c_score":
			o.oldCertainty = r.number()
		case "groups":
			o.groups = r.groups(o.groups[:0])
		}
	}
}

func (w *detectionRow) object(r *reader) (object, error) {
	t, err := w.target(r)
	if err != nil {
		return object{}, err
	}
	f := entity.Finding{Target: t, SourceHost: w.host.origin(r), SourceAccount: w.account.origin(r)}
	if f.SourceAccount == nil { // an appliance may name only the combined one
		f.SourceAccount = w.linkedAccount.origin(r)
	}
	f.Detection = w.detection(r)
	if f.Name == "" {
		f.Name = f.Detection.Type
	}
	if f.SourceHost != nil {
		f.Detection.HostID = f.SourceHost.ID
	}
	if f.SourceAccount != nil {
		f.Detection.AccountID = f.SourceAccount.ID
	}
	return object{Finding: f, state: f.Detection.State, note: w.note, summary: w.summary, details: w.details}, nil
}

// detection takes each of the signs of triage: lists leave is_triaged out where details have it.
func (w *detectionRow) detection(r *reader) *entity.Detection {
	return &entity.Detection{
		Category:        category(either(w.category, w.oldCategory)),
		Type:            r.word(either(w.kind, w.oldKind)),
		SourceIP:        r.keep(w.sourceIP),
		State:           w.activity(r),
		TargetsKeyAsset: w.targetsKeyAsset,
		Triaged:         w.triaged || len(w.triageRule) > 0,
	}
}

func (o *origin) origin(r *reader) *entity.Origin {
	id, ok := identifier(o.id)
	if !ok {
		return nil
	}
	return &entity.Origin{
		ID: r.keep(id), Name: r.keep(o.name), Groups: hostGroups(r, o.groups),
		Score: entity.Score{Threat: first(o.threat, o.oldThreat).n, Certainty: first(o.certainty, o.oldCertainty).n},
	}
}

// categories are the canonical names; answers begin with their first word in every version.
var categories = []string{"command_and_control", "botnet", "reconnaissance", "lateral_movement", "exfiltration", "info"}

// category is one name for what the families write as "COMMAND & CONTROL" and
// "command_and_control". Unknown ones keep their normalised text.
func category(t text) string {
	t = bytes.TrimSpace(t)
	for _, c := range categories {
		word, _, _ := strings.Cut(c, "_")
		if len(t) >= len(word) && strings.EqualFold(string(t[:len(word)]), word) {
			return c
		}
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(string(t)), "&", " and ")), "_")
}
