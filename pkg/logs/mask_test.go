package logs_test

import (
	"strings"
	"testing"

	"github.com/var-project/var/pkg/logs"
	"github.com/var-project/var/pkg/secret"
)

func TestWhatLooksLikeASecretIsTakenOut(t *testing.T) {
	tests := map[string]string{
		`login with password=hunter2 failed`:                                        `login with password=[redacted] failed`,
		`PASSWORD = "hunter two" x`:                                                 `PASSWORD = "[redacted]" x`,
		`a&client_secret=hunter2&b=1`:                                               `a&client_secret=[redacted]&b=1`,
		`https://fw/api?type=op&key=hunter2==&x=1`:                                  `https://fw/api?type=op&key=[redacted]&x=1`,
		`https://x.azure.com/go?sp=a&sig=hunter2`:                                   `https://x.azure.com/go?sp=a&sig=[redacted]`,
		`{"user":"a","password":"hunter\"2","n":1}`:                                 `{"user":"a","password":"[redacted]","n":1}`,
		`{"tokens":["hunter2","hunter3"],"n":1}`:                                    `{"tokens":[redacted],"n":1}`,
		`{"body":"{\"api_key\":\"hunter2\",\"n\":1}"}`:                              `{"body":"{\"api_key\":\"[redacted]\",\"n\":1}"}`,
		"Authorization: Bearer hunter2\r\nHost: x":                                  "Authorization: [redacted]\r\nHost: x",
		`map[Authorization:[Token hunter2] Accept:[a]]`:                             `map[Authorization:[redacted] Accept:[a]]`,
		"Set-Cookie: sid=hunter2; Path=/":                                           "Set-Cookie: [redacted]",
		"X-PAN-KEY: hunter2":                                                        "X-PAN-KEY: [redacted]",
		"X-Auth-Token=hunter2":                                                      "X-Auth-Token=[redacted]",
		"got Bearer hunter2/x.y":                                                    "got Bearer [redacted]",
		"postgres://var:hunter2@db.example.net/var":                                 "postgres://[redacted]@db.example.net/var",
		"https://hunter2@git.example.net/":                                          "https://[redacted]@git.example.net/",
		"https://u:hun@ter2@git.example.net/":                                       "https://[redacted]@git.example.net/",
		"<response><key>hunter2</key></response>":                                   "<response><key>[redacted]</key></response>",
		"run /bin/x --api-key hunter2 --force":                                      "run /bin/x --api-key [redacted] --force",
		"password: hunter2":                                                         "password: [redacted]",
		"password:hunter":                                                           "password:[redacted]",
		"https://hooks.slack.com/services/T0/B0/hunter":                             "https://hooks.slack.com/[redacted]",
		"-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\n": "-----BEGIN RSA PRIVATE KEY-----[redacted]\n",
		"-----BEGIN PRIVATE KEY-----\nhunter2\nhun":                                 "-----BEGIN PRIVATE KEY-----[redacted]",
		"login eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hunter2 x":                      "login [redacted] x",
		"LUFRPT1hunter2hunter2hunter2hunter2==":                                     "[redacted]",
	}
	for text, want := range tests {
		if got := (&logs.Mask{}).Text(text); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", text, got, want)
		}
	}
}

func TestOrdinaryWordsStay(t *testing.T) {
	for _, text := range []string{
		"secret brain.hq.token is not set; set it with: var secret set brain.hq.token",
		"secret brain.hq.token: the file is empty",
		"reading the token: no such file",
		"wrong password: access denied",
		"bearer authentication is refused, basic authentication too",
		"put nothing into the keyring: --no-store-secrets is given",
		"https://brain.example.net/api/v2.5/hosts?page=2&key_asset=true",
		"hq/host/1970 10.0.0.7 fe80::1 config.toml:14: blocker.edge.settings.modee: unknown key",
		"mail soc@example.net about https://wiki.example.net/a@b",
		"POST /api/v2.5/oauth2/token: HTTP 401: x509: refused",
		"2026-11-22T11:00:00.000Z",
	} {
		if got := (&logs.Mask{}).Text(text); got != text {
			t.Errorf("got  %q\nwant %q", got, text)
		}
	}
}

func TestWhatWasMaskedStaysAsItIs(t *testing.T) {
	m := &logs.Mask{}
	m.Learn(secret.New("hunter2"))
	once := m.Text(`a password=hunter2, {"token":"x"} https://u:p@h/ Authorization: Basic abc1`)
	if strings.Contains(once, "hunter2") || m.Text(once) != once {
		t.Errorf("got %q, then %q", once, m.Text(once))
	}
}
