package vectra

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// cure says what to do about a status, where that is known.
func (c *Console) cure(k call, a answer) string {
	token := strings.HasSuffix(k.path, "/oauth2/token")
	switch {
	case a.status >= 300 && a.status < 400:
		return "the brain redirects to " + destination(a.header) + ": credentials are not sent on; put the real name into url"
	case a.status == http.StatusMethodNotAllowed && token:
		return "a redirect may have changed the method: put the brain's real name into url"
	case a.status == http.StatusNotFound && token:
		return "no API client can log in here: either the brain is of the other family, which api says, or it is older and takes tokens only, which auth says"
	case a.status == http.StatusUnauthorized && token:
		return "client id or secret is wrong, or the API client was deleted"
	case a.status == http.StatusUnauthorized:
		return "the credentials were refused"
	case a.status == http.StatusForbidden:
		return fmt.Sprintf("the role of this %s lacks the right %s: give it to the role", c.who(), right(k))
	}
	return ""
}

// who is asking, in the words of a brain's menus.
func (c *Console) who() string {
	if _, user := c.login.(*tokenLogin); user {
		return "user"
	}
	return "API client"
}

// destination is the host that a redirect points to.
func destination(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return "another place"
	}
	return printable(u.Host)
}

// rights are what a role needs (RBAC), by the word in a path that tells. The first that fits counts.
var rights = []struct{ word, right string }{
	{"/notes", `Notes and Other User's Notes, read and write`},
	{"/tagging", "Tags, read and write"},
	{"/hosts", "Hosts, read"},
	{"/accounts", "Accounts, read"},
	{"/detections", "Detections, read"},
	{"/entities", "Hosts and Accounts, read"},
	{"/groups", "Manage - Groups, read"},
}

func right(k call) string {
	if k.method == http.MethodPatch && !strings.Contains(k.path, "/tagging") {
		return rights[0].right
	}
	return rightTo(k.path)
}

// rightTo is what a path needs.
func rightTo(path string) string {
	for _, r := range rights {
		if strings.Contains(path, r.word) {
			return r.right
		}
	}
	return "API access"
}
