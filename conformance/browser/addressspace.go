package browser

import (
	"net"
	"net/netip"
	"strings"
)

// AddressSpace is where an address is (Local Network Access, section "IP address
// space").
type AddressSpace string

// The address spaces. From the first to the last they become more public.
const (
	Loopback AddressSpace = "loopback"
	Local    AddressSpace = "local"
	Public   AddressSpace = "public"
)

// AddressSpaceOf returns the address space of an address: this machine, a network that
// the internet does not route to, or the internet.
func AddressSpaceOf(addr netip.Addr) AddressSpace {
	addr = addr.Unmap()
	carrier := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	switch {
	case addr.IsLoopback(), addr.IsUnspecified():
		return Loopback
	case addr.IsPrivate(), addr.IsLinkLocalUnicast(), carrier.Contains(addr):
		return Local
	}
	return Public
}

// lessPublic reports whether a request from a page of one address space to a server of
// another needs the user's permission.
func (s AddressSpace) lessPublic(than AddressSpace) bool {
	rank := map[AddressSpace]int{Loopback: 1, Local: 2, Public: 3}
	return rank[s] > 0 && rank[s] < rank[than]
}

// refuseLocal is Chromium's refusal to send anything over a connection: nil where the
// page may do so.
func (f *fetch) refuseLocal(remote net.Addr) *Failure {
	addr, err := netip.ParseAddrPort(remote.String())
	if err != nil || !f.client.Engine.LocalNetworkAccess {
		return nil
	}
	space := AddressSpaceOf(addr.Addr())
	if !space.lessPublic(f.client.AddressSpace) {
		return nil
	}
	const section = "HTTP-network fetch, Local Network Access check"
	if !trustworthy(f.client.Origin) { // no permission helps there
		return failed(section, InsecureLocalNetwork, string(space))
	}
	return failed(section, LocalNetworkAccessPermissionDenied, string(space))
}

// trustworthy reports whether a page of an origin is a secure context, as far as its
// origin tells (Secure Contexts, section "Is origin potentially trustworthy?"). The null
// origin of a sandboxed frame does not tell, and Chromium goes by the page around it.
func trustworthy(origin string) bool {
	scheme, host, _ := strings.Cut(origin, "://")
	switch scheme {
	case "https", "wss", opaque:
		return true
	case "http", "ws":
		if u, err := parseTarget("http://" + host); err == nil {
			name := u.Hostname()
			addr, err := netip.ParseAddr(name)
			return err == nil && addr.IsLoopback() || localhost(name)
		}
		return false
	}
	return true // an extension's, or an application's own scheme
}
