package vectra

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

var fuzzSeeds = []string{
	`{"id":1969,"name":"ws-fin-042","t_score":81,"threat":81,"last_source":"10.20.30.42","state":"active","tags":["vectra_host_block","VAR ID:x:a:b"],"host_artifact_set":[{"type":"mac","value":"00:11:22:33:44:55","vendor":"Example Corp","source":null,"siem":false}],"groups":[{"id":144,"name":"NoBlock","type":"host"}],"ldap":{"dns_hostname":["a"]},"last_seen":"2025-03-11T02:41:22.5Z"}`,
	`{"id":149,"name":"O365:jdoe@example.net","subaccounts":["x"],"account_type":["kerberos"],"tags":[],"note":null,"privilege_level":4,"ldap":{"description":["d"]},"probable_home":null}`,
	`{"id":2589,"detection_category":"COMMAND & CONTROL","detection_type":"Hidden HTTPS Tunnel","src_ip":"10.20.30.42","state":"active","tags":["block"],"src_host":{"id":1969,"groups":[{"name":"NoBlock","type":"host"}],"threat":81,"certainty":77},"triage_rule_id":null,"summary":{"dst_ips":["8.8.4.4","10.0.0.1","::ffff:8.8.4.4"]},"grouped_details":[{"external_target":{"ip":"8.8.4.4","name":"c2.example.org"},"target_domains":["C2.example.org."],"dns_response":"1.1.1.1,9.9.9.9","cdn_ips":["8.8.4.4"]}]}`,
	`{"id":1,"detection_type":"Suspect Domain Activity","grouped_details":[{"dns_response":"1.1.1.1, 2606:4700::1111,"},{"dns_response":null}]}`,
	`{"id":1,"detection_type":"Hidden DNS Tunnel","summary":{"dst_ips":["8.8.8.8"],"target_domains":["t.example.org"]}}`,
	`{"id":"7","tags":null,"summary":7,"grouped_details":{},"src_host":[]}`,
	`{"tags":["a"]}`, `[]`, `null`, `"x"`, `{"id":1,"tags":[1]}`,
}

// tagsOf reads the tags of an object without any of this package.
func tagsOf(t *testing.T, row []byte) (tags []string, ok bool) {
	t.Helper()
	var o map[string]json.RawMessage
	return tags, json.Unmarshal(row, &o) == nil && json.Unmarshal(o["tags"], &tags) == nil
}

func checkTags(t *testing.T, row []byte, got []string) {
	t.Helper()
	want, ok := tagsOf(t, row)
	if ok && !slices.Equal(got, want) {
		t.Fatalf("tags %q of %s, want %q verbatim", got, row, want)
	}
}

func checkID(t *testing.T, id string) {
	t.Helper()
	if id == "" || strings.ContainsAny(id, "/.?#% ") {
		t.Fatalf("id %q could lead elsewhere", id)
	}
}

func fuzzObject(f *testing.F, kind entity.Kind, check func(t *testing.T, o object)) {
	for _, s := range fuzzSeeds {
		f.Add([]byte(s))
	}
	c := &Console{name: "hq"}
	f.Fuzz(func(t *testing.T, row []byte) {
		r := newReader(row)
		o, err := c.decode(kind, rowOf(kind), r)
		if broken := r.End(); (broken == nil) != json.Valid(row) {
			t.Fatalf("%s: %v", row, broken)
		}
		if err != nil || r.Err() != nil {
			return
		}
		if (&lister{c: c}).complete(&o); !bytes.Equal(o.raw, bytes.TrimSpace(row)) {
			t.Fatalf("the raw object of %s is %s", row, o.raw)
		}
		checkID(t, o.ID)
		checkTags(t, row, o.Tags)
		check(t, o)
	})
}

func FuzzHost(f *testing.F) {
	fuzzObject(f, entity.KindHost, func(t *testing.T, o object) {
		for _, mac := range o.Host.MACs {
			if !slices.Contains(o.Host.Artifacts, entity.Artifact{Type: "mac", Value: mac}) {
				t.Fatalf("MAC %q is no artifact", mac)
			}
		}
	})
}

func FuzzAccount(f *testing.F) {
	fuzzObject(f, entity.KindAccount, func(t *testing.T, o object) {
		if !strings.HasSuffix(o.Account.DisplayName, o.Account.NormalizedName) || !strings.HasPrefix(o.Account.NormalizedName, o.Account.FakeSAM) {
			t.Fatalf("names %q, %q, %q", o.Account.DisplayName, o.Account.NormalizedName, o.Account.FakeSAM)
		}
	})
}

