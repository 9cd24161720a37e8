package panos

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

const partly = `<response status="error"><msg><line><uid-response><version>2.0</version><payload>
<unregister><entry ip="10.2.3.9" message="ip 10.2.3.9 does not exist, ignore unreg"/></unregister>
<register><entry ip="10.2.3.4" message="tag var-block-host already exists, ignore"/></register>
</payload></uid-response></line></msg></response>`

var samples = []string{
	partly,
	`<response status="success"><result><uid-response><version>2.0</version><payload><unregister></unregister><register></register></payload></uid-response></result></response>`,
	`<response status="success"><result><key>LUFRPT1abc...==</key></result></response>`,
	`<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>`,
	`<response status="error" code="16"><msg><line>Unauthorized request</line></msg></response>`,
	`<response status="success"><result><entry ip="10.2.3.4" from_agent="0" persistent="1"><tag><member timeout="2710">var-block-host</member><member>other</member></tag></entry><count>1</count></result></response>`,
	`<response status="success"><result><dyn-addr-grp><entry><vsys>vsys1</vsys><group-name>g</group-name><filter>'a' or 'b'</filter></entry></dyn-addr-grp></result></response>`,
	`<response status="success"><result><msg><line><outfile>/opt/x</outfile></line></msg></result></response>`,
}

func TestTextInEveryShapeOfRefusal(t *testing.T) {
	for _, body := range []string{
		`<response status="error"><msg>not  so</msg></response>`,
		`<response status="error"><msg><line>not</line><line>so</line></msg></response>`,
		`<response status="error"><result><msg>not so</msg></result></response>`,
		"<response status='error'><msg>\n <line><![CDATA[not so]]></line>\n</msg></response>",
	} {
		a, err := decode([]byte(body))
		if err != nil || a.text() != "not so" {
			t.Errorf("text of %s = %v, %v; want %q", body, a, err, "not so")
		}
	}
}

func TestVerdictsInBothPlacesAndAllSections(t *testing.T) {
	payload := `<uid-response><payload>` +
		`<register><entry ip="1.1.1.1" message="a"/></register><unregister><entry ip="1.1.1.2" message="b"/></unregister>` +
		`<register-user><entry user="u" message="c"/></register-user><unregister-user><entry user="v" message="d"/></unregister-user>` +
		`</payload></uid-response>`
	want := []Verdict{{"1.1.1.2", false, "b"}, {"v", false, "d"}, {"1.1.1.1", true, "a"}, {"u", true, "c"}}
	for _, body := range []string{
		`<response status="error"><msg><line>` + payload + `</line></msg></response>`,
		`<response status="success"><result>` + payload + `</result></response>`,
	} {
		a, err := decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := a.verdicts(); !slices.Equal(got, want) {
			t.Errorf("verdicts of %s\ngot  %v\nwant %v", body, got, want)
		}
	}
}

func TestDecodeRefusesWhatIsNoPANOSAnswer(t *testing.T) {
	for name, body := range map[string]string{
		"empty":     "",
		"page":      `<html status="success"><body>success</body></html>`,
		"json":      `{"status":"success"}`,
		"no status": `<response><result/></response>`,
		"encoding":  `<?xml version="1.0" encoding="x-none"?><response status="success"/>`,
	} {
		if a, err := decode([]byte(body)); err == nil {
			t.Errorf("%s: decoded to %+v, want an error", name, a)
		}
	}
}

func TestDecodeRefusesEveryTruncation(t *testing.T) {
	for _, sample := range samples {
		for cut := range len(sample) - 1 {
			if a, err := decode([]byte(sample[:cut])); err == nil {
				t.Fatalf("%q decoded to %+v, want an error", sample[:cut], a)
			}
		}
	}
}

