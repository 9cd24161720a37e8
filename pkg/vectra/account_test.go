package vectra_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

// accountSample is the account of the reference.
const accountSample = `{
  "id": 149, "url": "https://brain.example.net/api/v2.5/accounts/149",
  "name": "O365:jdoe@example.net", "display_name": "O365:jdoe@example.net", "subaccounts": ["jdoe@example.net"],
  "state": "active", "threat": 62, "certainty": 58, "severity": "High", "account_type": ["kerberos", "o365"], "tags": ["SOC", "Context: branch-7"],
  "note": null, "notes": [], "privilege_level": 4, "privilege_category": "Medium",
  "detection_set": ["https://brain.example.net/api/v2.5/detections/14153"], "probable_home": "ws-fin-042",
  "ldap": {"description": ["Finance"], "sAMAccountName": "jdoe", "userPrincipalName": "jdoe@example.net", "cn": ["J Doe"]},
  "sensors": ["eti2pc2s"], "host_access_history": [{"id": 814, "name": "ws-fin-042", "privilege": null}], "detection_summaries": []
}`

func oneAccount(t *testing.T, row string) *entity.Account {
	t.Helper()
	c := newBrain(t).on("GET /api/v2.5/accounts", 200, envelope(1, "", row)).qux()
	all := must[[]entity.Target](t)(accounts(t, c, entity.Query{Lean: true}))
	if len(all) != 1 {
		t.Fatalf("%d accounts, want 1", len(all))
	}
	return all[0].Account
}

func TestAnAccountIsReadWhole(t *testing.T) {
	want := &entity.Account{
		UID: "O365:jdoe@example.net", DisplayName: "O365:jdoe@example.net", Type: []string{"kerberos", "o365"}, Severity: "High",
		LDAP:           entity.LDAP{Description: "Finance", SAM: "jdoe", UPN: "jdoe@example.net", CommonName: "J Doe"},
		PrivilegeLevel: 4, PrivilegeCategory: "Medium", ProbableHome: "ws-fin-042",
		NormalizedName: "jdoe@example.net", FakeSAM: "jdoe", Context: "branch-7",
	}
	if d := cmp.Diff(want, oneAccount(t, accountSample)); d != "" {
		t.Errorf("account (-want +got):\n%s", d)
	}
}

func TestDecode22_4_AccountTypeIsATextOrAList(t *testing.T) {
	tests := map[string][]string{`"kerberos"`: {"kerberos"}, `["o365"]`: {"o365"}, `[]`: nil, `null`: nil, `{}`: nil}
	for form, want := range tests {
		if d := cmp.Diff(want, oneAccount(t, `{"id":1,"account_type":`+form+`}`).Type); d != "" {
			t.Errorf("%s (-want +got):\n%s", form, d)
		}
	}
}

// BUG-22: an account with a directory context was a KeyError on "description".
func TestBUG22_TheDirectoryContextMayBeAnywhereAndInPart(t *testing.T) {
	tests := map[string]entity.LDAP{
		`{"id":1,"ldap":null}`:                    {},
		`{"id":1,"ldap":{}}`:                      {},
		`{"id":1,"ldap":[]}`:                      {},
		`{"id":1,"ldap":{"title":["CFO","CEO"]}}`: {Title: "CFO"},
		`{"id":1,"ldap":{},"description":"d","location":"l","email":["e"]}`:            {Description: "d", Location: "l", Email: "e"},
		`{"id":1,"ldap":{"sAMAccountName":"in"},"sAMAccountName":"top"}`:               {SAM: "in"},
		`{"id":1,"sAMAccountName":"top","user_principal_name":"u","common_name":"c"}`:  {SAM: "top", UPN: "u", CommonName: "c"},
		`{"id":1,"ldap":{"mail":"m","user_principal_name":"u","cn":7,"location":{}}}`:  {Email: "m", UPN: "u", CommonName: "7"},
		`{"id":1,"ldap":{"description":[],"title":null},"description":null,"title":5}`: {Title: "5"},
	}
	for row, want := range tests {
		if d := cmp.Diff(want, oneAccount(t, row).LDAP); d != "" {
			t.Errorf("%s (-want +got):\n%s", row, d)
		}
	}
}

func TestNamesOfAccountsAreGuessedAsThePredecessorDid(t *testing.T) {
	tests := map[string][3]string{ // display, normalised, sAMAccountName
		`{"id":1,"name":"jdoe@example.net"}`:                         {"jdoe@example.net", "jdoe@example.net", "jdoe"},
		`{"id":1,"name":"AWS:jdoe"}`:                                 {"AWS:jdoe", "jdoe", "jdoe"},
		`{"id":1,"name":"x@y","display_name":"O365:jdoe@x.example"}`: {"O365:jdoe@x.example", "jdoe@x.example", "jdoe"},
		`{"id":1}`: {"", "", ""},
	}
	for row, want := range tests {
		a := oneAccount(t, row)
		if got := [3]string{a.DisplayName, a.NormalizedName, a.FakeSAM}; got != want {
			t.Errorf("%s: %q, want %q", row, got, want)
		}
	}
}
