package vectra_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

func TestATargetIsReadByItsID(t *testing.T) {
	b := newBrain(t)
	b.on("GET /api/v2.5/hosts/1969", 200, hostSample).on("GET /api/v2.5/accounts/149", 200, accountSample).on("GET /api/v2.5/detections/2589", 200, detectionSample)
	c := b.qux()
	for kind, id := range map[entity.Kind]string{entity.KindHost: "1969", entity.KindAccount: "149", entity.KindDetection: "2589"} {
		ref := entity.Ref{Source: "hq", Kind: kind, ID: id}
		got := must[entity.Target](t)(c.Target(t.Context(), ref))
		if got.Ref != ref || len(got.Tags) == 0 {
			t.Errorf("%s: got %s with tags %q", ref, got.Ref, got.Tags)
		}
	}
	if q := b.seen("GET", "/api/v2.5/hosts/1969")[0].query["include_ldap"]; !slices.Equal(q, []string{"true"}) {
		t.Errorf("include_ldap %q, want true: names come from there", q)
	}
}

func TestWhatTheBrainDoesNotKnowIsGone(t *testing.T) {
	c := newBrain(t).on("/", 404, `{"detail":"Not found."}`).qux()
	_, err := c.Target(t.Context(), hostRef("7"))
	if !errors.Is(err, vectra.ErrGone) || !strings.Contains(err.Error(), "hq/host/7") {
		t.Errorf("error %v, want ErrGone with the host", err)
	}
}

// What is gone is released: nothing else may look like it.
func TestOnlyTheBrainSaysThatSomethingIsGone(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
	}{
		"a proxy's page": {404, `<html>404</html>`}, "an empty answer": {404, ``}, "a text": {404, `not found`}, "forbidden": {403, `{"detail":"Not found."}`},
		"another object": {200, `{"id":8}`}, "no object": {200, `null`}, "a list": {200, `[]`}, "broken": {200, `{"id":7`}, "gone for good": {410, `{}`},
	} {
		c := newBrain(t).on("/", tt.status, tt.body).qux()
		if got, err := c.Target(t.Context(), hostRef("7")); err == nil || errors.Is(err, vectra.ErrGone) {
			t.Errorf("%s: %v, %v, want an error that is not ErrGone", name, got, err)
		}
	}
}

func TestIDsThatLeadElsewhereAreRefused(t *testing.T) {
	b := newBrain(t)
	c := b.qux()
	for _, id := range []string{"", "..", "7/../8", "7?x=1", "7#", "%2e", "7 ", strings.Repeat("7", 65), "VAR ID:x"} {
		if _, err := c.Target(t.Context(), hostRef(id)); entity.ClassOf(err) != entity.Permanent || b.total() != 0 {
			t.Errorf("%q: error %v after %d requests", id, err, b.total())
		}
	}
}

func TestAccountsOfV21AreFoundInTheList(t *testing.T) {
	rows := []string{`{"id":6,"name":"a"}`, `{"id":7,"name":"b"}`}
	b := newBrain(t).on("GET /api/v2.1/accounts", 200, envelope(2, "", rows...))
	c := b.qux(api("2.1"))
	ref := entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "7"}
	if got := must[entity.Target](t)(c.Target(t.Context(), ref)); got.Ref != ref || got.Name != "b" {
		t.Errorf("got %s %q", got.Ref, got.Name)
	}
	ref.ID = "9"
	if _, err := c.Target(t.Context(), ref); !errors.Is(err, vectra.ErrGone) {
		t.Errorf("error %v, want ErrGone", err)
	}
	broken := newBrain(t).on("/", 500, ``).qux(api("2.1"))
	if _, err := broken.Target(t.Context(), ref); err == nil || errors.Is(err, vectra.ErrGone) {
		t.Errorf("error %v, want one that is not ErrGone", err)
	}
}

func TestTargetsThatABrainCannotHaveAreUnsupported(t *testing.T) {
	b := newBrain(t)
	if _, err := b.qux().Target(t.Context(), entity.Ref{Kind: entity.KindStatic, ID: "9"}); entity.ClassOf(err) != entity.Unsupported {
		t.Errorf("static: error %v", err)
	}
	if _, err := b.rux(api("3.0")).Target(t.Context(), hostRef("9")); entity.ClassOf(err) != entity.Unsupported {
		t.Errorf("host of v3.0: error %v", err)
	}
}

func probed(checks []entity.Check) []string {
	var all []string
	for _, c := range checks {
		ok := "ok"
		if strings.HasPrefix(c.Detail, entity.NotChecked) {
			ok = "not checked"
		}
		if c.Err != nil {
			ok = string(entity.ClassOf(c.Err))
		}
		all = append(all, c.Name+": "+ok)
	}
	return all
}

func TestAProbeReadsOneOfEachAndWritesNothing(t *testing.T) {
	one := envelope(9, "http://x/?page=2", hostRow(7))
	tests := map[string][]string{
		"2.5": {"read hosts: ok", "read accounts: ok", "read detections: unauthorized", "read groups: ok"},
		"3.4": {"read hosts: ok", "read accounts: ok", "read detections: unauthorized", "read entities: ok", "read groups: ok"},
		"3.0": {"read accounts: ok", "read detections: unauthorized"},
	}
	ofOne := []string{"read tags: ok", "read notes: unauthorized", "write tags: not checked", "write notes: not checked"}
	for version, want := range tests {
		b := newBrain(t).granting()
		base := "GET /api/v" + version
		b.on(base+"/hosts", 200, one).on(base+"/accounts", 200, one).on(base+"/groups", 200, one).on(base+"/entities", 200, one)
		b.on(base+"/detections", 403, `{"detail":"no"}`)
		b.on(base+"/{kind}/7/notes", 403, `{"detail":"no"}`)
		b.on(base+"/tagging/{kind}/7", 200, `{"status":"success","tags":[]}`)
		open := b.rux
		if version[0] == '2' {
			open = b.qux
		}
		if d := cmp.Diff(append(want, ofOne...), probed(open(api(version)).Probe(t.Context()))); d != "" {
			t.Errorf("%s: checks (-want +got):\n%s", version, d)
		}
		for _, r := range b.requests {
			if r.method != "GET" && !strings.HasSuffix(r.path, "/oauth2/token") {
				t.Errorf("%s: the probe sent %s %s", version, r.method, r.path)
			}
		}
	}
}

func TestAProbeOfAnEmptyBrainFindsNoFault(t *testing.T) {
	c := newBrain(t).on("GET /api/", 200, envelope(0, "")).qux()
	for _, check := range c.Probe(t.Context()) {
		ofOne := strings.Contains(check.Name, "tags") || strings.Contains(check.Name, "notes")
		if check.Err != nil || ofOne != strings.HasPrefix(check.Detail, entity.NotChecked) {
			t.Error(fmt.Sprint(check))
		}
	}
}
