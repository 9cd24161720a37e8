package main

import (
	"errors"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// faults are the errors of one target's elements on one device. What went wrong for several of
// them at once is told once.
type faults struct {
	order    []error
	elements map[error][]string
}

func (f *faults) add(element string, err error) {
	if err == nil {
		return
	}
	if f.elements == nil {
		f.elements = map[error][]string{}
	}
	if len(f.elements[err]) == 0 {
		f.order = append(f.order, err)
	}
	f.elements[err] = append(f.elements[err], element)
}

// join names the element of what is one element's fault.
func (f *faults) join() error {
	var all []error
	for _, err := range f.order {
		if elements := f.elements[err]; len(elements) == 1 {
			err = onElement(elements[0], err)
		}
		all = append(all, err)
	}
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

func onElement(element string, err error) error {
	named := blocker.Error{Class: blocker.ClassOf(err), RetryAfter: entity.RetryAfter(err), Element: element, Err: err}
	if e, ok := err.(*blocker.Error); ok { //nolint:errorlint // the error itself, not one it wraps
		named.Err = e.Err
	}
	return &named
}
