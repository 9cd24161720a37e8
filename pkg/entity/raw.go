package entity

import (
	"encoding/json"
	"slices"
)

// Raw is the brain's own object of the target, as JSON: for plugins at the moment of blocking. Nil where it was not
// kept: see WithRaw.
func (t *Target) Raw() json.RawMessage {
	switch {
	case t.Host != nil:
		return t.Host.Raw
	case t.Account != nil:
		return t.Account.Raw
	case t.Detection != nil:
		return t.Detection.Raw
	}
	return nil
}

// WithRaw is the target with another raw object, or with none: one object of many kilobytes is kept for what is
// about to be sent, never for all that is held. The target itself stays as it is.
func (t Target) WithRaw(raw json.RawMessage) Target {
	if len(raw) == 0 && len(t.Raw()) == 0 {
		return t
	}
	switch {
	case t.Host != nil:
		h := *t.Host
		h.Raw, t.Host = raw, &h
	case t.Account != nil:
		a := *t.Account
		a.Raw, t.Account = raw, &a
	case t.Detection != nil:
		d := *t.Detection
		d.Raw, t.Detection = raw, &d
	}
	return t
}

// SameAddress reports that two targets would be blocked at the same address: what was said of one holds of the other.
func (t *Target) SameAddress(o *Target) bool {
	if t.Host != nil && o.Host != nil && t.Host.IP != o.Host.IP {
		return false
	}
	return slices.Equal(t.Destinations(), o.Destinations())
}
