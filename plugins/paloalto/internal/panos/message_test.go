package panos

import (
	"strings"
	"testing"
	"time"
)

func TestEncode(t *testing.T) {
	const head = `<uid-message><version>2.0</version><type>update</type><payload>`
	const tail = `</payload></uid-message>`
	cases := map[string]struct {
		message Message
		want    string
	}{
		"a lasting address": {
			Message{Register: []Entry{{Name: "10.2.3.4", Tag: "Block_Host"}}},
			`<register><entry ip="10.2.3.4" persistent="1"><tag><member>Block_Host</member></tag></entry></register>`,
		},
		"an address forgotten at reboot": {
			Message{Register: []Entry{{Name: "2001:db8::7", Tag: "t", Volatile: true}}},
			`<register><entry ip="2001:db8::7" persistent="0"><tag><member>t</member></tag></entry></register>`,
		},
		"a renewal, removal first": {
			Message{
				Unregister: []Entry{{Name: "10.2.3.4", Tag: "t", Timeout: time.Hour}},
				Register:   []Entry{{Name: "10.2.3.4", Tag: "t", Timeout: time.Hour}},
			},
			`<unregister><entry ip="10.2.3.4"><tag><member>t</member></tag></entry></unregister>` +
				`<register><entry ip="10.2.3.4" persistent="1"><tag><member timeout="3600">t</member></tag></entry></register>`,
		},
		"a user": {
			Message{Users: true, Register: []Entry{{Name: `example\jdoe`, Tag: "t"}}},
			`<register-user><entry user="example\jdoe"><tag><member>t</member></tag></entry></register-user>`,
		},
		"a user taken off": {
			Message{Users: true, Unregister: []Entry{{Name: `example\jdoe`, Tag: "t"}}},
			`<unregister-user><entry user="example\jdoe"><tag><member>t</member></tag></entry></unregister-user>`,
		},
		"nothing": {Message{}, ``},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := c.message.Encode()
			if err != nil || string(got) != head+c.want+tail {
				t.Errorf("Encode() = %s, %v\nwant %s", got, err, head+c.want+tail)
			}
		})
	}
}

func TestEncodeEscapesWhatANameCouldSmuggleIn(t *testing.T) {
	got, err := Message{Users: true, Register: []Entry{{Name: `a"/><entry user="b`, Tag: `x</member><member>y`}}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(got), "<entry"); n != 1 {
		t.Errorf("%d entries in %s, want 1", n, got)
	}
	if n := strings.Count(string(got), "<member"); n != 1 {
		t.Errorf("%d tags in %s, want 1", n, got)
	}
}
