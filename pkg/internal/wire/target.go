package wire

import (
	"encoding/json"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// ToTargets is the inverse of FromTargets.
func ToTargets(ts []entity.Target) []*wirepb.Target { return each(ts, ToTarget) }

// FromTargets is the inverse of ToTargets.
func FromTargets(ts []*wirepb.Target) []entity.Target { return each(ts, FromTarget) }

// ToTarget is the inverse of FromTarget.
func ToTarget(t entity.Target) *wirepb.Target {
	return &wirepb.Target{
		Source: text(t.Source), Kind: text(string(t.Kind)), Id: text(t.ID), Name: text(t.Name),
		Score: toScore(t.Score), Tags: texts(t.Tags),
		Host: toHost(t.Host), Account: toAccount(t.Account), Detection: toDetection(t.Detection), Static: toStatic(t.Static),
	}
}

// FromTarget is the inverse of ToTarget.
func FromTarget(t *wirepb.Target) entity.Target {
	return entity.Target{
		Ref:  entity.Ref{Source: t.GetSource(), Kind: entity.Kind(t.GetKind()), ID: t.GetId()},
		Name: t.GetName(), Score: fromScore(t.GetScore()), Tags: t.GetTags(),
		Host: fromHost(t.GetHost()), Account: fromAccount(t.GetAccount()),
		Detection: fromDetection(t.GetDetection()), Static: fromStatic(t.GetStatic()),
	}
}

func toScore(s entity.Score) *wirepb.Score {
	p := &wirepb.Score{Threat: int64(s.Threat), Certainty: int64(s.Certainty)}
	if s.Urgency != nil {
		u := int64(*s.Urgency)
		p.Urgency = &u
	}
	return p
}

func fromScore(p *wirepb.Score) entity.Score {
	s := entity.Score{Threat: int(p.GetThreat()), Certainty: int(p.GetCertainty())}
	if p != nil && p.Urgency != nil {
		u := int(p.GetUrgency())
		s.Urgency = &u
	}
	return s
}

func toHost(h *entity.Host) *wirepb.Host {
	if h == nil {
		return nil
	}
	return &wirepb.Host{
		Ip: text(h.IP), FullName: text(h.FullName), ProbableOwner: text(h.ProbableOwner),
		KeyAsset: h.KeyAsset, TargetsKeyAsset: h.TargetsKeyAsset,
		Artifacts: each(h.Artifacts, toArtifact), Macs: texts(h.MACs),
		VmwareName: text(h.VMwareName), VmwareUuid: text(h.VMwareUUID), AwsUuid: text(h.AWSUUID),
		Groups: texts(h.Groups), Note: text(h.Note), LastSeen: toTime(h.LastSeen), Raw: h.Raw,
	}
}

func fromHost(h *wirepb.Host) *entity.Host {
	if h == nil {
		return nil
	}
	return &entity.Host{
		IP: h.GetIp(), FullName: h.GetFullName(), ProbableOwner: h.GetProbableOwner(),
		KeyAsset: h.GetKeyAsset(), TargetsKeyAsset: h.GetTargetsKeyAsset(),
		Artifacts: each(h.GetArtifacts(), fromArtifact), MACs: h.GetMacs(),
		VMwareName: h.GetVmwareName(), VMwareUUID: h.GetVmwareUuid(), AWSUUID: h.GetAwsUuid(),
		Groups: h.GetGroups(), Note: h.GetNote(), LastSeen: fromTime(h.GetLastSeen()), Raw: raw(h.GetRaw()),
	}
}

func toArtifact(a entity.Artifact) *wirepb.Artifact {
	return &wirepb.Artifact{Type: text(a.Type), Value: text(a.Value)}
}

func fromArtifact(a *wirepb.Artifact) entity.Artifact {
	return entity.Artifact{Type: a.GetType(), Value: a.GetValue()}
}

func toAccount(a *entity.Account) *wirepb.Account {
	if a == nil {
		return nil
	}
	return &wirepb.Account{
		Uid: text(a.UID), DisplayName: text(a.DisplayName), Type: texts(a.Type), Severity: text(a.Severity),
		Ldap:           toLDAP(a.LDAP),
		PrivilegeLevel: int64(a.PrivilegeLevel), PrivilegeCategory: text(a.PrivilegeCategory),
		ProbableHome: text(a.ProbableHome), NormalizedName: text(a.NormalizedName), FakeSam: text(a.FakeSAM),
		Context: text(a.Context), Note: text(a.Note), Raw: a.Raw,
	}
}

func fromAccount(a *wirepb.Account) *entity.Account {
	if a == nil {
		return nil
	}
	return &entity.Account{
		UID: a.GetUid(), DisplayName: a.GetDisplayName(), Type: a.GetType(), Severity: a.GetSeverity(),
		LDAP:           fromLDAP(a.GetLdap()),
		PrivilegeLevel: int(a.GetPrivilegeLevel()), PrivilegeCategory: a.GetPrivilegeCategory(),
		ProbableHome: a.GetProbableHome(), NormalizedName: a.GetNormalizedName(), FakeSAM: a.GetFakeSam(),
		Context: a.GetContext(), Note: a.GetNote(), Raw: raw(a.GetRaw()),
	}
}

func toLDAP(l entity.LDAP) *wirepb.Ldap {
	return &wirepb.Ldap{
		Description: text(l.Description), Location: text(l.Location), Sam: text(l.SAM), Title: text(l.Title),
		Upn: text(l.UPN), CommonName: text(l.CommonName), Email: text(l.Email),
	}
}

func fromLDAP(l *wirepb.Ldap) entity.LDAP {
	return entity.LDAP{
		Description: l.GetDescription(), Location: l.GetLocation(), SAM: l.GetSam(), Title: l.GetTitle(),
		UPN: l.GetUpn(), CommonName: l.GetCommonName(), Email: l.GetEmail(),
	}
}

func toDetection(d *entity.Detection) *wirepb.Detection {
	if d == nil {
		return nil
	}
	return &wirepb.Detection{
		HostId: text(d.HostID), AccountId: text(d.AccountID), Category: text(d.Category), Type: text(d.Type),
		SourceIp: text(d.SourceIP), State: text(d.State), Destinations: texts(d.Destinations),
		TargetsKeyAsset: d.TargetsKeyAsset, Triaged: d.Triaged, Note: text(d.Note), Raw: d.Raw,
	}
}

func fromDetection(d *wirepb.Detection) *entity.Detection {
	if d == nil {
		return nil
	}
	return &entity.Detection{
		HostID: d.GetHostId(), AccountID: d.GetAccountId(), Category: d.GetCategory(), Type: d.GetType(),
		SourceIP: d.GetSourceIp(), State: d.GetState(), Destinations: d.GetDestinations(),
		TargetsKeyAsset: d.GetTargetsKeyAsset(), Triaged: d.GetTriaged(), Note: d.GetNote(), Raw: raw(d.GetRaw()),
	}
}

func toStatic(s *entity.Static) *wirepb.Static {
	if s == nil {
		return nil
	}
	return &wirepb.Static{Destination: text(s.Destination)}
}

func fromStatic(s *wirepb.Static) *entity.Static {
	if s == nil {
		return nil
	}
	return &entity.Static{Destination: s.GetDestination()}
}

// raw leaves out what is no JSON: a target must stay fit to be marshalled.
func raw(text []byte) json.RawMessage {
	if len(text) == 0 || !json.Valid(text) {
		return nil
	}
	return text
}
