package blockertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// placed reports a line of a place that does not speak of a class or a device of the blocker.
func placed(place string, devices []string) error {
	if place == "" {
		return nil
	}
	for line := range strings.SplitSeq(place, "\n") {
		name, value, ok := strings.Cut(line, " = ")
		device, isDevice := strings.CutPrefix(name, "device ")
		switch {
		case !ok || value == "":
			return fmt.Errorf("%q is no line of the form name = value", line)
		case isDevice && slices.Contains(devices, device):
		case slices.Contains([]entity.Class{entity.ClassSource, entity.ClassAccount, entity.ClassDestination}, entity.Class(name)):
		default:
			return fmt.Errorf("%q is neither a class nor a device of this blocker", name)
		}
	}
	return nil
}
