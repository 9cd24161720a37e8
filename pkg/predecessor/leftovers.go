package predecessor

import (
	"maps"
	"slices"

	"github.com/var-project/var/pkg/secret"
)

// logFile says where the log is now.
func (s source) logFile() {
	for _, name := range []string{"LOG_TO_FILE", "LOG_FILE"} {
		if p, _ := s.peek(name); p.there {
			s.to.tell(p.Origin, "var writes its log to stderr; for a file besides: var config set log.file /var/log/var/var.log")
		}
	}
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
