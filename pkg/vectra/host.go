package vectra

import (
	"bytes"
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// hostRow is a host as lists, details and searches show it.
type hostRow struct {
	common
	lastSource, ip, owner, lastSeen, lastDetection text
	keyAsset, targetsKeyAsset                      bool
	artifacts                                      []artifact
	groups                                         []groupName
	// dns are the names that the directory knows.
	dns []text
}

type artifact struct{ kind, value text }

// groupName is a group as hosts and detections show it inline.
type groupName struct{ name, kind text }

func (w *hostRow) scan(r *reader) {
	*w = hostRow{artifacts: w.artifacts[:0], groups: w.groups[:0], dns: w.dns[:0]}
	for key := range r.Keys() {
		switch string(key) {
		case "last_source":
			w.lastSource = r.text()
		case "ip":
			w.ip = r.text()
		case "probable_owner":
			w.owner = r.text()
		case "last_seen":
			w.lastSeen = r.text()
		case "last_detection_timestamp":
			w.lastDetection = r.text()
		case "key_asset", "is_key_asset":
			w.keyAsset = r.flag() || w.keyAsset
		case "targets_key_asset", "is_targeting_key_asset":
			w.targetsKeyAsset = r.flag() || w.targetsKeyAsset
		case "host_artifact_set":
			w.artifacts = r.artifacts(w.artifacts[:0])
		case "groups":
			w.groups = r.groups(w.groups[:0])
		case "ldap":
			w.dns = r.directory(w.dns[:0])
		default:
			w.read(r, key)
		}
	}
}

func (r *reader) artifacts(all []artifact) []artifact {
	for range r.Items() {
		var a artifact
		for key := range r.Keys() {
			switch string(key) {
			case "type":
				a.kind = r.text()
			case "value":
				a.value = r.text()
			}
		}
		if len(a.kind) > 0 {
			all = append(all, a)
		}
	}
	return all
}

func (r *reader) groups(all []groupName) []groupName {
	for range r.Items() {
		var g groupName
		for key := range r.Keys() {
			switch string(key) {
			case "name":
				g.name = r.text()
			case "type":
				g.kind = r.text()
			}
		}
		all = append(all, g)
	}
	return all
}

// directory are the names of a host that an appliance has from LDAP.
func (r *reader) directory(names []text) []text {
	for key := range r.Keys() {
		if string(key) == "dns_hostname" {
			names = r.texts(names[:0])
		}
	}
	return names
}

func (w *hostRow) object(r *reader) (object, error) {
	t, err := w.target(r)
	if err != nil {
		return object{}, err
	}
	t.Host = w.host(r, t.Name)
	return object{Finding: entity.Finding{Target: t}, state: w.activity(r), note: w.note}, nil
}

func (w *hostRow) host(r *reader, name string) *entity.Host {
	h := &entity.Host{
		IP:              r.keep(either(w.lastSource, w.ip)),
		ProbableOwner:   r.keep(w.owner),
		KeyAsset:        w.keyAsset,
		TargetsKeyAsset: w.targetsKeyAsset,
		Groups:          hostGroups(r, w.groups),
		LastSeen:        moment(either(w.lastSeen, w.lastDetection)),
		Artifacts:       w.known(r),
	}
	h.MACs = valuesOf(h.Artifacts, "mac")
	h.VMwareName, h.VMwareUUID, h.AWSUUID = valueOf(h, "vmachine_info"), valueOf(h, "vm_uuid"), valueOf(h, "aws_vm_uuid")
	h.FullName = w.fullName(r, h, name)
	return h
}

// known are the artifacts that are kept.
func (w *hostRow) known(r *reader) []entity.Artifact {
	if len(w.artifacts) == 0 {
		return nil
	}
	all := make([]entity.Artifact, len(w.artifacts))
	for i, a := range w.artifacts {
		all[i] = entity.Artifact{Type: r.word(a.kind), Value: r.keep(a.value)}
	}
	return all
}

// valuesOf are the values of one type, each once, in the brain's order.
func valuesOf(artifacts []entity.Artifact, kind string) []string {
	var values []string
	for _, a := range artifacts {
		if a.Type == kind && a.Value != "" && !slices.Contains(values, a.Value) {
			values = append(values, a.Value)
		}
	}
	return values
}

// valueOf is the first value of a type.
func valueOf(h *entity.Host, kind string) string {
	for _, a := range h.Artifacts {
		if a.Type == kind && a.Value != "" {
			return a.Value
		}
	}
	return ""
}

// fullName is the best name by the order of the predecessor (VAR-65).
func (w *hostRow) fullName(r *reader, h *entity.Host, name string) string {
	for _, kind := range []string{"windows_defender_name", "dns", "rdns"} {
		if known := valueOf(h, kind); known != "" {
			return known
		}
	}
	if len(w.dns) > 0 {
		return r.keep(w.dns[0])
	}
	return name
}

// hostGroups are the names of type host: inline groups mix types, and two groups of
// different types may share a name.
func hostGroups(r *reader, groups []groupName) []string {
	var names []string
	for _, g := range groups {
		if len(g.name) > 0 && (len(g.kind) == 0 || bytes.Equal(g.kind, []byte("host"))) {
			names = append(names, r.word(g.name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
