package lab

import (
	"bufio"
	"net"
	"net/http"
	"strconv"
)

// statusWriter remembers the status that was sent, and says when the answer is over: before its client can know, who
// may ask for more at once.
type statusWriter struct {
	http.ResponseWriter
	status int
	sent   int
	over   func()
}

// WriteHeader remembers and sends the status.
func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write sends the body; the status is 200 when none was set.
func (s *statusWriter) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	if s.sent += len(p); s.whole() {
		s.over()
	}
	return s.ResponseWriter.Write(p)
}

// whole reports that the body has the length that was announced. Of another the client knows the end when the
// simulator has returned.
func (s *statusWriter) whole() bool {
	length, err := strconv.Atoi(s.Header().Get("Content-Length"))
	return err == nil && s.sent >= length
}

// Hijack takes the connection out of the server's hands, which is the end of the answer.
func (s *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	s.over()
	return http.NewResponseController(s.ResponseWriter).Hijack()
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
