package lab

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"io"
	"net/http"
	"strconv"
)

// proxyPage is what a load balancer says when what is behind it is gone.
const proxyPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n" +
	"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"

func (e *End) misbehave(w http.ResponseWriter, r *http.Request, f Fault) {
	switch f.What {
	case AnswerStatus:
		answerStatus(w, f)
	case HTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(cmp.Or(f.Status, http.StatusBadGateway))
		send(w, cmp.Or(f.Body, proxyPage))
	case Reset:
		cut(w)
	case Hang:
		e.hold(r)
		cut(w)
	case Slow, Truncate, DropAfter:
		e.spoil(w, r, f.What)
	case Concurrent:
		e.changeFirst(w, r, f)
	}
}

func answerStatus(w http.ResponseWriter, f Fault) {
	w.Header().Set("Content-Type", "application/json")
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	w.WriteHeader(f.Status)
	send(w, f.Body)
}

// spoil lets the simulator do the work and ruins its answer.
func (e *End) spoil(w http.ResponseWriter, r *http.Request, how Misbehaviour) {
	good := &buffer{header: http.Header{}}
	e.sim.ServeHTTP(good, r)
	if how == DropAfter {
		cut(w)
		return
	}
	half := good.body.Bytes()[:good.body.Len()/2]
	for key, values := range good.header {
		w.Header()[key] = values
	}
	if how == Slow {
		w.Header().Set("Content-Length", strconv.Itoa(good.body.Len()))
	} else {
		w.Header().Del("Content-Length")
	}
	w.WriteHeader(cmp.Or(good.status, http.StatusOK))
	send(w, string(half))
	if how == Slow {
		_ = http.NewResponseController(w).Flush() // the client may be gone, and hold sees that
		e.hold(r)
		cut(w)
	}
}

func (e *End) changeFirst(w http.ResponseWriter, r *http.Request, f Fault) {
	if err := e.sim.Change(f.Op, f.Args); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	e.sim.ServeHTTP(w, r)
}

// hold waits until the client goes or the end closes.
func (e *End) hold(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-e.closed:
	}
}

// cut resets the connection, so that the client has no answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if secure, ok := conn.(*tls.Conn); ok {
		reset(secure.NetConn())
		return
	}
	reset(conn)
}

// send writes to a client that may have gone, which is its own affair.
func send(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

// buffer is an answer that nobody has seen yet.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is what WriteHeader would send.
func (b *buffer) Header() http.Header { return b.header }

// WriteHeader keeps the first status.
func (b *buffer) WriteHeader(status int) { b.status = cmp.Or(b.status, status) }

// Write keeps the body.
func (b *buffer) Write(p []byte) (int, error) { return b.body.Write(p) }
