package blocker

import (
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/var-project/var/pkg/internal/failpoint"
)

const (
	// groupOf is how many answers that are there at the same time go in one message, to a host that understands it.
	groupOf = 100
	// groupBytes is the size of a message that is not let grow further.
	groupBytes = 1 << 20
)

// message is one that answers an item of a batch.
type message[M any] interface {
	*M
	proto.Message
}

// sender answers the items of a batch. It may be used by many at once.
type sender[A, M any, P message[M]] struct {
	stream grpc.ServerStreamingServer[M]
	pack   func(int, A) P
	// group is how many answers wait for each other; join puts the rest of them into the first.
	group int
	join  func(first P, rest []P)

	mu      sync.Mutex
	waiting []P
	bytes   int
}

// answer sends an answer, or keeps it until the group is full.
func (s *sender[A, M, P]) answer(i int, a A) error {
	m := s.pack(i, a)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, m)
	if s.bytes += proto.Size(m); len(s.waiting) < s.group && s.bytes < groupBytes {
		return nil
	}
	return s.send()
}

// flush sends what waits.
func (s *sender[A, M, P]) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.send()
}

func (s *sender[A, M, P]) send() error {
	if len(s.waiting) == 0 {
		return nil
	}
	defer failpoint.Hit("plugin.outcome")
	first, rest := s.waiting[0], s.waiting[1:]
	s.waiting, s.bytes = nil, 0
	s.join(first, rest)
	return s.stream.Send(first)
}

// grouped is the size of a group: of answers that come one by one each goes as soon as it is there.
func grouped(understood, together bool) int {
	if understood && together {
		return groupOf
	}
	return 1
}
