package jsonscan

import "iter"

// Keys stands before the value of each member of an object in turn, and gives its key. A value that is not read is
// passed over. What is no object is passed over too, and has no keys.
func (s *Scanner) Keys() iter.Seq[[]byte] {
	return func(yield func(key []byte) bool) {
		reading := true
		for more := s.enter(Object); more && s.stays('}'); {
			key := s.Text()
			before := s.decoder.InputOffset()
			reading = reading && s.err == nil && yield(key)
			s.pass(before)
		}
	}
}

// Items stands before each element of an array in turn, and counts them from 0; otherwise it is as Keys.
func (s *Scanner) Items() iter.Seq[int] {
	return func(yield func(n int) bool) {
		reading := true
		for n, more := 0, s.enter(Array); more && s.stays(']'); n++ {
			before := s.decoder.InputOffset()
			reading = reading && yield(n)
			s.pass(before)
		}
	}
}

// enter goes into an object or an array. Another value is passed over.
func (s *Scanner) enter(k Kind) bool {
	if s.Kind() != k {
		s.Skip()
		return false
	}
	s.token()
	return s.err == nil
}

// stays reports that something follows before the end; at the end it leaves.
func (s *Scanner) stays(end Kind) bool {
	if s.err != nil {
		return false
	}
	if s.decoder.PeekKind() != end {
		return true
	}
	s.token()
	return false
}

func (s *Scanner) token() {
	if _, err := s.decoder.ReadToken(); err != nil {
		s.fail(err)
	}
}

// pass passes over a value that was not read.
func (s *Scanner) pass(before int64) {
	if s.err == nil && s.decoder.InputOffset() == before {
		s.Skip()
	}
}
