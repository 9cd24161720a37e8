package cli

import (
	"net/http"
	"testing"
)

func adminKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"admin.listen": testAdminListen,
		"admin.page":   testAdminPage,
		"admin.hosts":  testAdminHosts,
	}
}

func testAdminListen(t *testing.T) {
	l := newLookout(t)
	l.loops(l.lines(), func() bool {
		if code, body := l.ask("/livez"); code != http.StatusOK {
			t.Errorf("got %d %s", code, body)
		}
		return false
	})
}

func testAdminPage(t *testing.T) {
	for lines, want := range map[string]int{"": http.StatusOK, "admin.page = false\n": http.StatusNotFound} {
		l := newLookout(t)
		l.loops(l.lines()+lines, func() bool {
			if code, body := l.ask("/"); code != want {
				t.Errorf("%q: got %d, want %d\n%s", lines, code, want, body)
			}
			return false
		})
	}
}

func testAdminHosts(t *testing.T) {
	for lines, want := range map[string]int{"": http.StatusMisdirectedRequest, "admin.hosts = [\"var.example.net\"]\n": http.StatusOK} {
		l := newLookout(t)
		l.loops(l.lines()+lines, func() bool {
			l.ask("/livez") // somebody listens now
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.address+"/metrics", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = "var.example.net"
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%q: got %d, want %d", lines, res.StatusCode, want)
			}
			return false
		})
	}
}
