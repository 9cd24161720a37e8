package vectra

import (
	"cmp"

	"github.com/var-project/var/pkg/entity"
)

// hostWire is a host as lists, details and searches show it.
type hostWire struct {
	common
	LastSource    text `json:"last_source"`
	IP            text
	Owner         text             `json:"probable_owner"`
	KeyAsset      flag             `json:"key_asset"`
	IsKeyAsset    flag             `json:"is_key_asset"`
	Targets       flag             `json:"targets_key_asset"`
	IsTargeting   flag             `json:"is_targeting_key_asset"`
	Artifacts     list[artifact]   `json:"host_artifact_set"`
	Groups        list[groupName]  `json:"groups"`
	LastSeen      text             `json:"last_seen"`
	LastDetection text             `json:"last_detection_timestamp"`
	LDAP          loose[directory] `json:"ldap"`
}

type artifact struct{ Type, Value text }

// groupName is a group as hosts and detections show it inline.
type groupName struct{ Name, Type text }

// directory is what an appliance knows of a host from LDAP.
type directory struct {
	DNS texts `json:"dns_hostname"`
}

func decodeHost(row []byte) (object, error) {
	var w hostWire
	if err := unmarshal(row, &w); err != nil {
		return object{}, err
	}
	t, err := w.target()
	if err != nil {
		return object{}, err
	}
	t.Host = w.host()
	return object{Finding: entity.Finding{Target: t}, state: w.state()}, nil
}

func (w *hostWire) host() *entity.Host {
	h := &entity.Host{
		IP:              string(cmp.Or(w.LastSource, w.IP)),
		FullName:        w.fullName(),
		ProbableOwner:   string(w.Owner),
		KeyAsset:        bool(w.KeyAsset || w.IsKeyAsset),
		TargetsKeyAsset: bool(w.Targets || w.IsTargeting),
		Groups:          hostGroups(w.Groups),
		Note:            string(w.Note),
		LastSeen:        moment(cmp.Or(w.LastSeen, w.LastDetection)),
		MACs:            w.artifacts("mac"),
		VMwareName:      w.artifact("vmachine_info"),
		VMwareUUID:      w.artifact("vm_uuid"),
		AWSUUID:         w.artifact("aws_vm_uuid"),
	}
	for _, a := range w.Artifacts {
		if a.Type != "" {
			h.Artifacts = append(h.Artifacts, entity.Artifact{Type: string(a.Type), Value: string(a.Value)})
		}
	}
	return h
}

// artifacts are the values of one type, each once, in the brain's order.
func (w *hostWire) artifacts(kind text) []string {
	var values []string
	seen := map[text]bool{"": true}
	for _, a := range w.Artifacts {
		if a.Type == kind && !seen[a.Value] {
			seen[a.Value] = true
			values = append(values, string(a.Value))
		}
	}
	return values
}

func (w *hostWire) artifact(kind text) string { return head(w.artifacts(kind)) }

func head(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// fullName is the best name by the order of the predecessor (VAR-65).
func (w *hostWire) fullName() string {
	return cmp.Or(
		w.artifact("windows_defender_name"),
		w.artifact("dns"),
		w.artifact("rdns"),
		head(w.LDAP.v.DNS),
		string(w.Name),
	)
}

// hostGroups are the names of type host: inline groups mix types, and two groups of
// different types may share a name.
func hostGroups(groups list[groupName]) []string {
	var names []string
	for _, g := range groups {
		if g.Name != "" && (g.Type == "host" || g.Type == "") {
			names = append(names, string(g.Name))
		}
	}
	return entity.Union(names)
}
