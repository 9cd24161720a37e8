package main

import (
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

// settle judges a message that was answered: keys without a remark were done. A remark on
// something that was not asked for puts the whole message in doubt.
func settle(keys []key, verdicts []panos.Verdict, fs fates, o order) {
	asked := make(map[string]key, len(keys))
	for _, k := range keys {
		fs[k] = fate{there: o.add}
		asked[nameOf(k.class, k.text)] = k
	}
	for _, v := range verdicts {
		if fine(v, o) {
			continue
		}
		if k, ok := asked[nameOf(keys[0].class, v.Name)]; ok {
			fs[k] = fs[k].with(refusal(k, v), o.add && !v.Full())
			continue
		}
		fs.doubt(keys, &blocker.Error{
			Class: blocker.Permanent,
			Err:   fmt.Errorf("the device refused %q, which was not asked for: %s", v.Name, v.Message),
		})
	}
}

// fine reports remarks that say no more than that it was so already.
func fine(v panos.Verdict, o order) bool { return v.Gone() || (v.Exists() && !o.renews()) }

var errNotRenewed = errors.New("the device kept the old timeout; it is renewed with the next try")

func refusal(k key, v panos.Verdict) error {
	class, cause := blocker.Permanent, errors.New(v.Message)
	switch {
	case v.Exists():
		class, cause = blocker.Transient, errNotRenewed
	case v.Full():
		class = blocker.Capacity
	}
	return &blocker.Error{Class: class, Element: k.text, Err: cause}
}

// with adds a failure. After several remarks on a key it may be there if any leaves that open.
func (f fate) with(err error, there bool) fate {
	return fate{there: there || (f.err != nil && f.there), err: errors.Join(f.err, err)}
}

// doubt adds a failure to keys without one; what was sent may be there all the same.
func (fs fates) doubt(keys []key, err error) {
	for _, k := range keys {
		if f := fs[k]; f.err == nil {
			f.shared = err
			fs[k] = f
		}
	}
}
