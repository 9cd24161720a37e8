package wire

import (
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
