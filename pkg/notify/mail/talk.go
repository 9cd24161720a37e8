package mail

import (
	"errors"
	"net"
)

// mostTalk is how much a server may say in all, in bytes: its answers are read whole.
const mostTalk = 1 << 20

var errTalk = errors.New("the server says more than any mail server has to")

// talk is a connection whose other end may only say so much.
type talk struct {
	net.Conn
	left int
}

// Read fails once there was too much.
func (t *talk) Read(p []byte) (int, error) {
	if t.left == 0 {
		return 0, errTalk
	}
	n, err := t.Conn.Read(p[:min(len(p), t.left)])
	t.left -= n
	return n, err
}
