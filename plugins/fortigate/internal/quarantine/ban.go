package quarantine

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// ban is one entry of the device's list.
type ban struct {
	Address string `json:"ip_address"`
	Created int64  `json:"created"`
	// Expires is absent in a ban without end.
	Expires int64  `json:"expires"`
	Source  string `json:"source"`
}

// administrative is the source of bans that were asked for rather than found by the device itself.
const administrative = "Administrative"

// ours reports a ban that an administrator's call made; by configuration these are this blocker's.
func (b ban) ours() bool { return strings.EqualFold(b.Source, administrative) }

// owner is this installation where the ban lasts exactly as long as it makes them: a mark of sorts. Of other
// bans that a call made nobody can tell.
func (b ban) owner(w *Way) string {
	switch {
	case !b.ours():
		return way.Foreign(b.Source)
	case w.Expiry > 0 && b.Expires-b.Created == int64(w.Expiry/time.Second):
		return w.Owner
	}
	return ""
}

// until is when the ban ends by the device's clock; zero is never.
func (b ban) until() time.Time {
	if b.Expires == 0 {
		return time.Time{}
	}
	return time.Unix(b.Expires, 0).UTC()
}

// bans are a device's list. An address may be banned by several sources.
type bans map[netip.Addr][]ban

// find is the ban of an element that is ours, or one that is not.
func (bs bans) find(element string, ours bool) (ban, bool) {
	a, err := netip.ParseAddr(element)
	if err != nil {
		return ban{}, false
	}
	for _, b := range bs[a] {
		if b.ours() == ours {
			return b, true
		}
	}
	return ban{}, false
}

func path(action ...string) string {
	return fortios.Path(append([]string{"monitor", "user", "banned"}, action...)...)
}

// read gets the list; older firmware has it under another name.
func read(ctx context.Context, b *fortios.Batch) (bans, error) {
	var rows []ban
	_, err := b.Read(ctx, path(), nil, &rows)
	if fortios.IsUnknownResource(err) {
		_, err = b.Read(ctx, path("select"), nil, &rows)
	}
	if err != nil {
		return nil, err
	}
	return byAddress(rows)
}

// byAddress fails over an entry whose address cannot be read, and when there is no list: half a list is none.
func byAddress(rows []ban) (bans, error) {
	if rows == nil {
		return nil, unreadable(errors.New("there is none"))
	}
	all := make(bans, len(rows))
	for i, row := range rows {
		a, err := netip.ParseAddr(row.Address)
		if err != nil {
			return nil, unreadable(err)
		}
		if a = a.Unmap().WithZone(""); all[a] == nil {
			all[a] = rows[i : i+1 : i+1] // nearly all have one ban: it is kept where it is
		} else {
			all[a] = append(all[a], row)
		}
	}
	return all, nil
}

func unreadable(err error) error {
	return &blocker.Error{Class: blocker.Transient, Err: fmt.Errorf("the list of bans cannot be read: %w", err)}
}
