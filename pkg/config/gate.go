package config

import "github.com/var-project/var/pkg/entity"

// Of gives the limits of one kind: its own, else those of all.
func (g Gates) Of(kind entity.Kind) Limits {
	own := map[entity.Kind]KindLimits{
		entity.KindHost: g.Hosts, entity.KindAccount: g.Accounts, entity.KindDetection: g.Detections, entity.KindStatic: g.Static,
	}[kind]
	limits := g.Limits
	for limit, said := range map[*int]*int{
		&limits.MaxBlocks: own.MaxBlocks, &limits.MaxReleases: own.MaxReleases,
		&limits.MaxReleasesPercent: own.MaxReleasesPercent, &limits.Floor: own.Floor,
	} {
		if said != nil {
			*limit = *said
		}
	}
	return limits
}
