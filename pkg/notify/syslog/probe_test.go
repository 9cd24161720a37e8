package syslog

import (
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

func TestProbeConnectsAndSaysNothing(t *testing.T) {
	heard := make(chan int, 1)
	address := served(t, func(conn net.Conn) {
		text, _ := io.ReadAll(conn) // an error is of the end that is left
		heard <- len(text)
	})
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	for protocol, want := range map[string]string{TCP: "", UDP: ErrUnprobed.Error()} {
		c, err := New(Config{Server: host, Port: n, Protocol: protocol}, origin)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Probe(t.Context()); want == "" && err != nil || want != "" && !errors.Is(err, ErrUnprobed) {
			t.Errorf("%s: got %v, want %q", protocol, err, want)
		}
	}
	if n := <-heard; n != 0 {
		t.Errorf("%d bytes were sent", n)
	}
}

func TestProbeSaysWhatToDo(t *testing.T) {
	c, err := New(Config{Server: "127.0.0.1", Port: 1, Protocol: TCP}, origin)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "check notify.syslog.server and notify.syslog.port") {
		t.Errorf("got %v", err)
	}
}
