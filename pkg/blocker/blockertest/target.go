package blockertest

import (
	"fmt"

	"github.com/var-project/var/pkg/entity"
)

// Target is the n-th of many targets of a kind. Addresses are of the networks set aside for
// benchmarks (RFC 2544); a detection has two destinations.
func Target(kind entity.Kind, n int) entity.Target {
	t := entity.Target{
		Ref:  entity.Ref{Source: "exam", Kind: kind, ID: fmt.Sprint(1000 + n)},
		Name: fmt.Sprintf("%s-%d", kind, n),
	}
	switch kind {
	case entity.KindHost:
		t.Host = &entity.Host{IP: address(18, n), FullName: t.Name + ".example.net", MACs: []string{fmt.Sprintf("02:00:00:00:%02x:%02x", n>>8&255, n&255)}}
	case entity.KindAccount:
		user := fmt.Sprintf("user%d", n)
		t.Name = user + "@example.net"
		t.Account = &entity.Account{
			UID: t.Name, DisplayName: t.Name, NormalizedName: t.Name, FakeSAM: user, Type: []string{"kerberos"},
			LDAP: entity.LDAP{SAM: user, UPN: t.Name},
		}
	case entity.KindDetection:
		t.Detection = &entity.Detection{Category: "command_and_control", Destinations: []string{address(19, 2*n), address(19, 2*n+1)}}
	case entity.KindStatic:
		t.Static = &entity.Static{Destination: address(19, 20000+n)}
	}
	return t
}

func address(second, n int) string {
	return fmt.Sprintf("198.%d.%d.%d", second, n/250%256, n%250+1)
}
