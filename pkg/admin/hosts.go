package admin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// askedFor reports that a request names this listener: as localhost, by the address at which it arrived, or by one of the
// names given. A browser that somebody else's page sends here by a name of his own bears that name.
func askedFor(r *http.Request, names []string) bool {
	host := bareHost(r.Host)
	if host == "localhost" || slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(bareHost(name), host) }) {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && (address.IsLoopback() || address == arrivedAt(r))
}

// bareHost is a host in lower case, without port, brackets and the final dot.
func bareHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// arrivedAt is the address of this machine to which the client is connected.
func arrivedAt(r *http.Request) netip.Addr {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return local.AddrPort().Addr().Unmap().WithZone("")
}

// guarded answers only who asks for this listener by a name of its own.
func guarded(names []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !askedFor(r, names) {
			text := fmt.Sprintf("nobody is known here as %q: ask for localhost or the address, or add the name to admin.hosts", bareHost(r.Host))
			http.Error(w, text, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
