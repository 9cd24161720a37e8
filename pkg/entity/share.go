package entity

import "slices"

// Share has a target be one with another of the same ref, piece by piece, where they say the same: what is held is most
// of what is seen, and one copy in memory is enough. Raw objects, and when a host was last seen, do not count: they
// become those of the other.
func (t *Target) Share(o *Target) {
	t.Ref = o.Ref
	if t.Name == o.Name {
		t.Name = o.Name
	}
	if t.Host != nil && o.Host != nil && t.Host.same(o.Host) {
		t.Host = o.Host
	}
	if t.Detection != nil && o.Detection != nil && t.Detection.same(o.Detection) {
		t.Detection = o.Detection
	}
}

func (h *Host) same(o *Host) bool {
	return h.IP == o.IP && h.FullName == o.FullName && h.ProbableOwner == o.ProbableOwner && h.Note == o.Note &&
		h.KeyAsset == o.KeyAsset && h.TargetsKeyAsset == o.TargetsKeyAsset && h.VMwareName == o.VMwareName && h.VMwareUUID == o.VMwareUUID &&
		h.AWSUUID == o.AWSUUID && slices.Equal(h.Artifacts, o.Artifacts) && slices.Equal(h.MACs, o.MACs) && slices.Equal(h.Groups, o.Groups)
}

func (d *Detection) same(o *Detection) bool {
	return d.HostID == o.HostID && d.AccountID == o.AccountID && d.Category == o.Category && d.Type == o.Type &&
		d.SourceIP == o.SourceIP && d.State == o.State && d.TargetsKeyAsset == o.TargetsKeyAsset && d.Triaged == o.Triaged &&
		d.Note == o.Note && slices.Equal(d.Destinations, o.Destinations)
}