func FuzzDetection(f *testing.F) {
	fuzzObject(f, entity.KindDetection, func(t *testing.T, o object) {
		d := o.Detection
		if !slices.IsSorted(d.Destinations) || len(slices.Compact(slices.Clone(d.Destinations))) != len(d.Destinations) {
			t.Fatalf("destinations %q are not sorted and unique", d.Destinations)
		}
		for _, text := range d.Destinations {
			checkDestination(t, text)
		}
		if (o.SourceHost != nil) != (d.HostID != "") || (o.SourceAccount != nil) != (d.AccountID != "") {
			t.Fatalf("sources %v, %v and ids %q, %q", o.SourceHost, o.SourceAccount, d.HostID, d.AccountID)
		}
	})
}

// checkDestination is an oracle of its own: what the standard library knows must not pass.
func checkDestination(t *testing.T, text string) {
	t.Helper()
	a, err := netip.ParseAddr(text)
	if err != nil {
		if strings.ToLower(text) != text || !strings.Contains(text, ".") || strings.ContainsAny(text, " ,:/*") || len(text) > 253 {
			t.Fatalf("domain %q is not canonical", text)
		}
		return
	}
	if a.String() != text || a.Is4In6() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() {
		t.Fatalf("address %q is not canonical and public", text)
	}
}

func FuzzPage(f *testing.F) {
	for _, s := range append([]string{
		`{"count":2,"next":"http://x/?page=2","previous":null,"results":[{"id":1},{"id":2}]}`, `[{"id":1}]`,
		`{"results":{}}`, `{"results":null}`, `<html>`, ``, `{"count":"x","results":[]}`,
	}, fuzzSeeds...) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var p page[[]byte]
		err := p.scan(newReader(nil), body, func(r *reader) ([]byte, string, error) { return r.Raw(), "1", nil })
		if err != nil {
			return
		}
		if !json.Valid(body) {
			t.Fatalf("rows were taken from %q", body)
		}
		size := 0
		for _, row := range p.rows {
			size += len(row.row)
			if !json.Valid(row.row) {
				t.Fatalf("row %q is no JSON", row.row)
			}
		}
		if size > len(body) {
			t.Fatalf("%d bytes of rows from %d", size, len(body))
		}
	})
}

func FuzzTagging(f *testing.F) {
	for _, s := range []string{
		`{"status":"success","tag_id":"1969","tags":["SOC","VAR ID:x:10.0.0.1"]}`, `{"status":"failure","message":"no"}`,
		`{"status":"success","tags":[],"invalid_tags":["x"]}`, `{"tags":null}`, ``, `[]`, `{"status":7,"tags":["a"]}`,
	} {
		f.Add([]byte(s), "ours", "theirs")
	}
	c := &Console{}
	f.Fuzz(func(t *testing.T, body []byte, add, remove string) {
		tags, err := c.tagged(call{}, answer{body: body})
		if err != nil || tags == nil {
			return
		}
		checkTags(t, body, tags)
		e := plain(entity.TagEdit{Add: []string{add}, Remove: []string{remove}})
		merged := merge(tags, e)
		if !settled(merged, e) {
			t.Fatalf("%q with %+v gives %q", tags, e, merged)
		}
		for _, foreign := range tags {
			if foreign != remove && !slices.Contains(merged, foreign) {
				t.Fatalf("%q was lost: %q became %q", foreign, tags, merged)
			}
		}
	})
}

func FuzzMember(f *testing.F) {
	for _, s := range []string{`{"id":97,"name":"srv","is_key_asset":true}`, `{"uid":"a@x"}`, `"a@x"`, `7`, `null`, `{}`, `{"id":"../1"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		if !json.Valid(row) {
			return
		}
		for _, kind := range []entity.Kind{entity.KindHost, entity.KindAccount} {
			r := newReader(row)
			m := r.member(kind)
			if err := r.End(); err != nil {
				t.Fatalf("%s: %v", row, err)
			}
			if m.id != "" {
				checkID(t, m.id)
			}
			if kind == entity.KindHost && m.uid != "" {
				t.Fatalf("a host has the uid %q", m.uid)
			}
		}
	})
}

func FuzzError(f *testing.F) {
	for _, s := range []string{
		`{"detail":"Not found."}`, `{"errors":[{"title":"x"}]}`, `{"_meta":{"message":"x"}}`, `<html>`, ``, `{"details":["x"]}`, `{"message":null,"error":7}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text := said(body)
		if len([]rune(text)) > 501 || strings.ContainsAny(text, "\x1b\r\n\x00") {
			t.Fatalf("%q could steer a terminal, or fill a log", text)
		}
	})
}
