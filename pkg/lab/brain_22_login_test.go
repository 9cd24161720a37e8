package lab_test

import (
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/lab"
)

const (
	quxToken  = "/api/v2.5/oauth2/token"
	ruxToken  = "/oauth2/token"
	grant     = "grant_type=client_credentials"
	regrant   = "grant_type=refresh_token&refresh_token="
	tokenKind = "token"
)

func TestVectra22_1_QUXTokenPathIsVersionedAndGivesNoRefreshToken(t *testing.T) {
	c := newConsole(t, "2.5")
	code, body := c.token(quxToken, clientSecret, grant)
	if code != 200 {
		t.Fatalf("got %d %v", code, body)
	}
	likeSample(t, "token", body, sample(t, "token_qux"))
	for _, path := range []string{ruxToken, "/api/v2.4/oauth2/token"} {
		if code, _ := c.token(path, clientSecret, grant); code != 404 {
			t.Errorf("%s got %d, want 404", path, code)
		}
	}
	if code, _ := c.token(quxToken, "", regrant+"x"); code != 400 {
		t.Errorf("a refresh on QUX got %d, want 400", code)
	}
}

func TestVectra22_1_RUXTokenAtOriginWithRefresh(t *testing.T) {
	for _, version := range []string{"3.3", "3.4"} {
		c := newConsole(t, version)
		_, body := c.token(ruxToken, clientSecret, grant)
		likeSample(t, "token", body, sample(t, "token_rux"))
		if code, _ := c.token("/api/v"+version+"/oauth2/token", clientSecret, grant); code != 404 {
			t.Errorf("the versioned path got %d, want 404", code)
		}
		code, again := c.token(ruxToken, "", regrant+body["refresh_token"].(string))
		if code != 200 || again["access_token"] == body["access_token"] {
			t.Fatalf("refresh got %d", code)
		}
		likeSample(t, "refresh", again, sample(t, "refresh_rux"))
		c.authorization = "Bearer " + again["access_token"].(string)
		c.call(200, "GET", "hosts", "")
	}
}

func TestVectra22_1_TokensAreAsLongAsRealOnes(t *testing.T) {
	c := newConsole(t, "3.4")
	_, body := c.token(ruxToken, clientSecret, grant)
	if n, m := len(body["access_token"].(string)), len(body["refresh_token"].(string)); n < 1800 || m < 2400 {
		t.Errorf("tokens have %d and %d bytes", n, m)
	}
}

func TestVectra22_1_WrongBasicIs401(t *testing.T) {
	for version, path := range map[string]string{"2.5": quxToken, "3.4": ruxToken} {
		c := newConsole(t, version)
		for _, secret := range []string{"wrong", ""} {
			if code, _ := c.token(path, secret, grant); code != 401 {
				t.Errorf("v%s with secret %q got %d, want 401", version, secret, code)
			}
		}
	}
}

func TestVectra22_1_ShortExpiresIn(t *testing.T) {
	c := newConsole(t, "2.5")
	_, body := c.token(quxToken, clientSecret, grant)
	if body["expires_in"] != 1800.0 {
		t.Fatalf("expires_in is %v, want 1800", body["expires_in"])
	}
	c.authorization = "Bearer " + body["access_token"].(string)
	c.world.Advance(29 * time.Minute)
	c.call(200, "GET", "hosts", "")
	c.world.Advance(2 * time.Minute)
	c.wantReply(401, sampleError(t, "token_qux"), "GET", "hosts", "")
}

func TestVectra22_1_Refresh401ThenFullExchange(t *testing.T) {
	c := newConsole(t, "3.4")
	_, body := c.token(ruxToken, clientSecret, grant)
	if err := c.brain.Change("revoke_refresh", nil); err != nil {
		t.Fatal(err)
	}
	code, refused := c.token(ruxToken, "", regrant+body["refresh_token"].(string))
	if code != 401 || !strings.Contains(refused["message"].(string), "Invalid refresh token") {
		t.Errorf("refresh got %d %v", code, refused)
	}
	if code, _ := c.token(ruxToken, clientSecret, grant); code != 200 {
		t.Errorf("the full exchange got %d", code)
	}
}

func TestVectra22_1_RefreshTokenRunsOut(t *testing.T) {
	c := newConsole(t, "3.4")
	_, body := c.token(ruxToken, clientSecret, grant)
	c.world.Advance(25 * time.Hour)
	if code, _ := c.token(ruxToken, "", regrant+body["refresh_token"].(string)); code != 401 {
		t.Errorf("refresh got %d, want 401", code)
	}
}

func TestVectra22_1_RefreshTokenMayBeMissing(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.SetQuirks(lab.Quirks{NoRefreshToken: true})
	if _, body := c.token(ruxToken, clientSecret, grant); body["refresh_token"] != nil || body["refresh_expires_in"] != nil {
		t.Errorf("got %v", body)
	}
}

func TestVectra22_1_TooManyWithRetryAfter(t *testing.T) {
	c := newConsole(t, "3.4")
	c.faults(lab.Fault{Match: tokenKind, What: lab.AnswerStatus, Status: 429, RetryAfter: "1", Times: 1})
	answer := c.tokenReply(ruxToken, clientSecret, grant)
	if answer.code != 429 || answer.header.Get("Retry-After") != "1" {
		t.Errorf("got %d, Retry-After %q", answer.code, answer.header.Get("Retry-After"))
	}
	if code, _ := c.token(ruxToken, clientSecret, grant); code != 200 {
		t.Errorf("the next try got %d", code)
	}
}

func TestVectra22_1_RedirectToAnotherHost(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.SetQuirks(lab.Quirks{TokenRedirect: "https://tenant.example.net"})
	answer := c.tokenReply(ruxToken, clientSecret, grant)
	if answer.code != 302 || answer.header.Get("Location") != "https://tenant.example.net/oauth2/token" {
		t.Errorf("got %d to %q", answer.code, answer.header.Get("Location"))
	}
}

// A client that follows the redirect turns its POST into a GET.
func TestVectra22_1_GetOfTokenIs405(t *testing.T) {
	c := newConsole(t, "3.4")
	r := mustGet(t, c.end.URL+ruxToken)
	if answer := c.send(r); answer.code != 405 {
		t.Errorf("got %d, want 405", answer.code)
	}
}

func TestVectra22_2_Once401Then200(t *testing.T) {
	c := newConsole(t, "3.4")
	c.faults(lab.Fault{Match: "GET hosts", What: lab.AnswerStatus, Status: 401, Body: `{"message":"Unauthorized"}`, Times: 1})
	c.wantReply(401, sampleError(t, "token_rux"), "GET", "hosts", "")
	c.call(200, "GET", "hosts", "")
}

func TestVectra22_2_ExpiredTokensGet401UntilExchanged(t *testing.T) {
	c := newConsole(t, "3.4")
	if err := c.brain.Change("expire_tokens", nil); err != nil {
		t.Fatal(err)
	}
	c.wantReply(401, sampleError(t, "token_rux"), "GET", "hosts", "")
	c.wantReply(401, sampleError(t, "token_rux"), "GET", "hosts", "")
}

func TestVectra22_2_TokenAuth(t *testing.T) {
	c := newConsole(t, "2.4")
	c.call(200, "GET", "hosts", "")
	for _, authorization := range []string{"", "Token wrong", "Token ", "Bearer " + personalToken, personalToken} {
		c.authorization = authorization
		c.wantReply(401, sampleError(t, "token_qux"), "GET", "hosts", "")
	}
}
