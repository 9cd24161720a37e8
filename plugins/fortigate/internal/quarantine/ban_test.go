package quarantine

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"
)

// sample is the list of a real device.
const sample = `[{"ip_address":"10.2.3.4","created":1700507213,"expires":1700510813,"source":"Administrative","ipv6":0},
 {"ip_address":"2001:0DB8:0000:0000:0000:0000:0000:0009","created":1700507213,"source":"Administrative","ipv6":1}]`

func TestDecodeReadsARealList(t *testing.T) {
	got, err := decode([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	four, ok := got.find("10.2.3.4", true)
	if want := time.Unix(1700510813, 0).UTC(); !ok || !four.until().Equal(want) {
		t.Errorf("the first ban is %+v, want one until %s", four, want)
	}
	six, ok := got.find("2001:db8::9", true)
	if !ok || !six.until().IsZero() {
		t.Errorf("the second ban is %+v, want one without end", six)
	}
}

func TestDecodeTakesNoHalfList(t *testing.T) {
	for _, text := range []string{``, `{}`, `[{"ip_address":"10.0.0.1"},{"ip_address":"ten"}]`, `[{"ip_address":7}]`, `[{`} {
		if got, err := decode([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`[{"ip_address":"::ffff:10.0.0.1","source":"IPS"}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := decode(text)
		if err != nil {
			return
		}
		for a, bans := range got {
			if a.Is4In6() || a.Zone() != "" || netip.MustParseAddr(a.String()) != a {
				t.Errorf("%v is not canonical", a)
			}
			_, isOurs := got.find(a.String(), true)
			_, isForeign := got.find(a.String(), false)
			if len(bans) == 0 || (!isOurs && !isForeign) {
				t.Errorf("%v is listed and not found", a)
			}
		}
	})
}

// decode reads the results of an answer, as they are read in passing.
func decode(text []byte) (bans, error) {
	var rows []ban
	if err := json.Unmarshal(text, &rows); err != nil {
		return nil, err
	}
	return byAddress(rows)
}