func TestVerdicts(t *testing.T) {
	cases := []struct {
		verdict            Verdict
		exists, gone, full bool
	}{
		{Verdict{"", true, "tag x already exists, ignore"}, true, false, false},
		{Verdict{"", true, "Tag X ALREADY EXISTS, Ignore "}, true, false, false},
		{Verdict{"", false, "ip 1.1.1.1 does not exist, ignore unreg"}, false, true, false},
		{Verdict{"", false, "tag x already exists, ignore"}, false, false, false},
		{Verdict{"", true, "ip 1.1.1.1 does not exist, ignore unreg"}, false, false, false},
		{Verdict{"", true, "tag already exists, ignore it: no room"}, false, false, false},
		{Verdict{"", true, "Failed to register 10.2.3.4"}, false, false, true},
		{Verdict{"", true, "failed to register: already exists, ignored"}, false, false, true},
		{Verdict{"", true, "invalid ip"}, false, false, false},
	}
	for _, c := range cases {
		v := c.verdict
		if v.Exists() != c.exists || v.Gone() != c.gone || v.Full() != c.full {
			t.Errorf("%+v: exists %v, gone %v, full %v; want %v, %v, %v", v, v.Exists(), v.Gone(), v.Full(), c.exists, c.gone, c.full)
		}
	}
}

// FuzzDecode: nothing but a response element reads as an answer, what is read is no larger than what
// came, and every remark on an entry survives being written again.
func FuzzDecode(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s))
	}
	f.Add([]byte(`<!DOCTYPE response [<!ENTITY a "aaaa">]><response status="success"><msg>&a;</msg></response>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := decode(body)
		if err != nil {
			return
		}
		if !strings.Contains(string(body), "response") {
			t.Fatalf("read an answer where there is none: %q", body)
		}
		if n := len(a.text()); n > len(body) || n > maxText+len("…") {
			t.Fatalf("%d bytes of text from %d", n, len(body))
		}
		size := 0
		for _, v := range a.verdicts() {
			size += len(v.Name) + len(v.Message)
			if v.Exists() && v.Gone() || v.Exists() && !v.Register {
				t.Fatalf("contradictory verdict %+v", v)
			}
		}
		if size > 2*len(body) {
			t.Fatalf("%d bytes of verdicts from %d", size, len(body))
		}
		for _, r := range fresh(a.Result.Entries, "t", map[string]bool{}) {
			if r.Remaining < 0 || r.Remaining.Seconds() > maxTimeout {
				t.Fatalf("remaining %s", r.Remaining)
			}
		}
	})
}

// FuzzVerdict: whatever a device says of an entry is read as it was said.
func FuzzVerdict(f *testing.F) {
	f.Add("10.2.3.4", "tag a already exists, ignore", true)
	f.Add(`example\j&<"doe`, "Failed to register", false)
	f.Fuzz(func(t *testing.T, name, message string, users bool) {
		type entry struct {
			IP      string `xml:"ip,attr,omitempty"`
			User    string `xml:"user,attr,omitempty"`
			Message string `xml:"message,attr"`
		}
		e, section := entry{IP: name, Message: message}, "register"
		if users {
			e, section = entry{User: name, Message: message}, "register-user"
		}
		inner, err := xml.Marshal(e)
		if err != nil {
			t.Skip()
		}
		body := strings.Replace(`<response status="error"><msg><line><uid-response><payload><S>`, "<S>", "<"+section+">", 1) +
			string(inner) + "</" + section + ">" + `</payload></uid-response></line></msg></response>`
		a, err := decode([]byte(body))
		if err != nil {
			t.Fatalf("decode %s: %v", body, err)
		}
		got := a.verdicts()
		want := Verdict{tidy(unescaped(name), nil), true, tidy(unescaped(message), nil)}
		if len(got) != 1 || got[0] != want {
			t.Fatalf("verdicts of %s\ngot  %+v\nwant %+v", body, got, want)
		}
	})
}

// unescaped is what XML makes of a text: what it cannot carry is replaced.
func unescaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder does not fail
	var out struct {
		Text string `xml:",chardata"`
	}
	_ = xml.Unmarshal([]byte("<x>"+b.String()+"</x>"), &out) // what was escaped parses
	return out.Text
}
