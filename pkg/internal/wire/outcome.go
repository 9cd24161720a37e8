package wire

import (
	"cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// ToReceipt is the inverse of FromReceipt.
func ToReceipt(r entity.Receipt) *wirepb.Receipt {
	return &wirepb.Receipt{
		Elements: texts(r.Elements), Until: toTime(r.Until), Former: text(r.Former), Adopted: r.Adopted,
	}
}

// FromReceipt is the inverse of ToReceipt. Elements come out sorted, each once.
func FromReceipt(r *wirepb.Receipt) entity.Receipt {
	return entity.Receipt{
		Elements: entity.Union(r.GetElements()), Until: fromTime(r.GetUntil()), Former: r.GetFormer(), Adopted: r.GetAdopted(),
	}
}

// ToOutcome is the inverse of FromOutcome; index is the place of the target in its batch.
func ToOutcome(index int, o entity.Outcome) *wirepb.BlockResponse {
	return &wirepb.BlockResponse{
		Index: int32(index), Receipt: ToReceipt(o.Receipt), Pending: o.Pending, Error: ToError(o.Err), //nolint:gosec // at most MaxBatch
	}
}

// FromOutcome is the inverse of ToOutcome.
func FromOutcome(r *wirepb.BlockResponse) entity.Outcome {
	return entity.Outcome{Receipt: FromReceipt(r.GetReceipt()), Pending: r.GetPending(), Err: FromError(r.GetError())}
}

// ToReleases is the inverse of FromReleases.
func ToReleases(rs []entity.Release) []*wirepb.Release {
	return each(rs, func(r entity.Release) *wirepb.Release {
		return &wirepb.Release{Target: ToTarget(r.Target), Receipt: ToReceipt(r.Receipt)}
	})
}

// FromReleases is the inverse of ToReleases.
func FromReleases(rs []*wirepb.Release) []entity.Release {
	return each(rs, func(r *wirepb.Release) entity.Release {
		return entity.Release{Target: FromTarget(r.GetTarget()), Receipt: FromReceipt(r.GetReceipt())}
	})
}

// ToInventory cuts an inventory into parts of at most MaxBatch entries; all else is in the first.
func ToInventory(index int, i entity.Inventory) []*wirepb.ListResponse {
	part := func(entries []entity.Entry) *wirepb.ListResponse {
		return &wirepb.ListResponse{Index: int32(index), Device: text(i.Device), Entries: each(entries, toEntry)} //nolint:gosec // few devices
	}
	first := part(i.Entries[:min(len(i.Entries), MaxBatch)])
	first.Error, first.Serial, first.Booted = ToError(i.Err), text(i.Serial), toTime(i.Booted)
	parts := []*wirepb.ListResponse{first}
	for at := MaxBatch; at < len(i.Entries); at += MaxBatch {
		parts = append(parts, part(i.Entries[at:min(at+MaxBatch, len(i.Entries))]))
	}
	return parts
}

// FromInventories puts the parts of all inventories together again, in the order of their first parts.
func FromInventories(parts []*wirepb.ListResponse) []entity.Inventory {
	var all []entity.Inventory
	place := map[int32]int{}
	for _, p := range parts {
		n, known := place[p.GetIndex()]
		if !known {
			n = len(all)
			place[p.GetIndex()] = n
			all = append(all, entity.Inventory{Device: p.GetDevice()})
		}
		all[n].Entries = append(all[n].Entries, each(p.GetEntries(), fromEntry)...)
		all[n].Serial = cmp.Or(all[n].Serial, p.GetSerial())
		all[n].Booted = cmp.Or(all[n].Booted, fromTime(p.GetBooted()))
		if err := FromError(p.GetError()); err != nil {
			all[n].Err = err
		}
	}
	return all
}

func toEntry(e entity.Entry) *wirepb.Entry {
	return &wirepb.Entry{
		Element: text(e.Element), Class: text(string(e.Class)), Owner: text(e.Owner), Until: toTime(e.Until), Inert: text(e.Inert),
	}
}

func fromEntry(e *wirepb.Entry) entity.Entry {
	return entity.Entry{
		Element: e.GetElement(), Class: entity.Class(e.GetClass()), Owner: e.GetOwner(), Until: fromTime(e.GetUntil()), Inert: e.GetInert(),
	}
}

// ToReport is the inverse of FromReport.
func ToReport(r entity.DeviceReport) *wirepb.ProbeResponse {
	return &wirepb.ProbeResponse{Device: text(r.Device), Findings: each(r.Checks, func(c entity.Check) *wirepb.Finding {
		return &wirepb.Finding{Name: text(c.Name), Detail: text(c.Detail), Error: ToError(c.Err)}
	})}
}

// FromReport is the inverse of ToReport.
func FromReport(p *wirepb.ProbeResponse) entity.DeviceReport {
	return entity.DeviceReport{Device: p.GetDevice(), Checks: each(p.GetFindings(), func(f *wirepb.Finding) entity.Check {
		return entity.Check{Name: f.GetName(), Detail: f.GetDetail(), Err: FromError(f.GetError())}
	})}
}
