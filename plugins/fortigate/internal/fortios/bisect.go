package fortios

import "slices"

// atOnce is how many elements go into one call.
const atOnce = 1000

// Halve does a call for many elements at once, and where the device finds fault with a value halves
// the list until the faulty element stands alone, so that one does not keep the others out. The
// answers are in the order of the elements.
func Halve(elements []string, call func([]string) error) []error {
	errs := make([]error, 0, len(elements))
	for some := range slices.Chunk(elements, atOnce) {
		errs = append(errs, halve(some, call)...)
	}
	return errs
}

func halve(elements []string, call func([]string) error) []error {
	err := call(elements)
	if len(elements) > 1 && IsBadInput(err) {
		middle := len(elements) / 2
		return append(halve(elements[:middle], call), halve(elements[middle:], call)...)
	}
	errs := make([]error, len(elements))
	for i := range errs {
		errs[i] = err
	}
	return errs
}
