package lab

import (
	"net/http"
	"strings"
	"time"
)

// tokenKind recognises calls of the token endpoint, of either family.
func tokenKind(r *http.Request) (string, bool) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	if path != "/oauth2/token" && !(strings.HasPrefix(path, "/api/v") && strings.HasSuffix(path, "/oauth2/token")) {
		return "", false
	}
	if r.Method == http.MethodPost && r.PostFormValue("grant_type") == "refresh_token" {
		return "POST refresh", true
	}
	return r.Method + " token", true
}

func (b *Brain) serveToken(w http.ResponseWriter, r *http.Request) {
	b.mu.RLock()
	quirks := b.quirks
	b.mu.RUnlock()
	switch {
	case r.URL.Path != b.tokenPath() && r.URL.Path != b.tokenPath()+"/":
		notFound().send(w)
	case quirks.TokenRedirect != "":
		http.Redirect(w, r, strings.TrimSuffix(quirks.TokenRedirect, "/")+b.tokenPath(), http.StatusFound)
	case r.Method != http.MethodPost:
		methodNotAllowed(r.Method).send(w)
	case r.PostFormValue("grant_type") == "client_credentials":
		b.exchange(r, quirks).send(w)
	case r.PostFormValue("grant_type") == "refresh_token" && b.version.rux():
		b.refresh(r, quirks).send(w)
	default:
		brainAnswer{http.StatusBadRequest, jsonObject{{"error", "unsupported_grant_type"}}}.send(w)
	}
}

// tokenPath is versioned on QUX, and at the origin on RUX. QUX has it from 2.5.
func (b *Brain) tokenPath() string {
	switch {
	case b.version.rux():
		return "/oauth2/token"
	case b.version.minor >= 5:
		return "/api/v" + b.version.String() + "/oauth2/token"
	default:
		return "none"
	}
}

func (b *Brain) exchange(r *http.Request, q Quirks) brainAnswer {
	if !b.door.knows(r) {
		return b.unauthorized()
	}
	now := b.now()
	body := b.accessToken(now)
	if b.version.rux() && !q.NoRefreshToken {
		token, life := b.door.issueRefresh(now)
		body = append(body[:2:2], jsonMember{"refresh_expires_in", seconds(life)}, jsonMember{"refresh_token", token}, body[2])
	}
	return brainAnswer{http.StatusOK, body}
}

// refresh takes no Basic header: the refresh token is the credential.
func (b *Brain) refresh(r *http.Request, q Quirks) brainAnswer {
	now := b.now()
	if q.RefuseRefresh || !b.door.refreshes(r.PostFormValue("refresh_token"), now) {
		return brainAnswer{http.StatusUnauthorized, jsonObject{
			{"message", "Invalid refresh token. Please try reauthenticating using API client credentials"},
		}}
	}
	return brainAnswer{http.StatusOK, b.accessToken(now)}
}

func (b *Brain) accessToken(now time.Time) jsonObject {
	token, life := b.door.issue(now)
	return jsonObject{{"access_token", token}, {"expires_in", seconds(life)}, {"token_type", "Bearer"}}
}

func seconds(d time.Duration) int { return int(d / time.Second) }
