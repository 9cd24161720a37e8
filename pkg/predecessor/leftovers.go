package predecessor

import (
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/secret"
)

// notificationNames are the parameters of mail and syslog.
var notificationNames = []string{
	"SEND_EMAIL", "SMTP_SERVER", "SMTP_PORT", "SRC_EMAIL", "DST_EMAIL", "SMTP_AUTH", "SMTP_USER", "SMTP_PASSWORD",
	"SEND_SYSLOG", "SYSLOG_SERVER", "SYSLOG_PORT", "SYSLOG_PROTO", "SYSLOG_FORMAT",
}

// notifications names the settings of mail and syslog, of which var has none yet.
func (s source) notifications() {
	s.switchedOn("SEND_EMAIL", "mail", "SMTP_SERVER", "DST_EMAIL")
	s.switchedOn("SEND_SYSLOG", "syslog", "SYSLOG_SERVER", "SYSLOG_PROTO", "SYSLOG_FORMAT")
	for _, name := range []string{"LOG_TO_FILE", "LOG_FILE"} {
		if p, _ := s.peek(name); p.there {
			s.to.leave(p.Origin, "var writes its log to stderr; let the service manager keep it")
		}
	}
	for _, name := range []string{"SMTP_PASSWORD"} {
		if p, _ := s.peek(name); p.there {
			s.to.leave(p.Origin, "a password stands there in clear: take it away")
		}
	}
}

func (s source) switchedOn(flag, what string, names ...string) {
	p, _ := s.peek(flag)
	if on, _ := p.value.(bool); !on {
		return
	}
	var said []string
	for _, name := range names {
		if q, _ := s.peek(name); !q.none() {
			said = append(said, name+" = "+shown(q.value))
		}
	}
	s.to.leave(p.Origin, "var sends no %s: until it does, watch exit codes and var status --output json (was: %s)", what, strings.Join(said, ", "))
}

// unknown names what nothing is made of.
func (s source) unknown() {
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if !s.used[name] && !slices.Contains(knownNames, name) && !slices.Contains(notificationNames, name) {
			p, _ := s.peek(name)
			s.to.leave(p.Origin, "is no parameter of the predecessor")
		}
	}
}

// knownNames are the parameters that something is made of.
var knownNames = []string{
	"COGNITO_URL", "COGNITO_TOKEN", "COGNITO_CLIENT_ID", "COGNITO_SECRET_KEY", "V3", "SLEEP_MINUTES", "AUTH", "THIRD_PARTY_CLIENTS",
	"BLOCK_DAYS", "BLOCK_START_TIME", "BLOCK_END_TIME", "EXPLICIT_UNBLOCK",
	"BLOCK_HOST_TAG", "UNBLOCK_HOST_TAG", "NO_BLOCK_HOST_GROUP_NAME", "BLOCK_HOST_GROUP_NAME", "BLOCK_HOST_THREAT_CERTAINTY",
	"BLOCK_HOST_URGENCY", "BLOCK_HOST_DETECTION_TYPES", "BLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE",
	"EXTERNAL_BLOCK_HOST_TC", "EXTERNAL_BLOCK_DETECTION_TAG", "EXTERNAL_UNBLOCK_DETECTION_TAG", "EXTERNAL_BLOCK_DETECTION_TYPES",
	"STATIC_BLOCK_DESTINATION_IPS",
	"BLOCK_ACCOUNT_TAG", "UNBLOCK_ACCOUNT_TAG", "NO_BLOCK_ACCOUNT_GROUP_NAME", "BLOCK_ACCOUNT_GROUP_NAME",
	"BLOCK_ACCOUNT_THREAT_CERTAINTY", "BLOCK_ACCOUNT_URGENCY", "BLOCK_ACCOUNT_DETECTION_TYPES",
	"BLOCK_ACCOUNT_DETECTION_TYPES_MIN_TC_SCORE", "LOG_TO_FILE", "LOG_FILE",
}

// clear keeps a secret that an older release had in its file.
func (s source) clear(name, parameter string) {
	p, _ := s.peek(parameter)
	s.inClear(name, p)
}

func (s source) inClear(name string, p param) {
	text, is := p.value.(string)
	if !is || text == "" {
		return
	}
	for i := range s.to.Secrets {
		if s.to.Secrets[i].Name == name {
			s.to.Secrets[i].Clear = secret.New(text)
		}
	}
	s.to.leave(p.Origin, "a secret stands there in clear: --keyring keeps it as %s; then take it out of the file", name)
}
