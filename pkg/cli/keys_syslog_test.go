package cli

import (
	"maps"
	"net"
	"strings"
	"testing"
	"time"
)

const syslogAt = "[notify.syslog]\nserver = \"127.0.0.1\"\nport = PORT\n"

func syslogKeys() map[string]func(*testing.T) {
	const tcp = syslogAt + "protocol = \"tcp\"\n"
	all := map[string]func(*testing.T){
		"notify.syslog.server":   testSyslogServer,
		"notify.syslog.port":     arrivesAt("syslog", tcp),
		"notify.syslog.protocol": testSyslogProtocol,
		"notify.syslog.framing":  arrives("syslog", tcp+"framing = \"octet\"\n", tcp+"framing = \"lf\"\n", "\n"),
		"notify.syslog.header":   arrives("syslog", tcp+"header = \"rfc3164\"\n", tcp, ">1 "),
		"notify.syslog.format":   arrives("syslog", tcp+"format = \"standard\"\n", tcp, "CEF:0|"),
		"notify.syslog.facility": arrives("syslog", tcp, tcp+"facility = \"mail\"\n", "<22>1 "),
	}
	maps.Copy(all, trustKeys("syslog", syslogAt+"protocol = \"tls\"\n"))
	return all
}

func testSyslogServer(t *testing.T) {
	e := listenTo(t, false, logServer)
	elsewhere := strings.ReplaceAll(syslogAt, "127.0.0.1", "127.0.0.2") + "protocol = \"tcp\"\n"
	if err := tells(t, "syslog", strings.ReplaceAll(elsewhere, "PORT", e.port)); err == nil || e.text() != "" {
		t.Errorf("%v, %q", err, e.text())
	}
}

// bothPorts are an ear and a port for UDP of the same number, which others on this machine may have taken.
func bothPorts(t *testing.T) (*ear, net.PacketConn) {
	t.Helper()
	var err error
	for range 10 {
		e := listenTo(t, false, logServer)
		var packets net.PacketConn
		if packets, err = (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", net.JoinHostPort(e.host, e.port)); err == nil {
			return e, packets
		}
	}
	t.Fatal(err)
	return nil, nil
}

// testSyslogProtocol hears the same port by UDP and by TCP.
func testSyslogProtocol(t *testing.T) {
	e, packets := bothPorts(t)
	defer packets.Close() //nolint:errcheck // nothing is to be heard any more
	lines := strings.ReplaceAll(syslogAt, "PORT", e.port)
	for _, protocol := range []string{"udp", "tcp"} {
		if err := tells(t, "syslog", lines+"protocol = \""+protocol+"\"\n"); err != nil {
			t.Fatal(err)
		}
		if protocol == "udp" && e.text() != "" || protocol == "tcp" && e.told() == "" {
			t.Errorf("%s: heard by TCP: %q", protocol, e.text())
		}
	}
	if err := packets.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, _, err := packets.ReadFrom(make([]byte, 9000)); err != nil || n == 0 {
		t.Errorf("by UDP: %d bytes, %v", n, err)
	}
}
