package fortios

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// samples are answers of real devices, as captured by others.
var samples = []string{
	`{"http_method":"GET","size":2,"matched_count":1,"next_idx":1,"limit_reached":false,"revision":"3f6a","results":[{"name":"var-block","q_origin_key":"var-block","member":[{"name":"var-10.2.3.4","q_origin_key":"var-10.2.3.4"}],"comment":"","color":0}],"vdom":"root","path":"firewall","name":"addrgrp","status":"success","http_status":200,"serial":"FGVM0000TEST","version":"v7.4.5","build":2702}`,
	`{"http_method":"POST","revision":"d9f1","revision_changed":false,"error":-651,"cli_error":"node_check_object fail! for name var-nope\n\nvalue parse error before 'var-nope'\nCommand fail. Return code -651\n","status":"error","http_status":500,"vdom":"root","path":"firewall","name":"addrgrp"}`,
	`{"http_method":"GET","results":[{"ip_address":"10.2.3.4","created":1700507213,"expires":1700510813,"source":"Administrative","ipv6":0}],"vdom":"root","path":"user","name":"banned","action":"select","status":"success","version":"v7.2.5"}`,
	`{"status":"error","error":-5,"cli_error":["line one","line two"],"http_status":500}`,
	`[{"status":"success","results":[],"vdom":"root"}]`,
	`{"status":"error","message":"Forbidden","http_status":403}`,
	`<html><body>502 Bad Gateway</body></html>`,
	`{"status":"success","results":[{"name":`,
}

func TestDecodeTakesEveryFormOfAnAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want Envelope
	}{
		"a list": {
			`{"status":"success","results":[1],"revision":"r","version":"v7.4.5","serial":"S"}`,
			Envelope{Status: "success", Results: json.RawMessage("[1]"), Revision: "r", Version: "v7.4.5", Serial: "S"},
		},
		"cli_error as text":     {`{"status":"error","error":-4,"cli_error":"a\n\nb\u0007"}`, Envelope{Status: "error", Code: -4, Text: "a b"}},
		"cli_error as texts":    {`{"status":"error","error":-4,"cli_error":["a","b",3]}`, Envelope{Status: "error", Code: -4, Text: "a b"}},
		"cli_error as a number": {`{"status":"error","error":-4,"cli_error":7}`, Envelope{Status: "error", Code: -4}},
		"message instead":       {`{"status":"error","message":"why"}`, Envelope{Status: "error", Text: "why"}},
		"a code as text":        {`{"status":"error","error":"-3"}`, Envelope{Status: "error", Code: -3}},
		"a code as an object":   {`{"status":"error","error":{}}`, Envelope{Status: "error"}},
		"a list of one":         {`[{"status":"success"}]`, Envelope{Status: "success"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode([]byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoAnswer(t *testing.T) {
	for _, body := range []string{"", "null", "[]", "{}", `{"status":7}`, `"success"`, "<html>", `{"status":"success"`, `[{"status":"success"},{"status":"success"}]`} {
		if got, err := Decode([]byte(body)); err == nil {
			t.Errorf("%q is taken as %+v", body, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := Decode(body)
		if err != nil {
			if got.OK() {
				t.Error("an answer that cannot be read is a success")
			}
			if len(err.Error()) > 8*maxText {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
			return
		}
		if got.OK() && !strings.Contains(string(body), "success") && !strings.Contains(string(body), `\u`) {
			t.Errorf("%q is a success", body)
		}
		if len(got.Text) > maxText+len("…") || !utf8.ValidString(got.Text) || strings.ContainsAny(got.Text, "\n\r\x00\x1b") {
			t.Errorf("the text is %q", got.Text)
		}
		if len(got.Results) > len(body) {
			t.Errorf("%d bytes of results from %d bytes", len(got.Results), len(body))
		}
		again, err := Decode(encode(t, got))
		if err != nil || !cmp.Equal(again.Status, got.Status) || again.Code != got.Code || again.Revision != got.Revision || again.Version != got.Version {
			t.Errorf("read again: %+v, %v, want %+v", again, err, got)
		}
	})
}

func encode(t *testing.T, e Envelope) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"status": e.Status, "error": e.Code, "revision": e.Revision, "version": e.Version, "serial": e.Serial,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}
