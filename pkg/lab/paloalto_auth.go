package lab

import "net/http"

// keygen gives out the key of an administrator. Old releases refuse with HTTP 200.
func (p *PANOS) keygen(q *panRequest) panAnswer {
	user, password := q.form.Get("user"), q.form.Get("password")
	for _, a := range p.cfg.Admins {
		if a.Name == user && a.Password == password {
			return panResult(element("key", a.Key))
		}
	}
	if !p.atLeast("9.0") {
		return panForbidden(http.StatusOK)
	}
	return panForbidden(http.StatusForbidden)
}

func (p *PANOS) admin(key string) (PANOSAdmin, bool) {
	for _, a := range p.cfg.Admins {
		if key != "" && a.Key == key {
			return a, true
		}
	}
	return PANOSAdmin{}, false
}

func panRoleLacks() panAnswer { return panError(panUnauthorized, "Unauthorized request") }

// scope is the virtual system that a request is about: on this device, or on a managed one with target.
func (p *PANOS) scope(q *panRequest) (*panDevice, *panVsys, *panAnswer) {
	serial := q.form.Get("target")
	if serial == "" {
		serial = p.cfg.Serial
	}
	d := p.devices[serial]
	if d == nil {
		return nil, nil, panRefused(panError(panObjectMissing, "target "+serial+" not connected"))
	}
	name := q.form.Get("vsys")
	if name == "" {
		name = d.order[0]
	}
	v := d.vsys[name]
	if v == nil {
		return nil, nil, panRefused(panError(panInvalidObject, "vsys "+name+" is invalid"))
	}
	d.expire(p.now())
	return d, v, nil
}
