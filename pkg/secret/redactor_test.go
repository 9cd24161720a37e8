package secret_test

import (
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
