package wire

import (
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// ToError keeps class, device, element, wait and text of err and of each part of a joined one. A
// context that ended leaves class Unknown: a request may have been on its way.
func ToError(err error) *wirepb.Error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joinedParts(joined.Unwrap())
	}
	parts := entity.Errors(err)
	if len(parts) > 1 {
		return joinedParts(each(parts, func(e *entity.Error) error { return e }))
	}
	e := parts[0]
	return &wirepb.Error{
		Class:      text(string(classOf(e, err))),
		Device:     text(e.Device),
		Element:    text(e.Element),
		RetryAfter: toDuration(e.RetryAfter),
		Message:    text(message(err, e)),
	}
}

func joinedParts(errs []error) *wirepb.Error {
	return &wirepb.Error{Joined: each(errs, ToError)}
}

func classOf(e *entity.Error, err error) entity.ErrorClass {
	var classed *entity.Error
	ended := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if ended && !errors.As(err, &classed) {
		return entity.Unknown
	}
	return e.Class
}

// message is the text of err with device and element, which cross by themselves, taken out.
func message(err error, e *entity.Error) string {
	inner := "failed"
	if e.Err != nil {
		inner = e.Err.Error()
	}
	return strings.Replace(err.Error(), e.Error(), inner, 1)
}

func toDuration(d time.Duration) *durationpb.Duration {
	if d <= 0 {
		return nil
	}
	return durationpb.New(d)
}

// FromError is the inverse of ToError: an *entity.Error, or several joined.
func FromError(e *wirepb.Error) error {
	if e == nil {
		return nil
	}
	if len(e.GetJoined()) > 0 {
		return errors.Join(each(e.GetJoined(), FromError)...)
	}
	return &entity.Error{
		Class:      entity.ErrorClass(e.GetClass()),
		Device:     e.GetDevice(),
		Element:    e.GetElement(),
		RetryAfter: max(e.GetRetryAfter().AsDuration(), 0),
		Err:        errors.New(e.GetMessage()),
	}
}
