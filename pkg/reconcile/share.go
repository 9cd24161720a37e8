package reconcile

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// share has a target that is seen as it was when it was blocked be the very same, piece by piece: what is held is most
// of what is seen, and one copy of it is enough. When it was last seen counted before; where something may be blocked
// anew, it stays as it is seen.
func (a *adopter) share(t *entity.Target, held []entity.Holding) {
	if slices.ContainsFunc(held, func(h entity.Holding) bool { return h.State != entity.Complete }) {
		return
	}
	was := &held[0].Target
	t.Ref = was.Ref
	if t.Name == was.Name {
		t.Name = was.Name
	}
	if t.Host != nil && was.Host != nil && sameHost(t.Host, was.Host) {
		t.Host = was.Host
	}
	if t.Detection != nil && was.Detection != nil && sameDetection(t.Detection, was.Detection) {
		t.Detection = was.Detection
	}
	for i, tag := range t.Tags {
		t.Tags[i] = a.text(tag)
	}
}

// text is one copy of a text that many have.
func (a *adopter) text(s string) string {
	const most = 1000
	if one, known := a.texts[s]; known {
		return one
	}
	if len(a.texts) < most {
		a.texts[s] = s
	}
	return s
}

func sameHost(a, b *entity.Host) bool {
	return a.Raw == nil && a.IP == b.IP && a.FullName == b.FullName && a.ProbableOwner == b.ProbableOwner && a.Note == b.Note &&
		a.KeyAsset == b.KeyAsset && a.TargetsKeyAsset == b.TargetsKeyAsset && a.VMwareName == b.VMwareName && a.VMwareUUID == b.VMwareUUID &&
		a.AWSUUID == b.AWSUUID && slices.Equal(a.Artifacts, b.Artifacts) && slices.Equal(a.MACs, b.MACs) && slices.Equal(a.Groups, b.Groups)
}

func sameDetection(a, b *entity.Detection) bool {
	return a.Raw == nil && a.HostID == b.HostID && a.AccountID == b.AccountID && a.Category == b.Category && a.Type == b.Type &&
		a.SourceIP == b.SourceIP && a.State == b.State && a.TargetsKeyAsset == b.TargetsKeyAsset && a.Triaged == b.Triaged &&
		a.Note == b.Note && slices.Equal(a.Destinations, b.Destinations)
}
