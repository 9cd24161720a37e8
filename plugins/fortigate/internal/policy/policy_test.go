package policy

import (
	"encoding/json"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestARuleDeniesWhatItNamesWithoutNegation(t *testing.T) {
	for name, tt := range map[string]struct {
		rule  string
		class entity.Class
		want  bool
	}{
		"as source":             {`{"status":"enable","action":"deny","srcaddr":[{"name":"G"}]}`, entity.ClassSource, true},
		"as the IPv6 source":    {`{"status":"enable","action":"deny","srcaddr6":[{"name":"G"}]}`, entity.ClassSource, true},
		"as destination":        {`{"action":"deny","dstaddr":[{"name":"x"},{"name":"G"}]}`, entity.ClassDestination, true},
		"deny by default":       {`{"dstaddr6":[{"name":"G"}]}`, entity.ClassDestination, true},
		"on the other side":     {`{"action":"deny","dstaddr":[{"name":"G"}]}`, entity.ClassSource, false},
		"accepting":             {`{"action":"accept","srcaddr":[{"name":"G"}]}`, entity.ClassSource, false},
		"disabled":              {`{"status":"disable","action":"deny","srcaddr":[{"name":"G"}]}`, entity.ClassSource, false},
		"all but it":            {`{"action":"deny","srcaddr":[{"name":"G"}],"srcaddr-negate":"enable"}`, entity.ClassSource, false},
		"all but it, to":        {`{"action":"deny","dstaddr":[{"name":"G"}],"dstaddr-negate":"enable"}`, entity.ClassDestination, false},
		"a name that begins so": {`{"action":"deny","srcaddr":[{"name":"G2"}]}`, entity.ClassSource, false},
	} {
		t.Run(name, func(t *testing.T) {
			var r rule
			if err := json.Unmarshal([]byte(tt.rule), &r); err != nil {
				t.Fatal(err)
			}
			if got := r.denies(tt.class, "G"); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
