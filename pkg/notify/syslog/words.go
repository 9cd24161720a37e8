package syslog

import (
	"fmt"
	"slices"
	"strings"
)

// oneOf takes the first word for none, and refuses one that is not known.
func oneOf(key string, value *string, known []string) error {
	if *value == "" {
		*value = known[0]
	}
	if !slices.Contains(known, *value) {
		return fmt.Errorf("syslog: notify.syslog.%s: %q is none of %s", key, *value, strings.Join(known, ", "))
	}
	return nil
}

// facilities are the numbers of RFC 5424 section 6.2.1.
var facilities = map[string]int{
	"kern": 0, "user": 1, "mail": 2, "daemon": 3, "auth": 4, "syslog": 5, "lpr": 6, "news": 7, "uucp": 8, "cron": 9,
	"authpriv": 10, "ftp": 11, "local0": 16, "local1": 17, "local2": 18, "local3": 19, "local4": 20, "local5": 21,
	"local6": 22, "local7": 23,
}

// facilityNames begin with the one that is taken for none.
func facilityNames() []string {
	return []string{
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7", "kern", "user", "mail", "daemon",
		"auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	}
}
