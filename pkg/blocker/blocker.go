// Package blocker is what a plugin author sees: two methods are the contract,
// every further power is an interface of its own, found by Serve and announced
// to the host.
package blocker

import (
	"context"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

// Blocker puts blocks on the devices of one vendor and takes them off again.
type Blocker interface {
	// Block puts t's elements on every device and renews what would expire. Blocking what is blocked succeeds.
	// The receipt names every element that may now be anywhere, also when err is not nil (done in part).
	Block(ctx context.Context, t entity.Target) (Receipt, error)
	// Unblock takes r off every device. Taking away what is gone succeeds. r may be a part of what Block
	// returned (others hold the rest) or empty (it was lost: derive it from t, or say Permanent).
	// t is as it was when blocked; for an orphan only its kind is set.
	Unblock(ctx context.Context, t entity.Target, r Receipt) error
}

// Batcher does many at once, outcomes in the order of the input. Batch makes it a Blocker.
type Batcher interface {
	BlockAll(ctx context.Context, ts []entity.Target) []Outcome
	UnblockAll(ctx context.Context, rs []Release) []error
}

// Elementer says what Block would put in place, in canonical text, changing nothing.
// Empty means "unknown now", never "nothing". Addresses is a ready one.
type Elementer interface {
	Elements(ctx context.Context, t entity.Target) ([]string, error)
}

// Lister reports each device's view; an unreadable device is an Inventory with Err and hides no other. Elements stand
// there as in receipts. What Block would put right is left out, what it cannot is Inert.
type Lister interface {
	List(ctx context.Context) ([]Inventory, error)
}

// Prober tells whether each device can be reached, logged in to and written, and
// whether a block would take effect. It changes nothing.
type Prober interface {
	Probe(ctx context.Context) []DeviceReport
}

// Enroller obtains missing secrets once; the host stores them under their
// names, which are relative to the settings ("device.fw1.api_key").
type Enroller interface {
	Enroll(ctx context.Context) (map[string]secret.String, error)
}

// Teller says what depends on the settings; without it the plugin's description holds.
type Teller interface {
	Facts() Facts
}

// Facts are what one opened blocker says of itself. A zero field leaves the
// description as it is.
type Facts struct {
	Label   string
	Kinds   []entity.Kind
	Devices []string
	// NoUndo: blocks cannot be taken back. NoRepeat: a block must not be made twice.
	NoUndo, NoRepeat bool
	// Place is where elements go, so that a change of settings which moves them is noticed; see PlaceOf.
	Place string
}

// PlaceOf makes a Place of values by name. A class ("source") names the group, tag or list of its elements;
// "device" and the name of a device the part of it that is meant. What may change while elements stay where
// they are does not belong there: addresses, timeouts, rates, certificates.
func PlaceOf(values map[string]string) string { return entity.PlaceOf(values) }

// Values that cross between plugin and host.
type (
	// Receipt is all that is needed to undo one block.
	Receipt = entity.Receipt
	// Outcome is how one block ended.
	Outcome = entity.Outcome
	// Release asks to take a receipt off every device.
	Release = entity.Release
	// Inventory is one device's view of what it holds.
	Inventory = entity.Inventory
	// Entry is one element that a device holds.
	Entry = entity.Entry
	// DeviceReport is what a probe found out about one device.
	DeviceReport = entity.DeviceReport
	// Check is one finding of a probe.
	Check = entity.Check
	// Error is a failure with its class and the device it came from.
	Error = entity.Error
	// ErrorClass tells the core to try again, tell a human, or skip.
	ErrorClass = entity.ErrorClass
)

// The classes of errors; see entity.ErrorClass.
const (
	Transient    = entity.Transient
	Permanent    = entity.Permanent
	Unsupported  = entity.Unsupported
	Unauthorized = entity.Unauthorized
	Capacity     = entity.Capacity
	Absent       = entity.Absent
)

// ClassOf is the class of an error, wrapped or joined.
func ClassOf(err error) ErrorClass { return entity.ClassOf(err) }
