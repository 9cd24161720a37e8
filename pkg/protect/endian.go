package protect

import (
	"encoding/binary"
	"slices"
)

// littleEndian tells the byte order in which this machine's kernel prints addresses of routes.
var littleEndian = slices.Equal(binary.NativeEndian.AppendUint16(nil, 1), []byte{1, 0})
