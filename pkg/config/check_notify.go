package config

import (
	"maps"
	"net/mail"
	"net/netip"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// How the ends of channels are spoken to.
const (
	securityTLS      = "tls"
	securitySTARTTLS = "starttls"
	securityNone     = "none"
	protocolTLS      = "tls"
	protocolUDP      = "udp"
	mailAuto         = "auto"
	mailCRAM         = "cram-md5"
	mailNoAuth       = "none"
)

// notify needs the raw values: a brain or blocker that is wrong is named rightly all the same.
func (k *checker) notify(n Notify, values map[string]any) {
	known := names{brains: keysIn(values, "brain"), blockers: keysIn(values, "blocker")}
	if n.Mail != nil {
		k.mail("notify.mail", *n.Mail)
		k.filter("notify.mail", n.Mail.Filter, known)
	}
	if n.Syslog != nil {
		k.syslog("notify.syslog", *n.Syslog)
		k.filter("notify.syslog", n.Syslog.Filter, known)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Webhook)) {
		path := "notify.webhook." + name
		k.name(path, name)
		k.webhook(path, name, n.Webhook[name])
		k.filter(path, n.Webhook[name].Filter, known)
	}
	if n.Audit != nil {
		k.filter("notify.audit", n.Audit.Filter, known)
	}
}

// names are those that filters may name.
type names struct{ brains, blockers []string }

func keysIn(values map[string]any, table string) []string {
	t, _ := values[table].(map[string]any)
	return slices.Sorted(maps.Keys(t))
}

func (k *checker) filter(path string, f Filter, known names) {
	sources := append(slices.Clone(known.brains), entity.SourceStatic, sourceHand)
	k.among(join(path, "sources"), f.Sources, sources, "source")
	k.among(join(path, "blockers"), f.Blockers, known.blockers, "blocker")
}

// among refuses a name that nothing bears: what it is for would never be told.
func (k *checker) among(path string, wanted, known []string, what string) {
	for i, name := range wanted {
		if !slices.Contains(known, name) {
			k.add(index(path, i), "there is no %s %s: nothing of it could be told; there are: %s", what, shown(name), strings.Join(known, ", "))
		}
	}
}

func (k *checker) mail(path string, m Mail) {
	k.server(join(path, "server"), m.Server)
	k.mailAddress(join(path, "from"), m.From)
	for i, to := range m.To {
		k.mailAddress(index(join(path, "to"), i), to)
	}
	if k.text(join(path, "subject"), m.Subject); m.Subject == "" {
		k.add(join(path, "subject"), "must not be empty; leave it out for the default")
	}
	k.mailLogin(path, m)
	if m.Security == securityNone {
		k.noTLS(path, m.TLS, `security is "none"`)
	}
}

// mailLogin refuses a password that everybody on the way could read.
func (k *checker) mailLogin(path string, m Mail) {
	k.text(join(path, "user"), m.User)
	switch {
	case m.User == "" && m.Auth != mailAuto && m.Auth != mailNoAuth:
		k.add(join(path, "auth"), `%q needs a user: set notify.mail.user, or auth = "none"`, m.Auth)
	case m.LogsIn() && m.Security == securityNone && m.Auth != mailCRAM:
		k.add(join(path, "security"), `must not be "none" where the password travels: write "starttls" or "tls", or auth = "cram-md5"`)
	}
}

func (k *checker) mailAddress(path, text string) {
	k.text(path, text)
	if a, err := mail.ParseAddress(text); err != nil || !strings.Contains(a.Address, "@") {
		k.add(path, `%s is no mail address: write "var@example.net" or "VAR <var@example.net>"`, shown(text))
	}
}

func (k *checker) syslog(path string, s Syslog) {
	k.server(join(path, "server"), s.Server)
	if s.Protocol != protocolTLS {
		k.noTLS(path, s.TLS, `protocol is not "tls"`)
	}
}

// server takes the name or address of a host, without port: that is a key of its own.
func (k *checker) server(path, text string) {
	if _, err := netip.ParseAddr(text); err == nil || text == "" {
		return // what is empty was told as missing
	}
	switch {
	case strings.Contains(text, "://"):
		k.add(path, "must be the name of a host, without ://")
	case strings.ContainsAny(text, ":[]"):
		k.add(path, "must be the name of a host alone: its port is the key port")
	case !hostPattern.MatchString(text):
		k.add(path, "%s is no name of a host", shown(text))
	}
}

// noTLS refuses keys of TLS where there is none.
func (k *checker) noTLS(path string, t TLS, why string) {
	for key, set := range map[string]bool{"ca_file": t.CAFile != "", "server_name": t.ServerName != "", "insecure_skip_verify": t.InsecureSkipVerify} {
		if set {
			k.add(join(path, key), "is for TLS, and %s: take it out, or speak TLS", why)
		}
	}
}
