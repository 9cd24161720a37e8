package fortios

import (
	"net/http"

	"github.com/var-project/var/pkg/blocker"
)

// codes are the error numbers of FortiOS that a block can meet, in words. What is not here is
// permanent: the device judged the request and will judge it the same way again.
var codes = map[int]string{
	-1: "invalid length of a value", -2: "index out of range",
	codeNotFound: "entry not found",
	-4:           "maximum number of entries reached", codeDuplicate: "duplicate entry", codeDuplicate2: "duplicate entry",
	-7: "conflicts with the system settings", -8: "invalid IP address", -9: "invalid netmask",
	-14: "permission denied", -37: "permission denied",
	codeBlank: "a blank value is not allowed", codeBlank2: "a blank value is not allowed", codeEmpty: "an empty value is not allowed",
	codeInUse: "the entry is in use",
	-45:       "invalid range", -73: "the end is below the start",
	-50: "bad format", -61: "unexpected value", codeBadInput: "invalid value, or a member that does not exist",
	-72: "too many characters", -166: "the name is too long",
	-163: "an address and a group cannot share a name", -164: "an address and a virtual IP cannot share a name",
	-165: "a group and a virtual IP cannot share a name",
	-173: "characters that are not allowed",
	-254: "invalid IPv6 prefix", -255: "invalid IPv6 address", -257: "invalid host name",
	codeTimeout: "the configuration was busy", codeAddFailed: "the entry could not be added",
	-515: "reserved word as a name", -560: "reserved word as a name",
	-580: "limit of the VDOM reached",
}

func classOfCode(code int) blocker.ErrorClass {
	switch code {
	case 0, codeTimeout, codeAddFailed:
		return blocker.Transient
	case -4, -580:
		return blocker.Capacity
	case -14, -37:
		return blocker.Unauthorized
	}
	return blocker.Permanent
}

// meaning is the word for an answer: the status' where that decides, else the code's.
func meaning(status, code int) string {
	switch status {
	case http.StatusUnauthorized:
		return "the device does not know this token, or not from this address (token, trusted host)"
	case http.StatusForbidden:
		return "the device does not let this token do that (profile, VDOM scope or trusted host)"
	case http.StatusTooManyRequests:
		return "too many requests, or this address is locked out after failed logins"
	}
	return codes[code]
}
