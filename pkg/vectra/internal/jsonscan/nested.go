package jsonscan

import "iter"

// Keys stands before the value of each member of an object in turn, and gives its key. A value that is not read is
// passed over. What is no object is passed over too, and has no keys.
func (s *Scanner) Keys() iter.Seq[[]byte] {
	return func(yield func(key []byte) bool) {
		reading := true
		for more := s.open(Object, '}'); more; more = s.next('}') {
			key := s.key()
			value := s.at
			if reading && s.err == nil {
				reading = yield(key)
			}
			s.pass(value)
		}
	}
}

// Items stands before each element of an array in turn, and counts them from 0; otherwise it is as Keys.
func (s *Scanner) Items() iter.Seq[int] {
	return func(yield func(n int) bool) {
		reading, n := true, 0
		for more := s.open(Array, ']'); more; more = s.next(']') {
			s.blank()
			value := s.at
			if reading && s.err == nil {
				reading = yield(n)
			}
			n++
			s.pass(value)
		}
	}
}

// pass passes over a value that was not read.
func (s *Scanner) pass(value int) {
	if s.at == value {
		s.Skip()
	}
}

func (s *Scanner) skipObject() {
	for more := s.open(Object, '}'); more; more = s.next('}') {
		s.key()
		s.Skip()
	}
}

func (s *Scanner) skipArray() {
	for more := s.open(Array, ']'); more; more = s.next(']') {
		s.Skip()
	}
}

// open enters an object or an array, and reports that something is in it.
func (s *Scanner) open(k Kind, end byte) bool {
	if s.Kind() != k {
		s.Skip()
		return false
	}
	if s.depth++; s.depth > deepest {
		s.fail("it is nested too deep")
		return false
	}
	s.at++
	if s.peek() == end {
		return s.leave()
	}
	return true
}

// next goes on to the next member or element, or leaves at the end.
func (s *Scanner) next(end byte) bool {
	switch s.peek() {
	case ',':
		s.at++
		return true
	case end:
		return s.leave()
	}
	s.fail("a comma or an end is missing")
	return false
}

func (s *Scanner) leave() bool {
	s.at++
	s.depth--
	return false
}

// key reads a key with its colon and goes to the value.
func (s *Scanner) key() []byte {
	if s.peek() != '"' {
		s.fail("a key is missing")
		return nil
	}
	key := s.Text()
	if s.peek() != ':' {
		s.fail("a colon is missing")
		return nil
	}
	s.at++
	s.blank()
	return key
}
