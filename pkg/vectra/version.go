package vectra

import (
	"fmt"
	"slices"
	"strings"
)

// never is a minor version that no family reaches.
const never = 99

// version is one API version. It is a text on the wire, never a float.
type version struct {
	text  string
	rux   bool
	minor int
}

var versions = []string{"2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "3", "3.0", "3.1", "3.2", "3.3", "3.4"}

func parseVersion(text string) (version, error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "v")
	if !slices.Contains(versions, text) {
		return version{}, fmt.Errorf("api %q is not known: write one of 2.1 to 2.5 for QUX, 3.0 to 3.4 for RUX", text)
	}
	v := version{text: text, rux: text[0] == '3'}
	if len(text) == 3 {
		v.minor = int(text[2] - '0')
	}
	return v, nil
}

// since reports that the version has what came with these minor versions of v2 and v3.
func (v version) since(qux, rux int) bool {
	if v.rux {
		return v.minor >= rux
	}
	return v.minor >= qux
}
