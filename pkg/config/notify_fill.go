package config

// The ports that are meant by 0.
var (
	mailPorts   = map[string]int{securityTLS: 465, securitySTARTTLS: 587, securityNone: 25}
	syslogPorts = map[string]int{protocolUDP: 514, "tcp": 601, protocolTLS: 6514}
)

// fillNotify puts in what tags cannot, for the channels that there are.
func (c *Config) fillNotify() {
	if m := c.Notify.Mail; m != nil {
		m.Port = portOr(m.Port, mailPorts[m.Security])
		m.CAFile = c.absolute(m.CAFile)
		listed(&m.To)
		m.listed()
	}
	if s := c.Notify.Syslog; s != nil {
		s.Port = portOr(s.Port, syslogPorts[s.Protocol])
		s.CAFile = c.absolute(s.CAFile)
		s.listed()
	}
	for name, w := range c.Notify.Webhook {
		w.CAFile, w.TemplateFile = c.absolute(w.CAFile), c.absolute(w.TemplateFile)
		w.listed()
		c.Notify.Webhook[name] = w
	}
	if a := c.Notify.Audit; a != nil {
		a.File = c.absolute(a.File)
		a.listed()
	}
}

func (f *Filter) listed() { listed(&f.Topics, &f.Kinds, &f.Sources, &f.Blockers) }

func portOr(port, standard int) int {
	if port == 0 {
		return standard
	}
	return port
}
