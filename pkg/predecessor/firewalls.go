package predecessor

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// firewall is one device of a client.
type firewall struct {
	host, port, vdom string
	// check is CHECK_SSL: nil, a truth, or the path of a file of authorities.
	check any
	token param
}

// fortinet carries over FortiGates with their two address groups.
func (s source) fortinet(c client, folder string) {
	own := s.opened(c)
	if own.module == nil {
		return
	}
	path := "blocker.fortinet"
	walls, from := own.fortigates()
	if len(walls) == 0 {
		own.to.leave(from, "names no firewall, so there is no blocker: add it, var config set %s.plugin fortigate", path)
		return
	}
	own.to.set(path+".plugin", "fortigate", "", Origin{File: own.file, Name: "client fortinet"})
	own.groups(path + ".settings.")
	own.devices(path, walls, from)
}

// groups carries over the two address groups.
func (s source) groups(path string) {
	s.to.set(path+"mode", "address-group", "the predecessor's way")
	internal, p := s.text("INTERNAL_ADDRESS_GROUP")
	external, q := s.text("EXTERNAL_ADDRESS_GROUP")
	if internal == external {
		s.to.refuse(q.Origin, "is the same group as INTERNAL_ADDRESS_GROUP: var keeps sources and destinations apart; make a second group")
	}
	s.to.set(path+"internal_group", internal, "", p.Origin)
	s.to.set(path+"external_group", external, "", q.Origin)
	s.to.set(path+"take_over", true, "what the predecessor put there for static destinations goes when they are released")
}

// fortigates reads the lists that belong together, or the older FIREWALLS.
func (s source) fortigates() ([]firewall, Origin) {
	if p := s.get("FIREWALLS"); p.there {
		return s.oldFortigates(p), p.Origin
	}
	ips := s.get("IP")
	hosts := items(ips.value)
	columns := [][]any{hosts, s.column("PORT", hosts), s.column("VDOM", hosts), s.column(s.checkName(), hosts)}
	for _, column := range columns {
		if len(column) != len(hosts) {
			s.to.refuse(ips.Origin, "IP, PORT, VDOM and %s have different lengths: the predecessor ends with an error", s.checkName())
			return nil, ips.Origin
		}
	}
	token, _ := s.peek("TOKEN")
	var walls []firewall
	for i := range hosts {
		if w := (firewall{texted(hosts[i]), texted(columns[1][i]), texted(columns[2][i]), columns[3][i], token}); w.host != "" {
			walls = append(walls, w)
		}
	}
	return walls, ips.Origin
}

// column is a list beside the list of hosts; one that is not there has nothing to say of each.
func (s source) column(name string, hosts []any) []any {
	p := s.get(name)
	if !p.there {
		return make([]any, len(hosts))
	}
	return items(p.value)
}

// checkName is what the parameter is called; older releases had VERIFY, and VERIFY_SSL for PAN-OS.
func (s source) checkName() string {
	for _, name := range []string{"VERIFY", "VERIFY_SSL"} {
		if p, err := s.peek(name); p.there || err != nil {
			return name
		}
	}
	return "CHECK_SSL"
}

func (s source) oldFortigates(p param) []firewall {
	var walls []firewall
	for _, item := range items(p.value) {
		d, is := item.(dict)
		if !is {
			s.wrong(p, `a list such as [{"IP": "192.0.2.1", "PORT": 443, "VDOM": "root", "VERIFY": False}]`)
			return nil
		}
		w := firewall{host: texted(d["IP"]), port: texted(d["PORT"]), vdom: texted(d["VDOM"]), check: d["VERIFY"]}
		if token, is := d["TOKEN"].(string); is {
			w.token = param{p.Origin, token, true}
		}
		if w.host != "" {
			walls = append(walls, w)
		}
	}
	return walls
}

// texted is a text or a number as text.
func texted(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

// url is where a firewall is managed.
func (w firewall) url() (string, error) {
	if strings.Contains(w.host, "://") {
		return address(w.host)
	}
	host := w.host
	if strings.ContainsAny(host, "/?#@ ") {
		return "", fmt.Errorf("%s is no address: want a host or an IP address", shown(host))
	}
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && a.Is6() {
		host = "[" + a.String() + "]"
	}
	if w.port != "" && w.port != "443" {
		host = net.JoinHostPort(strings.Trim(host, "[]"), w.port)
	}
	return address(host)
}

// deviceNote is said of the names that devices get.
const deviceNote = "made of its address; it is part of the names of its secrets"

// deviceName tells several devices at one address apart by their ports.
func deviceName(address string, taken map[string]bool) string {
	name := nameOf(address)
	if u, err := url.Parse(address); err == nil && taken[name] && u.Port() != "" {
		name += "-" + u.Port()
	}
	return distinct(name, taken)
}

func (s source) devices(path string, walls []firewall, from Origin) {
	taken := map[string]bool{}
	for i, w := range walls {
		url, err := w.url()
		if err != nil {
			s.to.refuse(from, "%v", err)
			continue
		}
		name := deviceName(url, taken)
		device := fmt.Sprintf("%s.settings.device[%d]", path, i)
		s.to.set(device+".name", name, deviceNote)
		s.to.set(device+".url", url, "", from)
		if w.vdom != "" {
			s.to.set(device+".vdom", w.vdom, "", s.origin("VDOM", from))
		}
		s.certificate(device, w.check, s.origin(s.checkName(), from))
		s.to.secret(path+".device."+name+".token", "Fortinet", w.host)
		s.inClear(path+".device."+name+".token", w.token)
	}
}

// origin is that of a parameter, or of another where it has none.
func (s source) origin(name string, other Origin) Origin {
	if p, _ := s.peek(name); p.Line != 0 {
		return p.Origin
	}
	return other
}

// certificate carries over whether a device is asked for one: what is not said means no, as in every client.
func (s source) certificate(device string, check any, from Origin) {
	switch check := check.(type) {
	case bool:
		if check {
			return
		}
	case string:
		if check != "" {
			s.to.set(device+".ca_file", check, "", from)
			return
		}
	}
	s.to.set(device+".insecure_skip_verify", true, "WARNING: anybody can pose as this device; better: ca_file, and take this away", from)
	s.to.tell(from, "%s does not ask for a certificate, and every pass will warn: get its CA into ca_file", device)
}
