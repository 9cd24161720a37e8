package predecessor

import (
	"fmt"
	"math"
	"strings"
	"unicode"
)

// notificationNames are the parameters of mail and syslog.
var notificationNames = []string{
	"SEND_EMAIL", "SMTP_SERVER", "SMTP_PORT", "SRC_EMAIL", "DST_EMAIL", "SMTP_AUTH", "SMTP_USER", "SMTP_PASSWORD",
	"SEND_SYSLOG", "SYSLOG_SERVER", "SYSLOG_PORT", "SYSLOG_PROTO", "SYSLOG_FORMAT",
}

// Where the predecessor kept the password of its mail user.
const (
	mailSystem = "VAR"
	mailKey    = "Email"
)

const mailPassword = "notify.mail.password"

// mail carries over who gets mail. Nothing in it speaks against the import: what is blocked does not hang on it.
func (s source) mail() {
	const path = "notify.mail"
	s.passwordInClear()
	flag, on := s.switchedOn("SEND_EMAIL")
	if !on || !s.channel(flag, "mail", "SMTP_SERVER", "SRC_EMAIL", "DST_EMAIL") {
		return
	}
	s.to.set(path, nil, "one digest after a run in which something was changed or failed. The server must show a certificate that "+
		"the system trusts: ca_file for one that made its own. Try it: var notify test mail", flag.Origin)
	s.textOf(path+".server", "SMTP_SERVER")
	port := s.port(path+".port", "SMTP_PORT", 25)
	login, _ := s.peek("SMTP_AUTH")
	user, _ := s.peek("SMTP_USER")
	logsIn := login.value == true && !user.none()
	security, why := safety(port, logsIn)
	s.to.set(path+".security", security, why)
	if logsIn {
		s.textOf(path+".user", "SMTP_USER")
		s.to.secret(mailPassword, mailSystem, mailKey)
		s.clear(mailPassword, "SMTP_PASSWORD")
	}
	s.textOf(path+".from", "SRC_EMAIL")
	to, _ := s.peek("DST_EMAIL")
	s.to.set(path+".to", recipients(to.value), "", to.Origin)
}

// passwordInClear tells of a password that nothing uses.
func (s source) passwordInClear() {
	login, _ := s.peek("SMTP_AUTH")
	if p, _ := s.peek("SMTP_PASSWORD"); p.there && login.value != true {
		s.to.leave(p.Origin, "a password stands there in clear: take it away")
	}
}

// safety chooses by port: the predecessor tried TLS, then STARTTLS, and then went on without. A password must not.
func safety(port int64, logsIn bool) (security, why string) {
	const tried = "the predecessor tried TLS, then STARTTLS, then neither"
	switch {
	case port == 465:
		return "tls", "chosen for port 465; " + tried
	case port == 25 && !logsIn:
		return "none", `chosen for port 25 without a login; ` + tried + `. "starttls" is better where the server has it`
	case port == 587:
		return "starttls", "chosen for port 587; " + tried
	}
	return "starttls", fmt.Sprintf("chosen for port %d; %s", port, tried)
}

// recipients takes a list, or a text in which several stand.
func recipients(v any) []string {
	var all []string
	for _, one := range items(v) {
		text, _ := one.(string)
		all = append(all, strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })...)
	}
	return all
}

// syslog carries over where events go. The sentence of the predecessor is "standard".
func (s source) syslog() {
	const path = "notify.syslog"
	flag, on := s.switchedOn("SEND_SYSLOG")
	if !on || !s.channel(flag, "syslog", "SYSLOG_SERVER") {
		return
	}
	s.to.set(path, nil, "one message for each event, where the predecessor put all of a run into one; "+
		"its severities 2, 5 and 8 are kept. Try it: var notify test syslog", flag.Origin)
	s.textOf(path+".server", "SYSLOG_SERVER")
	s.port(path+".port", "SYSLOG_PORT", 514)
	protocol := s.oneOf(path+".protocol", "SYSLOG_PROTO", "udp", "tcp")
	if protocol == "tcp" {
		s.to.set(path+".framing", "lf", "most servers take this; octet is for those that follow RFC 6587")
	}
	s.to.set(path+".header", "rfc3164", "the nearest to what the predecessor sent")
	s.oneOf(path+".format", "SYSLOG_FORMAT", "cef", "standard")
}

// switchedOn says whether a channel was used.
func (s source) switchedOn(name string) (param, bool) {
	p, err := s.peek(name)
	if err != nil {
		s.to.leave(p.Origin, "%v", err)
	}
	return p, p.value == true
}

// channel wants what it cannot be without, and otherwise says how to set it up.
func (s source) channel(flag param, what string, names ...string) bool {
	for _, name := range names {
		if p, err := s.peek(name); p.none() || err != nil {
			s.to.leave(flag.Origin, "%s is switched on, and %s cannot be read or says nothing: no %s is sent; set [notify.%s] up", what, name, what, what)
			return false
		}
	}
	return true
}

func (s source) textOf(path, name string) {
	p, _ := s.peek(name)
	text, is := p.value.(string)
	if !is {
		text = python(p.value)
	}
	s.to.set(path, strings.TrimSpace(text), "", p.Origin)
}

// port is the usual one where there is none that could be.
func (s source) port(path, name string, usual int64) int64 {
	p, _ := s.peek(name)
	port, is := p.value.(int64)
	switch {
	case p.there && is && port > 0 && port <= math.MaxUint16:
		s.to.set(path, port, "", p.Origin)
		return port
	case p.there:
		s.to.leave(p.Origin, "is %s, which is no port: %d is used", shown(p.value), usual)
	}
	s.to.set(path, usual, "the predecessor's own", p.Origin)
	return usual
}

// oneOf is one of our words, the first where the predecessor's is none of them.
func (s source) oneOf(path, name string, words ...string) string {
	p, _ := s.peek(name)
	text, _ := p.value.(string)
	for _, word := range words {
		if strings.EqualFold(strings.TrimSpace(text), word) {
			s.to.set(path, word, "", p.Origin)
			return word
		}
	}
	if p.there {
		s.to.leave(p.Origin, "is %s, which is none of %s: %s is used", shown(p.value), strings.Join(words, ", "), words[0])
	}
	s.to.set(path, words[0], "", p.Origin)
	return words[0]
}
