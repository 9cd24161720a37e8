package vectra

import (
	"cmp"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// accountWire is an account as lists, details and searches show it.
type accountWire struct {
	common
	UID               text            `json:"uid"`
	DisplayName       text            `json:"display_name"`
	Type              texts           `json:"account_type"`
	Severity          text            `json:"severity"`
	PrivilegeLevel    number          `json:"privilege_level"`
	PrivilegeCategory text            `json:"privilege_category"`
	HomeName          text            `json:"probable_home"`
	LDAP              loose[ldapWire] `json:"ldap"`
	ldapWire
}

// ldapWire is the directory context. The predecessor read it beside the account's own keys;
// it may as well be in "ldap": both places and both spellings are taken.
type ldapWire struct {
	Description texts `json:"description"`
	Location    texts `json:"location"`
	SAM         texts `json:"sAMAccountName"`
	Title       texts `json:"title"`
	UPN         texts `json:"user_principal_name"`
	UPNAttr     texts `json:"userPrincipalName"`
	CommonName  texts `json:"common_name"`
	CN          texts `json:"cn"`
	Email       texts `json:"email"`
	Mail        texts `json:"mail"`
}

// contextTag is what a tag begins with that gives an account its context.
const contextTag = "Context:"

func decodeAccount(row []byte) (object, error) {
	var w accountWire
	if err := unmarshal(row, &w); err != nil {
		return object{}, err
	}
	t, err := w.target()
	if err != nil {
		return object{}, err
	}
	t.Account = w.account()
	return object{Finding: entity.Finding{Target: t}, state: w.state()}, nil
}

func (w *accountWire) account() *entity.Account {
	display := string(cmp.Or(w.DisplayName, w.Name))
	normal := normalized(display)
	return &entity.Account{
		UID:               string(cmp.Or(w.UID, w.Name)),
		DisplayName:       display,
		Type:              w.Type,
		Severity:          string(w.Severity),
		LDAP:              w.ldap(),
		PrivilegeLevel:    w.PrivilegeLevel.n,
		PrivilegeCategory: string(w.PrivilegeCategory),
		ProbableHome:      string(w.HomeName),
		NormalizedName:    normal,
		FakeSAM:           sam(normal),
		Context:           contextOf(w.Tags),
		Note:              string(w.Note),
	}
}

func (w *accountWire) ldap() entity.LDAP {
	in, top := w.LDAP.v, w.ldapWire
	pick := func(fields ...texts) string {
		for _, f := range fields {
			if len(f) > 0 {
				return f[0]
			}
		}
		return ""
	}
	return entity.LDAP{
		Description: pick(in.Description, top.Description),
		Location:    pick(in.Location, top.Location),
		SAM:         pick(in.SAM, top.SAM),
		Title:       pick(in.Title, top.Title),
		UPN:         pick(in.UPN, in.UPNAttr, top.UPN, top.UPNAttr),
		CommonName:  pick(in.CommonName, in.CN, top.CommonName, top.CN),
		Email:       pick(in.Email, in.Mail, top.Email, top.Mail),
	}
}

// normalized takes the service in front off ("O365:").
func normalized(name string) string {
	if _, after, found := strings.Cut(name, ":"); found {
		return after
	}
	return name
}

// sam guesses a sAMAccountName: the name without its realm.
func sam(name string) string {
	before, _, _ := strings.Cut(name, "@")
	return before
}

func contextOf(tags []string) string {
	for _, t := range tags {
		if value, found := strings.CutPrefix(t, contextTag); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
