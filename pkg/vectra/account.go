package vectra

import (
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// accountRow is an account as lists, details and searches show it.
type accountRow struct {
	common
	uid, displayName, severity, privilegeCategory, home text
	privilegeLevel                                      number
	kinds                                               []text
	// The directory context. The predecessor read it beside the account's own keys; it may as well be in "ldap".
	inside, beside directoryEntry
}

// directoryEntry is the directory context in both spellings. Of several values the first counts.
type directoryEntry struct {
	description, location, sam, title, upn, otherUPN, commonName, cn, email, mail text
}

// contextTag is what a tag begins with that gives an account its context.
const contextTag = "Context:"

func (w *accountRow) scan(r *reader) {
	*w = accountRow{kinds: w.kinds[:0]}
	for key := range r.Keys() {
		switch string(key) {
		case "uid":
			w.uid = r.text()
		case "display_name":
			w.displayName = r.text()
		case "account_type":
			w.kinds = r.texts(w.kinds[:0])
		case "severity":
			w.severity = r.text()
		case "privilege_level":
			w.privilegeLevel = r.number()
		case "privilege_category":
			w.privilegeCategory = r.text()
		case "probable_home":
			w.home = r.text()
		case "ldap":
			w.inside = directoryEntry{}
			for key := range r.Keys() {
				w.inside.read(r, key)
			}
		default:
			w.read(r, key)
			w.beside.read(r, key)
		}
	}
}

func (d *directoryEntry) read(r *reader, key []byte) {
	switch string(key) {
	case "description":
		d.description = r.firstText()
	case "location":
		d.location = r.firstText()
	case "sAMAccountName":
		d.sam = r.firstText()
	case "title":
		d.title = r.firstText()
	case "user_principal_name":
		d.upn = r.firstText()
	case "userPrincipalName":
		d.otherUPN = r.firstText()
	case "common_name":
		d.commonName = r.firstText()
	case "cn":
		d.cn = r.firstText()
	case "email":
		d.email = r.firstText()
	case "mail":
		d.mail = r.firstText()
	}
}

// firstText is the first text of several, or one alone.
func (r *reader) firstText() text {
	var few [4]text
	return either(r.texts(few[:0])...)
}

func (w *accountRow) object(r *reader) (object, error) {
	t, err := w.target(r)
	if err != nil {
		return object{}, err
	}
	t.Account = w.account(r, t)
	return object{Finding: entity.Finding{Target: t}, state: w.activity(r), note: w.note}, nil
}

func (w *accountRow) account(r *reader, t entity.Target) *entity.Account {
	a := &entity.Account{
		UID:               t.Name,
		DisplayName:       t.Name,
		Severity:          r.word(w.severity),
		LDAP:              w.ldap(r),
		PrivilegeLevel:    w.privilegeLevel.n,
		PrivilegeCategory: r.word(w.privilegeCategory),
		ProbableHome:      r.keep(w.home),
		Context:           contextOf(t.Tags),
	}
	for _, kind := range w.kinds {
		a.Type = append(a.Type, r.word(kind))
	}
	if len(w.uid) > 0 {
		a.UID = r.keep(w.uid)
	}
	if len(w.displayName) > 0 && string(w.displayName) != t.Name {
		a.DisplayName = r.keep(w.displayName)
	}
	a.NormalizedName = normalized(a.DisplayName)
	a.FakeSAM = sam(a.NormalizedName)
	return a
}

func (w *accountRow) ldap(r *reader) entity.LDAP {
	in, top := w.inside, w.beside
	return entity.LDAP{
		Description: r.keep(either(in.description, top.description)),
		Location:    r.keep(either(in.location, top.location)),
		SAM:         r.keep(either(in.sam, top.sam)),
		Title:       r.keep(either(in.title, top.title)),
		UPN:         r.keep(either(in.upn, in.otherUPN, top.upn, top.otherUPN)),
		CommonName:  r.keep(either(in.commonName, in.cn, top.commonName, top.cn)),
		Email:       r.keep(either(in.email, in.mail, top.email, top.mail)),
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
