package cli

import (
	"testing"

	"github.com/var-project/var/pkg/config"
)

// The address of the page in a message is one that can be opened.
func TestAMessageNamesThePageAsSomebodyCanAskForIt(t *testing.T) {
	named := []string{"var.soc.svc"}
	for _, test := range []struct {
		admin config.Admin
		want  string
	}{
		{config.Admin{Page: true}, ""},
		{config.Admin{Listen: "127.0.0.1:9753"}, ""},
		{config.Admin{Listen: "127.0.0.1:9753", Page: true}, "http://127.0.0.1:9753/"},
		{config.Admin{Listen: "[::1]:9753", Page: true, Hosts: named}, "http://[::1]:9753/"},
		{config.Admin{Listen: "0.0.0.0:9753", Page: true}, "http://localhost:9753/"},
		{config.Admin{Listen: "[::]:9753", Page: true, Hosts: named}, "http://var.soc.svc:9753/"},
		{config.Admin{Listen: ":9753", Page: true}, "http://localhost:9753/"},
	} {
		if got := pageAddress(test.admin); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.admin, got, test.want)
		}
	}
}
