package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

func TestRedactorTakesSecretsOutInEveryForm(t *testing.T) {
	var r secret.Redactor
	if got := r.Text("nothing known"); got != "nothing known" {
		t.Errorf("got %q", got)
	}
	text := `p"a&ss w/rd`
	r.Add(secret.New(text), secret.New("abcd"), secret.New("abcdefgh"), secret.New("to"), secret.String{})
	inJSON, _ := json.Marshal(map[string]string{"key": text})
	for _, leak := range []string{text, string(inJSON), "/?key=" + url.QueryEscape(text), "/" + url.PathEscape(text), "x abcdefgh", "abcd!"} {
		got := r.Text("before " + leak + " to after")
		if strings.Contains(got, "ss") || strings.Contains(got, "abcd") || strings.Contains(got, "efgh") {
			t.Errorf("leaked: %q", got)
		}
		if !strings.Contains(got, secret.Redacted) || !strings.HasSuffix(got, "to after") {
			t.Errorf("got %q", got)
		}
	}
}

func TestRedactorTakesSecretsOutOfEncodings(t *testing.T) {
	var r secret.Redactor
	const text = "s3cr3t-t0ken~?>value"
	r.Add(secret.New(text))
	for _, around := range []string{"", "u", "us", "use", "user:"} {
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			whole := encoding.EncodeToString([]byte(around + text + ":" + around))
			if got := r.Text("Basic " + whole); got == "Basic "+whole || strings.Contains(got, whole[len(around)+4:len(around)+16]) {
				t.Errorf("behind %q: leaked %q", around, got)
			}
		}
	}
	if got := r.Text(hex.EncodeToString([]byte(text))); got != secret.Redacted {
		t.Errorf("as hexadecimal: %q", got)
	}
}

func TestRedactorLearnsASecretOnce(t *testing.T) {
	var r secret.Redactor
	r.Add(secret.New("hunter2hunter2"), secret.New("other-secret"))
	if n := testing.AllocsPerRun(10, func() { r.Add(secret.New("hunter2hunter2")) }); n > 4 {
		t.Errorf("adding what is known allocates %v times", n)
	}
}
